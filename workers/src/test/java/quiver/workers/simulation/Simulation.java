package quiver.workers.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.KeyClaim;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.Share;
import quiver.storage.meta.memory.MemoryMetaStore;
import quiver.storage.object.memory.MemoryObjectStore;
import quiver.workers.channel.ChannelEvent;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.Decision;
import quiver.workers.channel.Pending;
import quiver.workers.querynode.SharedSegments;
import quiver.workers.segment.Keys;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// One run: clients, nodes and faults in an order the seed decides, and the checks.
///
/// Rows have an id and a value that is used once, so that every row version can be told apart. The
/// id is the key in table 1, nothing special in table 2, unique in table 3 (by claims of keys, not
/// as the primary key), and in table 4 a reference to an id of table 3. What the clients were told
/// is compared with what a replica shows: every transaction that was acknowledged is there, at its
/// timestamp, whole; those that are there were asked for; each one deleted only versions that lived
/// and inserted only keys that did not; and a read at any snapshot shows exactly what the
/// transactions up to it leave.
final class Simulation {
  private static final SqlType POINT = SqlType.of(BaseType.VECTOR, 2);
  private static final long KEYED = 1;
  private static final long KEYLESS = 2;
  private static final long PARENT = 3;
  private static final long CHILD = 4;
  private static final List<Long> TABLES = List.of(KEYED, KEYLESS, PARENT, CHILD);
  private static final long UNIQUE_INDEX = 31;
  private static final long FOREIGN_KEY = 41;
  private static final int ID_COUNT = 30;

  private final Mutation mutation;
  private final SplittableRandom random;
  private final SimulatedLog log;
  private final FaultyStores faults;
  private final MemoryMetaStore meta = new MemoryMetaStore(() -> Instant.EPOCH, Runnable::run);
  private final MemoryObjectStore objects = new MemoryObjectStore();
  private final Map<UUID, Transaction> transactions = new LinkedHashMap<>();
  private final Map<Pending, Transaction> pendings = new HashMap<>();
  private final Map<Long, Long> truncatedAt = new HashMap<>();
  private final List<SimulatedNode> zombies = new ArrayList<>();
  private SimulatedNode.@Nullable Merge merge;
  private @Nullable SimulatedNode node;
  private long clock = 1_000_000;
  private long lastSegmentId;
  private long lastValue;
  private long oldestReadable;
  private int crashCount;
  private int acknowledgedCount;
  private final SplittableRandom followerRandom;
  private final List<SimulatedFollower> followers = new ArrayList<>();
  private int sharedReadCount;
  private int refusedShareCount;
  private final SplittableRandom pastRandom;

  /// How far reads of the past go back: further than merges keep what has died.
  private static final int PAST_MAX = 600;

  private int pastReadCount;
  private int refusedPastCount;

  /// A row version.
  private record Version(long tableId, long id, long value) {}

  /// A client's write set.
  private static final class Transaction {
    final UUID id;
    final List<Version> deleted;
    final List<Version> inserted;
    @Nullable Long decidedAt;
    @Nullable Long acknowledgedAt;
    boolean refused;

    Transaction(UUID id, List<Version> deleted, List<Version> inserted) {
      this.id = id;
      this.deleted = deleted;
      this.inserted = inserted;
    }
  }

  Simulation(long seed, Mutation mutation) {
    this.mutation = mutation;
    this.random = new SplittableRandom(seed);
    this.followerRandom = new SplittableRandom(-seed);
    this.pastRandom = new SplittableRandom(~seed);
    double faultRate = random.nextInt(3) * 0.01;
    this.log = new SimulatedLog(random.split(), faultRate);
    this.faults = new FaultyStores(random.split(), random.nextInt(3) * 0.02);
  }

  /// Runs the whole thing.
  ///
  /// @return acknowledged transactions
  /// @throws AssertionError or another exception if something is wrong
  int run(int stepCount) {
    startNode();
    createTables();
    for (int i = 0; i < 2; i++) {
      followers.add(newFollower(i));
    }
    for (int i = 0; i < stepCount; i++) {
      step();
      followerStep();
    }
    settle();
    for (SimulatedFollower follower : followers) {
      follower.follow(Integer.MAX_VALUE);
      follower.follow(Integer.MAX_VALUE);
      follower.adoptFiles();
      require(
          contents(follower.replica()).equals(contents(node().replica())),
          "a follower differs from the owner");
    }
    readShares();
    ChannelReplica replica = node().replica();
    check(replica, replica.appliedTimestamp());
    Map<Long, List<String>> before = contents(replica);
    crash();
    startNode();
    settle();
    check(node().replica(), node().replica().appliedTimestamp());
    Map<Long, List<String>> after = contents(node().replica());
    require(before.equals(after), "recovery changed the state: " + before + " " + after);
    node().die();
    zombies.forEach(SimulatedNode::die);
    followers.forEach(SimulatedFollower::die);
    return acknowledgedCount;
  }

  int sharedReadCount() {
    return sharedReadCount;
  }

  int pastReadCount() {
    return pastReadCount;
  }

  int refusedPastCount() {
    return refusedPastCount;
  }

  int refusedShareCount() {
    return refusedShareCount;
  }

  int reloadCount() {
    return followers.stream().mapToInt(SimulatedFollower::reloadCount).sum();
  }

  int crashCount() {
    return crashCount;
  }

  private SimulatedNode node() {
    SimulatedNode current = node;
    if (current == null) {
      throw new IllegalStateException("no node");
    }
    return current;
  }

  private long timestamp() {
    return ++clock;
  }

  // ---- nodes ----

  private void startNode() {
    faults.arm(false);
    if (mutation == Mutation.ORACLE_GOES_BACK && crashCount > 0) {
      clock -= 500;
    }
    node =
        new SimulatedNode(
            mutation,
            log,
            faults.over(meta),
            faults.over(objects),
            this::timestamp,
            () -> ++lastSegmentId,
            new Listener());
    int patience = 10_000;
    while (!node().isServing()) {
      log.deliver(5);
      int _ = node().readBack(5);
      require(patience-- > 0, "a node does not start");
    }
    node().sweep();
    faults.arm(true);
    merge = null;
  }

  private final class Listener implements SimulatedNode.Listener {
    @Override
    public void acknowledged(Pending pending) {
      Transaction transaction = pendings.get(pending);
      if (transaction != null && transaction.acknowledgedAt == null) {
        require(!transaction.refused, "acknowledged after it was refused");
        transaction.acknowledgedAt = pending.timestamp();
        acknowledgedCount++;
      }
    }

    @Override
    public void applied(long at, ChannelEvent event) {
      if (event instanceof ChannelEvent.Truncate truncate) {
        truncate.tables().forEach(table -> truncatedAt.merge(table.tableId(), at, Math::max));
      }
    }

    @Override
    public void refused(Pending pending) {
      Transaction transaction = pendings.get(pending);
      if (transaction != null && transaction.acknowledgedAt == null) {
        transaction.refused = true;
      }
    }
  }

  private void crash() {
    crashCount++;
    node().die();
    node = null;
  }

  private void createTables() {
    for (long tableId : TABLES) {
      decide(
          new ChannelEvent.Schema(
              TableLayout.ofTypes(
                  tableId,
                  1,
                  1,
                  List.of(SqlType.INT8, SqlType.INT8, SqlType.TEXT, POINT),
                  tableId == KEYED ? List.of(0) : List.of())));
    }
  }

  /// Writes a barrier and waits until it is applied, across failures.
  private void decide(ChannelEvent.Schema event) {
    int patience = 10_000;
    while (node().replica().layout(event.table().tableId()).isEmpty()) {
      if (node().isServing() && node().owner().barrier(event) instanceof Decision.Append append) {
        node().append(append);
      }
      log.deliver(10);
      int _ = node().readBack(10);
      require(patience-- > 0, "a table is not made");
    }
  }

  /// Lets everything that is on its way arrive, without faults.
  private void settle() {
    faults.arm(false);
    for (int i = 0; i < 1000 && !(log.isQuiet() && node().isServing()); i++) {
      log.deliver(10);
      while (node().readBack(100) > 0) {}
      if (node().isDeposed()) {
        crash();
        startNode();
        faults.arm(false);
      }
    }
    while (node().readBack(100) > 0) {}
  }

  // ---- steps ----

  private void step() {
    try {
      switch (random.nextInt(28)) {
        case 24, 25, 26, 27 -> writeRelated();
        case 0, 1, 2, 3, 4, 5 -> write();
        case 6 -> writeStaged();
        case 7, 8, 9, 10 -> log.deliver(1 + random.nextInt(6));
        case 11, 12, 13, 14, 15 -> {
          int _ = node().readBack(1 + random.nextInt(10));
        }
        case 16 -> seal();
        case 17 -> node().flush();
        case 18 -> node().checkpoint();
        case 19 -> merge();
        case 20 -> read();
        case 21 -> zombieStep();
        case 22 -> {
          if (random.nextInt(6) == 0) {
            truncate();
          }
        }
        default -> {
          if (random.nextInt(8) == 0) {
            takeOver();
          } else if (random.nextInt(8) == 0) {
            throw new SimulatedCrash("at random");
          }
        }
      }
    } catch (SimulatedCrash e) {
      crash();
      startNode();
    } catch (QuiverException e) {
      switch (e.state()) {
        case STATEMENT_COMPLETION_UNKNOWN, ADMIN_SHUTDOWN -> {
          // A manifest commit of unknown outcome, or by a node that lost the channel: it stops.
          crash();
          startNode();
        }
        default -> throw e;
      }
    }
    if (node().isDeposed()) {
      crash();
      startNode();
    }
  }

  /// A second node takes the channel; the first goes on for a while without knowing.
  private void takeOver() {
    zombies.add(node());
    startNode();
  }

  private void zombieStep() {
    if (zombies.isEmpty()) {
      return;
    }
    SimulatedNode zombie = zombies.get(random.nextInt(zombies.size()));
    SimulatedNode current = node();
    try {
      node = zombie;
      switch (random.nextInt(6)) {
        case 0 -> write();
        case 1 -> writeRelated();
        case 2 -> zombie.flush();
        case 3 -> zombie.checkpoint();
        default -> {
          int _ = zombie.readBack(3);
        }
      }
      if (zombie.isDeposed()) {
        throw new SimulatedCrash("deposed");
      }
    } catch (SimulatedCrash | QuiverException e) {
      if (e instanceof QuiverException failure
          && failure.state() == quiver.common.error.SqlState.DATA_CORRUPTED) {
        throw e;
      }
      zombies.remove(zombie);
      zombie.die();
    } finally {
      node = current;
    }
  }

  private void seal() {
    if (node().isServing()) {
      node()
          .owner()
          .seal(List.of(TABLES.get(random.nextInt(TABLES.size()))))
          .ifPresent(node()::append);
    }
  }

  private void truncate() {
    long tableId = random.nextBoolean() ? KEYED : KEYLESS;
    Optional<TableLayout> table = node().replica().layout(tableId);
    if (node().isServing() && table.isPresent()) {
      ChannelEvent event =
          new ChannelEvent.Truncate(
              List.of(
                  new ChannelEvent.Truncated(
                      tableId, table.get().version() + 1, table.get().incarnation() + 1)));
      if (node().owner().barrier(event) instanceof Decision.Append append) {
        node().append(append);
      }
    }
  }

  private void merge() {
    SimulatedNode.Merge ready = merge;
    if (ready == null) {
      // Rows that died lately stay: somebody may still read before that.
      long watermark = clock - random.nextInt(200);
      merge = node().merge(TABLES.get(random.nextInt(TABLES.size())), watermark).orElse(null);
      if (merge != null) {
        oldestReadable = Math.max(oldestReadable, watermark);
      }
    } else if (node().isServing()) {
      if (node().replace(ready) instanceof Decision.Append append) {
        node().append(append);
        merge = null;
      } else if (random.nextInt(4) == 0) {
        merge = null;
      }
    }
  }

  // ---- clients ----

  private void write() {
    if (!node().isServing()) {
      return;
    }
    Transaction transaction = newTransaction();
    long snapshot = node().replica().appliedTimestamp();
    List<TableWrite> writes = new ArrayList<>();
    int tables = random.nextInt(3);
    if (tables != 1) {
      addWrite(writes, transaction, KEYED, snapshot, 1 + random.nextInt(4));
    }
    if (tables != 0) {
      addWrite(writes, transaction, KEYLESS, snapshot, 1 + random.nextInt(4));
    }
    submit(transaction, new CommitRequest(transaction.id, snapshot, 0, writes));
  }

  /// Parents come and go, children refer to them. A client knows what it sees at its snapshot,
  /// which may be old, and claims the keys it relies on.
  private void writeRelated() {
    if (!node().isServing()) {
      return;
    }
    Transaction transaction = newTransaction();
    long now = node().replica().appliedTimestamp();
    long snapshot = Math.max(oldestReadable, now - random.nextInt(4));
    if (snapshot > now) {
      // A replica that has not applied so much yet cannot be read there.
      return;
    }
    Map<Long, Seen> parents = new TreeMap<>();
    for (Seen seen : scan(node().replica(), PARENT, snapshot)) {
      parents.put(seen.version.id, seen);
    }
    Set<Long> referenced = new HashSet<>();
    List<Seen> children = scan(node().replica(), CHILD, snapshot);
    children.forEach(seen -> referenced.add(seen.version.id));
    List<TableWrite> writes = new ArrayList<>();
    if (random.nextBoolean()) {
      writeParents(transaction, writes, parents, referenced);
    } else {
      writeChildren(transaction, writes, parents, children);
    }
    boolean staged = random.nextInt(4) == 0;
    for (int i = 0; staged && i < writes.size(); i++) {
      TableWrite write = writes.get(i);
      if (!(node().owner().stage(transaction.id, i, write, encode(write))
          instanceof Decision.Append append)) {
        return;
      }
      node().append(append);
    }
    for (int i = 0; i < 200 && node().isServing(); i++) {
      CommitRequest request =
          staged
              ? new CommitRequest(transaction.id, snapshot, writes.size(), List.of())
              : new CommitRequest(transaction.id, snapshot, 0, writes);
      if (submit(transaction, request) || !staged) {
        return;
      }
      log.deliver(3);
      int _ = node().readBack(3);
    }
  }

  private void writeParents(
      Transaction transaction,
      List<TableWrite> writes,
      Map<Long, Seen> parents,
      Set<Long> referenced) {
    List<Seen> gone = new ArrayList<>();
    for (Seen parent : parents.values()) {
      if (!referenced.contains(parent.version.id) && random.nextInt(3) == 0) {
        gone.add(parent);
      }
    }
    List<Version> born = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Version version = new Version(PARENT, random.nextInt(ID_COUNT), ++lastValue);
      if (!parents.containsKey(version.id)
          && born.stream().noneMatch(other -> other.id == version.id)) {
        born.add(version);
      }
    }
    List<KeyClaim> claims = new ArrayList<>();
    claims.add(new KeyClaim(UNIQUE_INDEX, true, born.stream().mapToLong(Version::id).toArray()));
    claims.add(
        new KeyClaim(
            FOREIGN_KEY, true, gone.stream().mapToLong(seen -> seen.version.id).toArray()));
    addRelated(transaction, writes, PARENT, gone, born, claims);
  }

  private void writeChildren(
      Transaction transaction,
      List<TableWrite> writes,
      Map<Long, Seen> parents,
      List<Seen> children) {
    List<Seen> gone = new ArrayList<>();
    for (Seen child : children) {
      if (random.nextInt(3) == 0) {
        gone.add(child);
      }
    }
    List<Version> born = new ArrayList<>();
    for (long id : parents.keySet()) {
      if (random.nextInt(4) == 0) {
        born.add(new Version(CHILD, id, ++lastValue));
      }
    }
    addRelated(transaction, writes, CHILD, gone, born, List.of());
    KeyClaim claim =
        new KeyClaim(FOREIGN_KEY, false, born.stream().mapToLong(Version::id).toArray());
    addRelated(
        transaction,
        writes,
        PARENT,
        List.of(),
        List.of(),
        mutation == Mutation.NO_SHARED_KEY_CLAIMS ? List.of() : List.of(claim));
  }

  private void addRelated(
      Transaction transaction,
      List<TableWrite> writes,
      long tableId,
      List<Seen> deleted,
      List<Version> born,
      List<KeyClaim> claims) {
    deleted.forEach(seen -> transaction.deleted.add(seen.version));
    transaction.inserted.addAll(born);
    writes.add(
        new TableWrite(
            tableId,
            1,
            1,
            deleted.stream().mapToLong(seen -> seen.address).toArray(),
            born.isEmpty() ? Optional.empty() : Optional.of(batch(born)),
            mutation == Mutation.NO_KEY_CLAIMS ? List.of() : claims));
  }

  private void writeStaged() {
    if (!node().isServing()) {
      return;
    }
    Transaction transaction = newTransaction();
    long snapshot = node().replica().appliedTimestamp();
    int chunks = 1 + random.nextInt(3);
    for (int chunk = 0; chunk < chunks; chunk++) {
      List<TableWrite> writes = new ArrayList<>();
      addWrite(writes, transaction, KEYLESS, snapshot, 1 + random.nextInt(12));
      TableWrite write = writes.getFirst();
      Decision decision = node().owner().stage(transaction.id, chunk, write, encode(write));
      if (!(decision instanceof Decision.Append append)) {
        return;
      }
      node().append(append);
    }
    if (random.nextInt(8) == 0) {
      node().owner().abandon(transaction.id).ifPresent(node()::append);
      return;
    }
    // The owner decides only when all frames were read back.
    for (int i = 0; i < 200 && node().isServing(); i++) {
      if (submit(transaction, new CommitRequest(transaction.id, snapshot, chunks, List.of()))) {
        return;
      }
      log.deliver(3);
      int _ = node().readBack(3);
    }
  }

  private Transaction newTransaction() {
    Transaction transaction =
        new Transaction(new UUID(1, transactions.size() + 1), new ArrayList<>(), new ArrayList<>());
    transactions.put(transaction.id, transaction);
    return transaction;
  }

  private static List<RowCodec.Piece> encode(TableWrite write) {
    return write
        .inserted()
        .map(rows -> RowCodec.pieces(rows, SimulatedNode.LIMITS.frameBytesMax()))
        .orElse(List.of());
  }

  /// @return whether the owner answered
  private boolean submit(Transaction transaction, CommitRequest request) {
    List<List<RowCodec.Piece>> pieces = new ArrayList<>();
    request.writes().forEach(write -> pieces.add(encode(write)));
    Decision decision;
    try {
      decision = node().owner().commit(request, pieces);
    } catch (QuiverException e) {
      if (e.state() == quiver.common.error.SqlState.SERIALIZATION_FAILURE) {
        return true;
      }
      throw e;
    }
    if (decision instanceof Decision.Append append) {
      transaction.decidedAt = append.pending().timestamp();
      pendings.put(append.pending(), transaction);
      node().append(append);
      if (random.nextInt(10) == 0) {
        // The client asks again: the same answer, and applied once.
        Decision again = node().owner().commit(request, pieces);
        require(
            again instanceof Decision.Known || again instanceof Decision.Answer,
            "a repeated request was decided twice");
      }
    }
    return !(decision instanceof Decision.Later);
  }

  /// Adds a write to a table: some visible versions die, some rows are born.
  private void addWrite(
      List<TableWrite> writes,
      Transaction transaction,
      long tableId,
      long snapshot,
      int insertCount) {
    Optional<TableLayout> layout = node().replica().layout(tableId);
    if (layout.isEmpty()) {
      return;
    }
    Map<Long, Seen> visible = new TreeMap<>();
    for (Seen seen : scan(node().replica(), tableId, snapshot)) {
      visible.put(seen.version.value, seen);
    }
    Set<Long> takenIds = new HashSet<>();
    visible.values().forEach(seen -> takenIds.add(seen.version.id));
    List<Long> deleted = new ArrayList<>();
    for (Seen seen : visible.values()) {
      if (random.nextInt(6) == 0 && !transaction.deleted.contains(seen.version)) {
        deleted.add(seen.address);
        transaction.deleted.add(seen.version);
        takenIds.remove(seen.version.id);
      }
    }
    List<Version> born = new ArrayList<>();
    for (int i = 0; i < insertCount; i++) {
      long id = random.nextInt(ID_COUNT);
      if (tableId == KEYLESS || takenIds.add(id)) {
        born.add(new Version(tableId, id, ++lastValue));
      }
    }
    transaction.inserted.addAll(born);
    writes.add(
        new TableWrite(
            tableId,
            layout.get().version(),
            layout.get().incarnation(),
            deleted.stream().mapToLong(Long::longValue).toArray(),
            born.isEmpty() ? Optional.empty() : Optional.of(batch(born))));
  }

  private static RowBatch batch(List<Version> versions) {
    int count = versions.size();
    long[] ids = new long[count];
    long[] values = new long[count];
    @Nullable Object[] texts = new @Nullable Object[count];
    float[] points = new float[2 * count];
    for (int i = 0; i < count; i++) {
      ids[i] = versions.get(i).id;
      values[i] = versions.get(i).value;
      texts[i] = values[i] % 5 == 0 ? null : "v" + values[i];
      points[2 * i] = ids[i];
      points[2 * i + 1] = values[i];
    }
    List<Column> columns =
        List.of(
            new LongColumn(SqlType.INT8, count, ids, Nulls.NONE),
            new LongColumn(SqlType.INT8, count, values, Nulls.NONE),
            ObjectColumn.of(SqlType.TEXT, count, texts),
            VectorColumn.ofArray(POINT, 2, count, points, Nulls.NONE));
    return new RowBatch(count, columns);
  }

  // ---- reading and checking ----

  private record Seen(Version version, long address) {}

  private List<Seen> scan(ChannelReplica replica, long tableId, long snapshot) {
    Optional<TableView> pinned = replica.view(tableId);
    if (pinned.isEmpty()) {
      return List.of();
    }
    TableView view = pinned.get();
    try {
      List<Seen> seen = new ArrayList<>();
      for (SegmentView segment : view.segments()) {
        SegmentView.Visible visible = segment.visible(snapshot);
        RowMask mask = visible.mask();
        for (int row = mask.nextRow(0); row < mask.rowCount(); row = mask.nextRow(row + 1)) {
          seen.add(read(tableId, segment, row));
        }
      }
      return seen;
    } finally {
      view.unpin();
    }
  }

  private static Seen read(long tableId, SegmentView segment, int row) {
    SegmentRows rows = segment.rows();
    long id = ((LongColumn) rows.column(0, row, 1)).values()[0];
    long value = ((LongColumn) rows.column(1, row, 1)).values()[0];
    Object text = rows.column(2, row, 1).valueAt(0);
    float[] point = ((VectorColumn) rows.column(3, row, 1)).row(0);
    require(
        value % 5 == 0 ? text == null : ("v" + value).equals(text),
        "text of row " + value + " is " + text);
    require(point[0] == id && point[1] == value, "vector of row " + value + " is damaged");
    return new Seen(new Version(tableId, id, value), RowAddress.of(segment.segmentId(), row));
  }

  /// A strong or an older read.
  private void read() {
    ChannelReplica replica = node().replica();
    long now = replica.appliedTimestamp();
    long before = Math.max(oldestReadable, now - random.nextInt(150));
    check(replica, random.nextBoolean() ? now : Math.min(now, before));
    readPast(replica);
  }

  /// A read of any moment of the past, as FOR SYSTEM_TIME AS OF asks for one: exact, or refused.
  private void readPast(ChannelReplica replica) {
    long snapshot = Math.max(0, replica.appliedTimestamp() - pastRandom.nextInt(PAST_MAX));
    List<Transaction> committed = committed(replica);
    for (long tableId : TABLES) {
      long truncated = truncatedAt.getOrDefault(tableId, 0L);
      if (truncated > replica.appliedTimestamp()) {
        continue;
      }
      if (mutation == Mutation.PAST_UNREFUSED || isKept(replica, tableId, snapshot)) {
        require(snapshot >= truncated, "table " + tableId + " is read before it was emptied");
        compare(replica, tableId, snapshot, truncated, committed);
        pastReadCount++;
      } else {
        refusedPastCount++;
      }
    }
  }

  /// As query nodes find out.
  private static boolean isKept(ChannelReplica replica, long tableId, long snapshot) {
    TableView view = replica.view(tableId).orElseThrow();
    try {
      return snapshot >= view.begun()
          && view.segments().stream()
              .allMatch(segment -> segment.rows().droppedBefore() <= snapshot);
    } finally {
      view.unpin();
    }
  }

  // ---- followers ----

  private static boolean isReadable(SimulatedFollower follower) {
    return follower.isComplete()
        && TABLES.stream().allMatch(table -> follower.replica().layout(table).isPresent());
  }

  /// Whether the owner, too, knows of every TRUNCATE: a statement learns from a table's version
  /// that its rows are gone.
  private boolean hasSameTables(ChannelReplica replica) {
    return TABLES.stream()
        .allMatch(table -> incarnation(replica, table) == incarnation(node().replica(), table));
  }

  private static int incarnation(ChannelReplica replica, long tableId) {
    return replica.layout(tableId).map(TableLayout::incarnation).orElse(0);
  }

  private void followerStep() {
    int index = followerRandom.nextInt(followers.size());
    SimulatedFollower follower = followers.get(index);
    switch (followerRandom.nextInt(8)) {
      case 0, 1, 2, 3 -> {
        int reloads = follower.reloadCount();
        follower.follow(1 + followerRandom.nextInt(25));
        if (follower.reloadCount() > reloads) {
          follower.follow(1 + followerRandom.nextInt(10));
          readFollower(follower);
        }
      }
      case 4 -> follower.adoptFiles();
      case 5 -> readFollower(follower);
      case 6 -> {
        if (followerRandom.nextInt(4) == 0) {
          follower.die();
          SimulatedFollower restarted = newFollower(index);
          followers.set(index, restarted);
          for (int i = followerRandom.nextInt(8); i > 0; i--) {
            restarted.follow(1 + followerRandom.nextInt(10));
            readFollower(restarted);
          }
        }
      }
      default -> readShares();
    }
  }

  private SimulatedFollower newFollower(int index) {
    return new SimulatedFollower(
        mutation,
        SimulatedNode.CHANNEL,
        "f" + index,
        log,
        meta,
        objects,
        followerRandom.nextInt(4) == 0 ? 0 : 1000);
  }

  private void readFollower(SimulatedFollower follower) {
    if (isReadable(follower) && hasSameTables(follower.replica())) {
      long now = follower.replica().appliedTimestamp();
      check(
          follower.replica(),
          Math.min(now, Math.max(oldestReadable, now - followerRandom.nextInt(100))));
      readPast(follower.replica());
    }
  }

  /// One read of every table by several nodes, each of which answers for some segments, and one for
  /// the rest: together they show what one node shows.
  private void readShares() {
    List<ChannelReplica> replicas = new ArrayList<>();
    followers.stream()
        .filter(Simulation::isReadable)
        .forEach(follower -> replicas.add(follower.replica()));
    replicas.add(node().replica());
    long now = Long.MAX_VALUE;
    for (ChannelReplica replica : replicas) {
      now = Math.min(now, replica.appliedTimestamp());
    }
    long snapshot = Math.min(now, Math.max(oldestReadable, now - followerRandom.nextInt(60)));
    // Ids of segments that were, are, or never will be.
    List<List<Long>> listed = new ArrayList<>();
    replicas.forEach(ignored -> listed.add(new ArrayList<>()));
    for (long id = 1; id <= lastSegmentId; id++) {
      if (followerRandom.nextInt(3) > 0) {
        listed.get(followerRandom.nextInt(listed.size())).add(id);
      }
    }
    int rest = followerRandom.nextInt(replicas.size());
    List<Long> elsewhere = new ArrayList<>();
    for (int i = 0; i < listed.size(); i++) {
      if (i != rest) {
        elsewhere.addAll(listed.get(i));
      }
    }
    for (long tableId : TABLES) {
      List<Seen> seen = new ArrayList<>();
      boolean known = true;
      for (int i = 0; i < replicas.size() && known; i++) {
        Share share = i == rest ? new Share.Except(elsewhere) : new Share.Segments(listed.get(i));
        known = readShare(replicas.get(i), tableId, share, snapshot, seen);
      }
      if (known) {
        sharedReadCount++;
        require(
            sorted(seen).equals(sorted(scan(node().replica(), tableId, snapshot))),
            "shares of table " + tableId + " at " + snapshot + " are not the table");
      }
    }
  }

  /// @return whether the node could tell its share
  private boolean readShare(
      ChannelReplica replica, long tableId, Share share, long snapshot, List<Seen> seen) {
    TableView view = replica.view(tableId).orElseThrow();
    try {
      if (view.layout().incarnation() != incarnation(node().replica(), tableId)) {
        return false;
      }
      List<SegmentView> segments =
          mutation == Mutation.SHARES_OF_THE_PRESENT
              ? SharedSegments.of(view, share, Long.MAX_VALUE - 1)
              : SharedSegments.of(view, share, snapshot);
      for (SegmentView segment : segments) {
        RowMask mask = segment.visible(snapshot).mask();
        for (int row = mask.nextRow(0); row < mask.rowCount(); row = mask.nextRow(row + 1)) {
          seen.add(read(tableId, segment, row));
        }
      }
      return true;
    } catch (QuiverException e) {
      require(Share.isRefused(e), "a share failed: " + e);
      refusedShareCount++;
      return false;
    } finally {
      view.unpin();
    }
  }

  /// Addresses differ: a merge may have moved rows here and not yet there.
  private static List<String> sorted(List<Seen> seen) {
    return seen.stream().map(each -> each.version.toString()).sorted().toList();
  }

  /// What a replica knows to have committed, in order.
  private List<Transaction> committed(ChannelReplica replica) {
    List<Transaction> committed = new ArrayList<>();
    for (Transaction transaction : transactions.values()) {
      Optional<Long> at = replica.outcome(transaction.id);
      Long acknowledged = transaction.acknowledgedAt;
      if (acknowledged != null && acknowledged <= replica.appliedTimestamp()) {
        require(
            at.equals(Optional.of(acknowledged)),
            "transaction acknowledged at " + acknowledged + " is " + at);
      }
      if (at.isPresent()) {
        require(!transaction.refused, "a refused transaction is there");
        require(
            at.get().equals(transaction.decidedAt),
            "transaction decided at " + transaction.decidedAt + " is at " + at.get());
        committed.add(transaction);
      }
    }
    committed.sort(Comparator.comparingLong(transaction -> timestampOf(transaction)));
    return committed;
  }

  private void check(ChannelReplica replica, long snapshot) {
    List<Transaction> committed = committed(replica);
    for (long tableId : TABLES) {
      long truncated = truncatedAt.getOrDefault(tableId, 0L);
      if (snapshot >= truncated && truncated <= replica.appliedTimestamp()) {
        compare(replica, tableId, snapshot, truncated, committed);
      }
    }
    Set<Long> parents = new HashSet<>();
    scan(replica, PARENT, snapshot).forEach(seen -> parents.add(seen.version.id));
    for (Seen child : scan(replica, CHILD, snapshot)) {
      require(parents.contains(child.version.id), "a child without a parent: " + child);
    }
  }

  private static long timestampOf(Transaction transaction) {
    Long at = transaction.decidedAt;
    if (at == null) {
      throw new AssertionError("a transaction nobody decided is there");
    }
    return at;
  }

  private void compare(
      ChannelReplica replica,
      long tableId,
      long snapshot,
      long truncated,
      List<Transaction> committed) {
    Map<Long, Version> live = new TreeMap<>();
    Map<Long, Version> atSnapshot = new TreeMap<>();
    for (Transaction transaction : committed) {
      long at = timestampOf(transaction);
      if (at <= truncated) {
        continue;
      }
      for (Version version : transaction.deleted) {
        if (version.tableId == tableId) {
          require(
              live.remove(version.value) != null,
              "transaction at " + at + " deleted a version that did not live: " + version);
        }
      }
      for (Version version : transaction.inserted) {
        if (version.tableId == tableId) {
          require(
              (tableId != KEYED && tableId != PARENT)
                  || live.values().stream().noneMatch(other -> other.id == version.id),
              "transaction at " + at + " inserted a key that existed: " + version);
          require(live.put(version.value, version) == null, "inserted twice: " + version);
        }
      }
      if (at <= snapshot) {
        atSnapshot = new TreeMap<>(live);
      }
    }
    Map<Long, Version> seen = new TreeMap<>();
    for (Seen each : scan(replica, tableId, snapshot)) {
      require(seen.put(each.version.value, each.version) == null, "seen twice: " + each.version);
    }
    require(
        seen.equals(atSnapshot),
        "table " + tableId + " at " + snapshot + " shows " + seen + " instead of " + atSnapshot);
    if (tableId == KEYED) {
      compareKeys(replica, snapshot, atSnapshot);
    }
  }

  private static void compareKeys(
      ChannelReplica replica, long snapshot, Map<Long, Version> expected) {
    Map<Long, Long> valueOfId = new HashMap<>();
    expected.values().forEach(version -> valueOfId.put(version.id, version.value));
    TableView view = replica.view(KEYED).orElseThrow();
    try {
      for (long id = 0; id < ID_COUNT; id++) {
        Keys key = Keys.ofDatums(List.of(0), List.of(SqlType.INT8), List.of(id));
        @Nullable Long found = null;
        for (SegmentView segment : view.segments()) {
          int row = segment.rows().findKey(key, 0, snapshot, segment.deletes());
          if (row != SegmentRows.NO_ROW) {
            require(found == null, "key " + id + " is there twice");
            found = read(KEYED, segment, row).version.value;
          }
        }
        Long wanted = valueOfId.get(id);
        require(
            java.util.Objects.equals(found, wanted),
            "key " + id + " leads to " + found + " instead of " + wanted);
      }
    } finally {
      view.unpin();
    }
  }

  private Map<Long, List<String>> contents(ChannelReplica replica) {
    Map<Long, List<String>> contents = new TreeMap<>();
    for (long tableId : TABLES) {
      List<String> rows = new ArrayList<>();
      scan(replica, tableId, Long.MAX_VALUE - 1).forEach(seen -> rows.add(seen.toString()));
      rows.sort(Comparator.naturalOrder());
      contents.put(tableId, rows);
    }
    return contents;
  }

  static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
