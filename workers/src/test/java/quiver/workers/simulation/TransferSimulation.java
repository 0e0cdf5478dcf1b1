package quiver.workers.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.IdempotencyKey;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.storage.meta.memory.MemoryMetaStore;
import quiver.storage.object.memory.MemoryObjectStore;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelEvent;
import quiver.workers.channel.ChannelOwner;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.Decision;
import quiver.workers.channel.Pending;
import quiver.workers.file.IndexNames;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// Money moves between accounts on several log channels while owners crash, are replaced and go on,
/// appends and answers are lost, requests arrive twice or at former owners, and clients die at any
/// step. At every snapshot the sum is what it was, and each transfer has left its entry in the
/// ledgers of all its channels or in none. Some clients give a transfer a key and repeat it,
/// perhaps over other channels: one attempt counts. One thread, in an order the seed decides.
final class TransferSimulation {
  /// Rules that can be broken, to see that it is noticed.
  enum Broken {
    NOTHING,
    /// Readers do not wait for transactions that are prepared.
    READ_UNDECIDED,
    /// A home that does not know a transaction says that it is aborted, and does not write that
    /// down.
    ABORT_UNWRITTEN,
    /// The front end takes a promise for given before the log has it.
    PROMISE_UNREAD,
    /// Front ends decide for themselves that a commit that was not answered did not happen.
    SILENCE_IS_NO,
    /// A former owner's word says how far a channel must be read.
    INDEX_OF_ANYBODY,
    /// How far a channel must be read is asked before the statement begins.
    INDEX_OF_EARLIER,
    /// A reader does not wait until it has read that far.
    INDEX_UNREAD,
    /// A channel is read as far as its owner has acknowledged, though a transaction is not decided.
    INDEX_UNDECIDED,
    /// A channel is read as far as its owner has read it back: others may have seen more.
    INDEX_OF_APPLIED,
    /// A transaction's idempotency key goes to whichever channel decides.
    KEY_AT_HOME,
    /// Checkpoints forget idempotency keys.
    CHECKPOINT_WITHOUT_KEYS
  }

  private static final int CHANNEL_COUNT = 3;
  private static final int ACCOUNT_COUNT = 6;
  private static final long BALANCE = 1000;
  private static final int CLIENT_COUNT = 4;
  private static final int ATTEMPT_COUNT_MAX = 4;

  private final Broken broken;
  private final SplittableRandom random;
  private final @Nullable SplittableRandom repeats;
  private final MemoryMetaStore meta =
      new MemoryMetaStore(() -> java.time.Instant.EPOCH, Runnable::run);
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final List<Channel> channels = new ArrayList<>();
  private final List<Transfer> clients = new ArrayList<>();
  private final List<Transfer> all = new ArrayList<>();

  /// By number of a transfer, when it has committed, as a repetition of it was told.
  private final Map<Long, Long> committedBefore = new HashMap<>();

  private long transferCount;
  private final List<Call> background = new ArrayList<>();
  private final List<Long> reads = new ArrayList<>();
  private final List<IndexRead> indexReads = new ArrayList<>();
  private boolean calm;
  private long clock;
  private long lastSegmentId;
  private long droppedBefore;
  int committedCount;
  int readCount;
  int indexReadCount;
  int crashCount;
  int settledCount;
  int repeatedCount;

  /// @param repeated whether clients repeat transfers
  TransferSimulation(long seed, Broken broken, boolean repeated) {
    this.broken = broken;
    this.random = new SplittableRandom(seed);
    this.repeats = repeated ? new SplittableRandom(~seed) : null;
  }

  private static void require(boolean condition, String what) {
    Simulation.require(condition, what);
  }

  private long timestamp() {
    return ++clock;
  }

  // ---- channels ----

  /// A log, its owner, and former owners that do not know it.
  private final class Channel {
    final int index;
    final String name;
    final SimulatedLog log;
    final List<SimulatedNode> zombies = new ArrayList<>();
    final Map<Pending, List<Call>> calls = new HashMap<>();
    SimulatedNode node;

    /// Reads the log at its own pace, and may be ahead of the owner.
    @Nullable SimulatedFollower follower;

    /// Transfers whose entries in the ledger somebody has read.
    final Set<Long> seen = new HashSet<>();

    /// The last answer about how far to read.
    Optional<Long> lastIndex = Optional.empty();

    Channel(int index) {
      this.index = index;
      this.name = "channel-" + index;
      this.log = new SimulatedLog(random.split(), random.nextInt(3) * 0.01);
      this.node = newNode();
    }

    long accounts() {
      return 10L * index + 1;
    }

    long ledger() {
      return 10L * index + 2;
    }

    SimulatedNode newNode() {
      SimulatedNode made =
          new SimulatedNode(
              broken == Broken.CHECKPOINT_WITHOUT_KEYS
                  ? Mutation.CHECKPOINT_WITHOUT_KEYS
                  : Mutation.NONE,
              name,
              object -> IndexNames.tableId(object) / 10 == index,
              log,
              meta,
              objects,
              TransferSimulation.this::timestamp,
              () -> ++lastSegmentId,
              new Answers());
      for (int patience = 10_000; !made.isServing(); patience--) {
        log.deliver(5);
        int _ = made.readBack(5);
        require(patience > 0, "a node does not start");
      }
      made.sweep();
      return made;
    }

    void crash() {
      crashCount++;
      node.die();
      lose();
      node = newNode();
    }

    /// Nobody hears what the former owner has to say.
    void lose() {
      calls.values().forEach(waiting -> waiting.forEach(call -> call.pending = null));
      calls.clear();
    }

    /// Another process takes over, and the former owner goes on for a while.
    void takeOver() {
      zombies.add(node);
      node = newNode();
      if (zombies.size() > 2) {
        zombies.removeFirst().die();
      }
    }

    /// What a request meets: mostly the owner.
    SimulatedNode somebody() {
      return !calm && !zombies.isEmpty() && random.nextInt(6) == 0
          ? zombies.get(random.nextInt(zombies.size()))
          : node;
    }

    void readBack(int count) {
      int _ = node.readBack(count);
      try {
        zombies.forEach(zombie -> {
          int _ = zombie.readBack(random.nextInt(3));
        });
      } catch (QuiverException e) {
        // A former owner lies too far behind: the log, or files that it names, are gone.
        zombies.forEach(SimulatedNode::die);
        zombies.clear();
      }
      if (node.isDeposed()) {
        crash();
      }
    }

    private final class Answers implements SimulatedNode.Listener {
      @Override
      public void acknowledged(Pending pending) {
        List<Call> waiting = calls.remove(pending);
        if (waiting != null) {
          waiting.forEach(call -> call.answer(new CommitResult.Committed(pending.timestamp())));
        }
      }

      @Override
      public void applied(long timestamp, ChannelEvent event) {}

      @Override
      public void refused(Pending pending) {
        List<Call> waiting = calls.remove(pending);
        if (waiting != null) {
          waiting.forEach(call -> call.fail(pending));
        }
      }
    }

    SimulatedFollower follower() {
      SimulatedFollower now = follower;
      if (now == null) {
        now =
            new SimulatedFollower(
                Mutation.NONE, name, "follower-" + index, log, meta, objects, 60_000);
        follower = now;
      }
      return now;
    }

    boolean isReadable(long snapshot) {
      return node.isServing() && isReadable(node.replica(), snapshot);
    }

    boolean isReadable(ChannelReplica replica, long snapshot) {
      return replica.appliedTimestamp() >= snapshot
          && (broken == Broken.READ_UNDECIDED
              || (replica.isDecided(accounts(), snapshot)
                  && replica.isDecided(ledger(), snapshot)));
    }
  }

  /// A request that is sent until it is answered. Answers get lost; then it is sent again.
  private final class Call {
    final Channel channel;
    final Function<ChannelOwner, Decision> request;
    @Nullable Pending pending;
    @Nullable CommitResult result;
    boolean failed;

    /// Of the owner that was asked last: front ends hear of owners in order, and never go back.
    private int term;

    Call(Channel channel, Function<ChannelOwner, Decision> request) {
      this.channel = channel;
      this.request = request;
    }

    boolean isDone() {
      return result != null || failed;
    }

    void answer(CommitResult newResult) {
      if (!calm && random.nextInt(12) == 0) {
        pending = null;
      } else {
        result = newResult;
      }
    }

    /// The owner says that an attempt was certainly not written. Of one that the client has given
    /// up it hears no more: its last one may be written all the same.
    void fail(Pending attempt) {
      failed |= attempt.equals(pending);
    }

    void poll() {
      if (isDone() || pending != null) {
        if (!calm && pending != null && random.nextInt(20) == 0) {
          // Sent again while the first is on its way.
          pending = null;
        }
        return;
      }
      SimulatedNode target = channel.somebody();
      if (!target.isServing() || target.owner().epoch().term() < term) {
        return;
      }
      term = target.owner().epoch().term();
      Decision decision;
      try {
        decision = request.apply(target.owner());
      } catch (QuiverException e) {
        require(e.state() == SqlState.SERIALIZATION_FAILURE, "a request failed: " + e);
        result = new CommitResult.Conflict(0);
        return;
      }
      switch (decision) {
        case Decision.Append append -> {
          target.append(append);
          await(append.pending());
          if (broken == Broken.PROMISE_UNREAD) {
            result = new CommitResult.Committed(append.pending().timestamp());
          }
        }
        case Decision.Known(var known) -> await(known);
        case Decision.Answer(var answered) -> answer(answered);
        case Decision.Later() -> {}
      }
    }

    private void await(Pending wanted) {
      pending = wanted;
      channel.calls.computeIfAbsent(wanted, ignored -> new ArrayList<>()).add(this);
    }
  }

  // ---- transfers ----

  private enum State {
    READING,
    PROMISING,
    DECIDING,
    RESOLVING,
    DONE
  }

  /// One client: reads accounts at a snapshot and moves money between them.
  private final class Transfer {
    final long number;
    final int attempt;
    final UUID id = new UUID(1, all.size() + 1L);

    /// Where it moves money.
    final List<Channel> writers = new ArrayList<>();

    /// The same, and the one that remembers its key.
    final List<Channel> parts = new ArrayList<>();

    final Optional<IdempotencyKey> key;
    final List<CommitRequest> requests = new ArrayList<>();
    final long snapshot = timestamp();
    State state = State.READING;
    @Nullable Call call;
    int promised;
    long firstPromise = Long.MAX_VALUE;
    long committedAt;
    boolean refused;

    /// @param number what all attempts have in common
    Transfer(long number, int attempt) {
      this.number = number;
      this.attempt = attempt;
      this.key =
          repeats != null && number % 4 != 0
              ? Optional.of(new IdempotencyKey(new UUID(3, number), number))
              : Optional.empty();
      int count = 1 + random.nextInt(CHANNEL_COUNT);
      Set<Integer> chosen = new HashSet<>();
      while (chosen.size() < count) {
        chosen.add(random.nextInt(CHANNEL_COUNT));
      }
      chosen.stream().sorted().forEach(index -> writers.add(channels.get(index)));
      if (key.isPresent() && broken != Broken.KEY_AT_HOME) {
        chosen.add(keyIndex());
      }
      chosen.stream().sorted().forEach(index -> parts.add(channels.get(index)));
    }

    private int keyIndex() {
      return (int) (number % CHANNEL_COUNT);
    }

    /// The channel that remembers the key.
    private Channel keeper() {
      return broken == Broken.KEY_AT_HOME ? home() : channels.get(keyIndex());
    }

    /// A client that does not know how it ended, or does not care, does the same again.
    void repeat() {
      if (repeats != null
          && key.isPresent()
          && attempt < ATTEMPT_COUNT_MAX
          && repeats.nextInt(6) > 0) {
        Transfer again = new Transfer(number, attempt + 1);
        clients.add(again);
        all.add(again);
      }
    }

    Channel home() {
      return parts.getLast();
    }

    void step() {
      switch (state) {
        case READING -> read();
        case PROMISING -> promise();
        case DECIDING -> decide();
        case RESOLVING -> resolve();
        case DONE -> {}
      }
    }

    private void read() {
      if (snapshot < droppedBefore) {
        end();
        return;
      }
      if (!parts.stream().allMatch(part -> part.isReadable(snapshot))) {
        return;
      }
      for (Channel part : parts) {
        requests.add(
            writers.contains(part)
                ? request(part, part == writers.getFirst() ? -(writers.size() - 1) : 1)
                : new CommitRequest(id, snapshot, 0, List.of()));
      }
      state = State.PROMISING;
    }

    private CommitRequest request(Channel part, long amount) {
      List<Row> rows = scan(part.node.replica(), part.accounts(), snapshot);
      Row from = rows.get(random.nextInt(rows.size()));
      RowBatch changed = batch(List.of(new long[] {from.id, from.value + amount}));
      List<TableWrite> writes = new ArrayList<>();
      writes.add(
          new TableWrite(part.accounts(), 1, 1, new long[] {from.address}, Optional.of(changed)));
      // Many entries of one transfer become a segment of their own.
      List<long[]> entries = new ArrayList<>();
      for (int i = number % 7 == 0 ? 15 : 1; i > 0; i--) {
        entries.add(new long[] {number, i});
      }
      writes.add(new TableWrite(part.ledger(), 1, 1, new long[0], Optional.of(batch(entries))));
      return new CommitRequest(id, snapshot, 0, writes);
    }

    private Call call(Channel channel, Function<ChannelOwner, Decision> request) {
      Call present = call;
      if (present == null) {
        present = new Call(channel, request);
        call = present;
      }
      present.poll();
      return present;
    }

    private Call commit(int part, Part as) {
      CommitRequest plain = requests.get(part).as(as);
      CommitRequest request =
          key.isPresent() && parts.get(part) == keeper() ? plain.with(key.get()) : plain;
      List<List<RowCodec.Piece>> pieces =
          request.writes().stream()
              .map(write -> RowCodec.pieces(write.inserted().orElseThrow(), 600))
              .toList();
      return call(parts.get(part), owner -> owner.commit(request, pieces));
    }

    private void promise() {
      if (promised == parts.size() - 1) {
        state = State.DECIDING;
        return;
      }
      Call asked = commit(promised, new Part.Participant(home().name));
      noteBefore(asked);
      if (asked.failed || (asked.result != null && !isCommitted(asked))) {
        promised++;
        refused = true;
        finish(Resolution.ABORTED);
      } else if (asked.result instanceof CommitResult.Committed(long timestamp)) {
        firstPromise = Math.min(firstPromise, timestamp);
        promised++;
        call = null;
      }
    }

    private void decide() {
      List<String> participants =
          parts.subList(0, promised).stream().map(part -> part.name).toList();
      Call asked =
          commit(
              promised,
              participants.isEmpty() ? Part.ALONE : new Part.Home(participants, firstPromise));
      noteBefore(asked);
      if (asked.result instanceof CommitResult.Committed(long timestamp)) {
        committedAt = timestamp;
        finish(new Resolution(timestamp));
      } else if (asked.failed || asked.result != null) {
        if (participants.isEmpty()) {
          refused = true;
          end();
        } else if (broken == Broken.SILENCE_IS_NO) {
          refused = true;
          finish(Resolution.ABORTED);
        } else {
          call = null;
          state = State.RESOLVING;
        }
      } else if (broken == Broken.SILENCE_IS_NO && random.nextInt(10) == 0) {
        refused = true;
        finish(Resolution.ABORTED);
      }
    }

    private void noteBefore(Call asked) {
      if (asked.result instanceof CommitResult.AlreadyCommitted(var before)) {
        require(before.content() == number, "another transfer's key: " + number);
        committedBefore.merge(number, before.timestamp(), Long::min);
        repeatedCount++;
      }
    }

    private void resolve() {
      Call asked = call(home(), owner -> owner.resolve(id));
      if (asked.failed) {
        call = null;
      } else if (asked.result != null) {
        Optional<Resolution> resolution = home().node.replica().resolution(id);
        if (resolution.isEmpty()) {
          // The answer of a node that has gone since.
          call = null;
        } else {
          committedAt = resolution.get().commitTimestamp();
          refused = !resolution.get().isCommitted();
          finish(resolution.get());
        }
      }
    }

    /// Whether it moves money in these channels.
    boolean isAt(Set<Integer> indexes) {
      return writers.stream()
          .map(channel -> channel.index)
          .collect(Collectors.toSet())
          .equals(indexes);
    }

    private void finish(Resolution resolution) {
      for (Channel part : parts.subList(0, promised)) {
        if (random.nextInt(3) > 0) {
          background.add(new Call(part, owner -> owner.finish(id, resolution)));
        }
      }
      end();
    }

    private void end() {
      state = State.DONE;
      clients.remove(this);
      if (committedAt > 0) {
        committedCount++;
      }
      if (!calm) {
        repeat();
      }
    }
  }

  private static boolean isCommitted(Call call) {
    return call.result instanceof CommitResult.Committed;
  }

  private static RowBatch batch(List<long[]> rows) {
    int count = rows.size();
    long[] first = new long[count];
    long[] second = new long[count];
    for (int i = 0; i < count; i++) {
      first[i] = rows.get(i)[0];
      second[i] = rows.get(i)[1];
    }
    return new RowBatch(
        count,
        List.of(
            new LongColumn(SqlType.INT8, count, first, Nulls.NONE),
            new LongColumn(SqlType.INT8, count, second, Nulls.NONE)));
  }

  // ---- the run ----

  /// Runs the whole thing.
  void run(int stepCount) {
    for (int i = 0; i < CHANNEL_COUNT; i++) {
      channels.add(new Channel(i));
    }
    channels.forEach(this::open);
    for (int i = 0; i < stepCount; i++) {
      step();
    }
    settle();
    readSome();
    check(timestampOfAll());
    Map<String, List<String>> before = contents();
    channels.forEach(Channel::crash);
    settle();
    require(before.equals(contents()), "recovery changed the state");
    check(timestampOfAll());
    channels.forEach(channel -> {
      channel.node.die();
      channel.follower().die();
      channel.zombies.forEach(SimulatedNode::die);
    });
  }

  private void open(Channel channel) {
    for (long table : List.of(channel.accounts(), channel.ledger())) {
      TableLayout layout =
          TableLayout.ofTypes(
              table,
              1,
              1,
              List.of(SqlType.INT8, SqlType.INT8),
              table == channel.accounts() ? List.of(0) : List.of());
      await(
          new Call(channel, owner -> owner.barrier(new ChannelEvent.Schema(layout))),
          () -> channel.node.replica().layout(table).isPresent());
    }
    List<long[]> rows = new ArrayList<>();
    for (long i = 0; i < ACCOUNT_COUNT; i++) {
      rows.add(new long[] {i, BALANCE});
    }
    RowBatch batch = batch(rows);
    CommitRequest request =
        new CommitRequest(
            new UUID(2, channel.index),
            timestamp(),
            0,
            List.of(new TableWrite(channel.accounts(), 1, 1, new long[0], Optional.of(batch))));
    await(
        new Call(channel, owner -> owner.commit(request, List.of(RowCodec.pieces(batch, 600)))),
        () -> channel.node.replica().outcome(request.transaction()).isPresent());
  }

  private interface Condition {
    boolean holds();
  }

  private void await(Call call, Condition condition) {
    for (int patience = 10_000; !condition.holds(); patience--) {
      require(patience > 0, "a request is not carried out");
      if (call.isDone() || call.pending == null) {
        call.result = null;
        call.failed = false;
        call.pending = null;
        call.poll();
      }
      call.channel.log.deliver(5);
      call.channel.readBack(5);
    }
  }

  private void step() {
    Channel channel = channels.get(random.nextInt(CHANNEL_COUNT));
    try {
      switch (random.nextInt(26)) {
        case 0, 1 -> {
          if (clients.size() < CLIENT_COUNT) {
            Transfer made = new Transfer(++transferCount, 1);
            clients.add(made);
            all.add(made);
          }
        }
        case 2, 3, 4, 5, 6, 7 -> {
          if (!clients.isEmpty()) {
            clients.get(random.nextInt(clients.size())).step();
          }
        }
        case 8, 9, 10 -> channel.log.deliver(1 + random.nextInt(6));
        case 11, 12, 13 -> channel.readBack(1 + random.nextInt(10));
        case 14 -> tick(channel);
        case 15 -> settleSome(channel);
        case 16 -> pollBackground();
        case 17 -> {
          if (reads.size() < 3) {
            reads.add(timestamp());
          }
          readSome();
        }
        case 18 -> readSome();
        case 22, 23 -> readAtIndex(channel);
        case 19 -> store(channel);
        case 20 -> merge(channel);
        case 21 -> {
          // A client dies wherever it is.
          if (!clients.isEmpty() && random.nextInt(6) == 0) {
            clients.removeLast().repeat();
          }
        }
        default -> {
          if (random.nextInt(12) == 0) {
            channel.takeOver();
          } else if (random.nextInt(12) == 0) {
            channel.crash();
          }
        }
      }
    } catch (QuiverException e) {
      if (e.state() != SqlState.ADMIN_SHUTDOWN) {
        throw e;
      }
      channel.crash();
    }
  }

  private void tick(Channel channel) {
    SimulatedNode node = channel.somebody();
    if (node.isServing()) {
      node.append(node.owner().tick());
    }
  }

  private void pollBackground() {
    background.forEach(Call::poll);
    background.removeIf(Call::isDone);
  }

  /// What [quiver.workers.datanode.Settlement] does, one step of it.
  private void settleSome(Channel channel) {
    SimulatedNode node = channel.somebody();
    if (!node.isServing()) {
      return;
    }
    ChannelReplica replica = node.replica();
    for (ChannelReplica.Undecided each : replica.undecided()) {
      if (calm || random.nextInt(3) == 0) {
        Channel home = channels.get(Integer.parseInt(each.home().substring(8)));
        Optional<Resolution> known = home.node.replica().resolution(each.transaction());
        if (broken == Broken.ABORT_UNWRITTEN && known.isEmpty()) {
          known = Optional.of(Resolution.ABORTED);
        }
        if (known.isPresent()) {
          Resolution resolution = known.get();
          settledCount++;
          background.add(new Call(channel, owner -> owner.finish(each.transaction(), resolution)));
        } else {
          background.add(new Call(home, owner -> owner.resolve(each.transaction())));
        }
      }
    }
    for (ChannelCheckpoint.Unfinished each : replica.unfinished()) {
      if (calm || random.nextInt(3) == 0) {
        tell(channel, each);
      }
    }
  }

  private void tell(Channel home, ChannelCheckpoint.Unfinished decided) {
    List<Call> told = new ArrayList<>();
    for (String participant : decided.participants()) {
      Channel channel = channels.get(Integer.parseInt(participant.substring(8)));
      told.add(
          new Call(
              channel,
              owner -> owner.finish(decided.transaction(), new Resolution(decided.timestamp()))));
    }
    background.addAll(told);
    background.add(
        new Call(
            home,
            owner ->
                told.stream().allMatch(TransferSimulation::isCommitted)
                    ? owner
                        .forget(List.of(decided.transaction()))
                        .orElse(new Decision.Answer(new CommitResult.Committed(0)))
                    : told.stream().anyMatch(call -> call.failed)
                        ? new Decision.Answer(new CommitResult.Conflict(0))
                        : new Decision.Later()));
  }

  private void store(Channel channel) {
    SimulatedNode node = channel.node;
    switch (random.nextInt(3)) {
      case 0 -> {
        if (node.isServing()) {
          node.owner().seal(List.of(channel.accounts(), channel.ledger())).ifPresent(node::append);
        }
      }
      case 1 -> node.flush();
      default -> node.checkpoint();
    }
  }

  private void merge(Channel channel) {
    SimulatedNode node = channel.node;
    if (!node.isServing()) {
      return;
    }
    long table = random.nextBoolean() ? channel.accounts() : channel.ledger();
    long watermark = node.replica().appliedTimestamp() - random.nextInt(300);
    Optional<SimulatedNode.Merge> merge = node.merge(table, watermark);
    if (merge.isPresent() && node.replace(merge.get()) instanceof Decision.Append append) {
      droppedBefore = Math.max(droppedBefore, watermark);
      node.append(append);
    }
  }

  /// No more faults: every transaction comes to its end.
  private void settle() {
    calm = true;
    clients.clear();
    channels.forEach(Channel::lose);
    for (int i = 0; i < 2000 && (i < 20 || !isSettled()); i++) {
      for (Channel channel : channels) {
        channel.zombies.forEach(SimulatedNode::die);
        channel.zombies.clear();
        channel.log.deliver(1000);
        channel.readBack(1000);
        settleSome(channel);
      }
      pollBackground();
    }
    require(isSettled(), "a transaction does not come to its end");
    for (Channel channel : channels) {
      tick(channel);
      for (int i = 0; i < 100 && !channel.isReadable(0); i++) {
        channel.log.deliver(1000);
        channel.readBack(1000);
      }
    }
    calm = false;
  }

  private boolean isSettled() {
    return channels.stream()
            .allMatch(channel ->
                channel.node.isServing()
                    && channel.log.isQuiet()
                    && channel.node.replica().undecided().isEmpty()
                    && channel.node.replica().unfinished().isEmpty())
        && background.isEmpty();
  }

  // ---- reading ----

  private record Row(long id, long value, long address) {}

  private static List<Row> scan(ChannelReplica replica, long tableId, long snapshot) {
    TableView view = replica.view(tableId).orElseThrow();
    try {
      List<Row> rows = new ArrayList<>();
      for (SegmentView segment : view.segments()) {
        RowMask mask = segment.visible(snapshot).mask();
        for (int row = mask.nextRow(0); row < mask.rowCount(); row = mask.nextRow(row + 1)) {
          rows.add(
              new Row(
                  ((LongColumn) segment.rows().column(0, row, 1)).values()[0],
                  ((LongColumn) segment.rows().column(1, row, 1)).values()[0],
                  RowAddress.of(segment.segmentId(), row)));
        }
      }
      return rows;
    } finally {
      view.unpin();
    }
  }

  private void readSome() {
    reads.removeIf(snapshot -> {
      if (snapshot < droppedBefore) {
        return true;
      }
      if (!channels.stream().allMatch(channel -> channel.isReadable(snapshot))) {
        return false;
      }
      check(snapshot);
      readCount++;
      return true;
    });
  }

  /// A strong read of one channel: as [quiver.rpc.DataNodeService#readIndex] and the meta store say
  /// how far the channel must be read. Both are asked in any order after it began; if they
  /// disagree, or the owner does not know, the oracle says it.
  private final class IndexRead {
    final Channel channel;
    final Set<Long> expected;
    private int ownersTerm;
    private int answersTerm;
    private Optional<Long> index = Optional.empty();

    IndexRead(Channel channel) {
      this.channel = channel;
      this.expected = new HashSet<>(channel.seen);
      all.stream()
          .filter(transfer -> transfer.committedAt > 0 && transfer.writers.contains(channel))
          .forEach(transfer -> expected.add(transfer.number));
    }

    /// @return whether it has ended
    boolean step() {
      channel.follower().follow(random.nextInt(12));
      if (ownersTerm == 0 && answersTerm == 0 && random.nextInt(5) == 0) {
        // Some reads ask the oracle, as those of several channels do.
        answersTerm = ownersTerm = channel.node.owner().epoch().term();
      }
      if (ownersTerm == 0 && random.nextBoolean()) {
        ownersTerm = channel.node.owner().epoch().term();
      }
      if (answersTerm == 0 && random.nextBoolean()) {
        SimulatedNode asked =
            channel.zombies.isEmpty() || random.nextBoolean()
                ? channel.node
                : channel.zombies.getLast();
        if (!asked.isServing()) {
          return true;
        }
        answersTerm = asked.owner().epoch().term();
        index = asked(asked.owner(), asked.replica());
      }
      if (ownersTerm == 0 || answersTerm == 0) {
        return false;
      }
      boolean isOwners = ownersTerm == answersTerm || broken == Broken.INDEX_OF_ANYBODY;
      if (index.isEmpty() || !isOwners) {
        index = Optional.of(timestamp());
        answersTerm = ownersTerm;
      }
      if (index.get() < droppedBefore) {
        return true;
      }
      SimulatedFollower reader = channel.follower();
      boolean isRead = reader.isComplete() && channel.isReadable(reader.replica(), index.get());
      if (broken != Broken.INDEX_UNREAD && !isRead) {
        return false;
      }
      look(reader.replica(), index.get());
      return true;
    }

    private Optional<Long> asked(ChannelOwner owner, ChannelReplica replica) {
      Optional<Long> now =
          switch (broken) {
            case INDEX_UNDECIDED -> Optional.of(owner.lastAssigned());
            case INDEX_OF_APPLIED -> owner.readIndex().map(_ -> replica.appliedTimestamp());
            default -> owner.readIndex();
          };
      Optional<Long> before = channel.lastIndex;
      channel.lastIndex = now;
      return broken == Broken.INDEX_OF_EARLIER && before.isPresent() ? before : now;
    }

    private void look(ChannelReplica replica, long snapshot) {
      Set<Long> found = new HashSet<>();
      scan(replica, channel.ledger(), snapshot).forEach(row -> found.add(row.id));
      Set<Long> missing = new HashSet<>(expected);
      missing.removeAll(found);
      require(missing.isEmpty(), "a read at index " + snapshot + " misses transfers " + missing);
      channel.seen.addAll(found);
      indexReadCount++;
    }
  }

  private void readAtIndex(Channel channel) {
    if (random.nextInt(8) == 0) {
      channel.follower().adoptFiles();
    }
    if (indexReads.size() < 3) {
      indexReads.add(new IndexRead(channel));
    }
    indexReads.removeIf(IndexRead::step);
  }

  private long timestampOfAll() {
    return channels.stream()
        .mapToLong(channel -> channel.node.replica().appliedTimestamp())
        .min()
        .orElseThrow();
  }

  private void check(long snapshot) {
    long sum = 0;
    Map<Long, Map<Integer, Integer>> entries = new TreeMap<>();
    for (Channel channel : channels) {
      Set<Long> ids = new HashSet<>();
      for (Row row : scan(channel.node.replica(), channel.accounts(), snapshot)) {
        require(ids.add(row.id), "account " + row.id + " is there twice at " + snapshot);
        sum += row.value;
      }
      require(ids.size() == ACCOUNT_COUNT, "an account is missing at " + snapshot);
      for (Row row : scan(channel.node.replica(), channel.ledger(), snapshot)) {
        channel.seen.add(row.id);
        entries
            .computeIfAbsent(row.id, ignored -> new HashMap<>())
            .merge(channel.index, 1, Integer::sum);
      }
    }
    require(
        sum == CHANNEL_COUNT * ACCOUNT_COUNT * BALANCE, "the sum at " + snapshot + " is " + sum);
    Map<Long, List<Transfer>> attempts = new TreeMap<>();
    all.forEach(each -> attempts.computeIfAbsent(each.number, _ -> new ArrayList<>()).add(each));
    attempts.forEach(
        (number, each) -> check(snapshot, each, entries.getOrDefault(number, Map.of())));
  }

  /// @param attempts of one transfer
  /// @param found its entries, by channel
  private void check(long snapshot, List<Transfer> attempts, Map<Integer, Integer> found) {
    long number = attempts.getFirst().number;
    String what = "transfer " + number + " at " + snapshot + ": " + found;
    int wanted = number % 7 == 0 ? 15 : 1;
    require(found.values().stream().allMatch(count -> count == wanted), "not once: " + what);
    require(
        found.isEmpty()
            || attempts.stream().anyMatch(each -> !each.refused && each.isAt(found.keySet())),
        "torn, or refused and there: " + what);
    for (Transfer attempt : attempts) {
      requireSince(attempt.committedAt, snapshot, found, what);
    }
    requireSince(committedBefore.getOrDefault(number, 0L), snapshot, found, what);
  }

  /// @param committedAt 0: it is not known to have committed
  private static void requireSince(
      long committedAt, long snapshot, Map<Integer, Integer> found, String what) {
    require(
        committedAt == 0 || found.isEmpty() == committedAt > snapshot,
        "committed at " + committedAt + ": " + what);
  }

  private Map<String, List<String>> contents() {
    Map<String, List<String>> contents = new TreeMap<>();
    for (Channel channel : channels) {
      for (long table : List.of(channel.accounts(), channel.ledger())) {
        contents.put(
            channel.name + "/" + table,
            scan(channel.node.replica(), table, Long.MAX_VALUE - 1).stream()
                .map(Row::toString)
                .sorted()
                .toList());
      }
    }
    return contents;
  }
}
