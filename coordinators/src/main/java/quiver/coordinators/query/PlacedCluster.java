package quiver.coordinators.query;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.Cancellation;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService;
import quiver.rpc.DataNodeService.ReadIndex;
import quiver.rpc.Pending;
import quiver.rpc.QueryNodeService;
import quiver.rpc.RootCoordinatorService.Moment;
import quiver.rpc.ServiceDirectory;
import quiver.rpc.Share;
import quiver.rpc.SharedAnswer;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.PlacementRecord;
import quiver.rpc.meta.PlacementRecord.Placed;
import quiver.rpc.meta.Role;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;

/// The cluster as a front end sees it: cuts tables into shares by the placement in the meta store,
/// of which it keeps a copy, and passes over nodes that have just not answered. Thread-safe.
public final class PlacedCluster implements ClusterService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PlacedCluster.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ServiceDirectory directory;
  private final MetaStore meta;
  private final ChannelMap channelMap;
  private final ChangeSignal signal;
  private final Thread thread;
  private final AtomicInteger turn = new AtomicInteger();
  private final ConcurrentMap<String, SharedAnswer<Optional<Moment>>> indexes =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<String, SuspectedNode> nodes = new ConcurrentHashMap<>();
  private volatile Map<Long, List<Placed>> placements = Map.of();
  private volatile Set<String> ready = Set.of();
  private volatile boolean closed;

  /// @param meta is watched
  public PlacedCluster(ServiceDirectory directory, MetaStore meta, ThreadFactory threads) {
    this.directory = directory;
    this.meta = meta;
    this.channelMap = ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
    this.signal = new ChangeSignal(meta, List.of(MetaKeys.PLACEMENTS, MetaKeys.LOADED));
    read();
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-placement");
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        read();
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("placement not read, will be tried again", e);
        }
      } catch (RuntimeException e) {
        log.error("placement not read, will be tried again", e);
      }
    }
  }

  private void read() {
    Map<Long, List<Placed>> read = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.PLACEMENTS).entries()) {
      read.put(
          Long.parseLong(entry.key().substring(MetaKeys.PLACEMENTS.length())),
          PlacementRecord.decode(entry.key(), entry.value()).segments());
    }
    placements = Map.copyOf(read);
    Set<String> names = new HashSet<>();
    for (KeyValue entry : meta.list(MetaKeys.LOADED).entries()) {
      names.add(entry.key().substring(MetaKeys.LOADED.length()));
    }
    ready = Set.copyOf(names);
  }

  @Override
  public List<Holder> holders(long tableId) {
    List<String> names = answering();
    Map<String, SuspectedNode> present = new TreeMap<>();
    names.forEach(name ->
        present.put(
            name,
            nodes.computeIfAbsent(name, each -> new SuspectedNode(directory.queryNode(each)))));
    return cut(
        placements.getOrDefault(tableId, List.of()), tableId, present, turn.getAndIncrement());
  }

  /// Query nodes to ask: those that have caught up, have not just failed and are not about to stop,
  /// unless there is none.
  private List<String> answering() {
    List<NodeRecord> all =
        directory.nodes().stream().filter(node -> node.roles().contains(Role.QUERY_NODE)).toList();
    Set<String> caughtUp = ready;
    List<Predicate<NodeRecord>> wishes =
        List.of(
            node -> caughtUp.contains(node.name()),
            node -> !isSuspected(node.name()),
            node -> node.serves(Role.QUERY_NODE));
    for (int count = wishes.size(); count >= 0; count--) {
      List<String> best = names(all.stream().filter(allOf(wishes.subList(0, count))).toList());
      if (!best.isEmpty()) {
        return best;
      }
    }
    throw Unavailable.because("there is no query node at the moment");
  }

  private static Predicate<NodeRecord> allOf(List<Predicate<NodeRecord>> wishes) {
    return node -> wishes.stream().allMatch(wish -> wish.test(node));
  }

  private static List<String> names(Collection<NodeRecord> nodes) {
    return nodes.stream().map(NodeRecord::name).sorted(Comparator.naturalOrder()).toList();
  }

  private boolean isSuspected(String name) {
    SuspectedNode node = nodes.get(name);
    return node != null && node.isSuspected();
  }

  /// One node more than those that get segments gets the rest: the one that gets most of them,
  /// which saves a request.
  private static List<Holder> cut(
      List<Placed> segments, long tableId, Map<String, SuspectedNode> present, int turn) {
    Map<String, List<Long>> byNode = new TreeMap<>();
    for (Placed segment : segments) {
      List<String> having = segment.nodes().stream().filter(present::containsKey).toList();
      if (!having.isEmpty()) {
        byNode
            .computeIfAbsent(
                having.get(Math.floorMod(turn, having.size())), ignored -> new ArrayList<>())
            .add(segment.segmentId());
      }
    }
    List<String> names = List.copyOf(present.keySet());
    String rest =
        byNode.entrySet().stream()
            .max(Comparator.comparingInt(each -> each.getValue().size()))
            .map(Map.Entry::getKey)
            .orElseGet(() -> names.get(Math.floorMod(tableId + turn, names.size())));
    List<Long> elsewhere = new ArrayList<>();
    List<Holder> holders = new ArrayList<>();
    byNode.forEach((name, ids) -> {
      if (!name.equals(rest)) {
        elsewhere.addAll(ids);
        holders.add(new Holder(node(present, name), new Share.Segments(ids)));
      }
    });
    holders.add(new Holder(node(present, rest), new Share.Except(elsewhere)));
    return holders;
  }

  private static SuspectedNode node(Map<String, SuspectedNode> present, String name) {
    return java.util.Objects.requireNonNull(present.get(name));
  }

  @Override
  public String channel(long tableId) {
    return channelMap.channelOf(tableId);
  }

  @Override
  public Optional<Moment> readIndex(String channel) {
    return indexes.computeIfAbsent(channel, each -> new SharedAnswer<>(() -> askIndex(each))).get();
  }

  /// Asks the owner how far to read, and the meta store whether it was the owner then: both were
  /// asked after the statement began, so whoever acknowledged anything before it did so under that
  /// term or an earlier one.
  private Optional<Moment> askIndex(String channel) {
    Pending<ReadIndex> asked = askOwner(channel);
    String key = MetaKeys.owner(channel);
    List<Optional<KeyValue>> known = meta.getAll(List.of(key, MetaKeys.CATALOG_VERSION));
    int term =
        known
            .getFirst()
            .map(entry -> ChannelOwnerRecord.decode(key, entry.value()).term())
            .orElse(0);
    long version =
        known
            .getLast()
            .map(entry -> MetaValue.toLong(MetaKeys.CATALOG_VERSION, entry.value()))
            .orElse(0L);
    return answer(asked)
        .filter(index -> index.term() == term)
        .flatMap(ReadIndex::timestamp)
        .map(timestamp -> new Moment(timestamp, version));
  }

  private Pending<ReadIndex> askOwner(String channel) {
    try {
      return directory.owner(channel).readIndex();
    } catch (QuiverException e) {
      return () -> {
        throw e;
      };
    }
  }

  /// Empty if nobody answers.
  private static Optional<ReadIndex> answer(Pending<ReadIndex> asked) {
    try {
      return Optional.of(asked.await());
    } catch (QuiverException e) {
      if (Unavailable.is(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<String> channelNames() {
    return channelMap.names();
  }

  @Override
  public DataNodeService channelOwner(String channel) {
    return directory.owner(channel);
  }

  @Override
  public void flush(List<Long> tableIds, Cancellation cancellation) {
    directory.dataCoordinator().flush(tableIds, cancellation);
  }

  @Override
  public List<SegmentStatus> segments() {
    return directory.dataCoordinator().segments();
  }

  @Override
  public Map<Long, List<String>> servingNodes() {
    Map<Long, List<String>> nodes = new HashMap<>();
    placements
        .values()
        .forEach(segments -> segments.forEach(each -> nodes.put(each.segmentId(), each.nodes())));
    return nodes;
  }

  @Override
  public List<IndexProgress> indexProgress() {
    return directory.dataCoordinator().indexProgress();
  }

  @Override
  public List<NodeStatus> nodes() {
    Map<String, List<String>> leads = new HashMap<>();
    for (KeyValue entry : meta.list(MetaKeys.LEADERS).entries()) {
      leads
          .computeIfAbsent(
              LeaderRecord.decode(entry.key(), entry.value()).node(), ignored -> new ArrayList<>())
          .add(entry.key().substring(MetaKeys.LEADERS.length()));
    }
    return directory.nodes().stream()
        .map(node -> new NodeStatus(node, leads.getOrDefault(node.name(), List.of())))
        .toList();
  }

  @Override
  public List<ChannelStatus> channels() {
    List<QueryNodeService.Progress> progress = progress();
    List<ChannelStatus> all = new ArrayList<>();
    for (String channel : channelMap.names()) {
      String key = MetaKeys.owner(channel);
      meta.get(key)
          .map(entry -> ChannelOwnerRecord.decode(key, entry.value()))
          .ifPresent(owner ->
              all.add(
                  new ChannelStatus(
                      channel,
                      owner.node(),
                      owner.term(),
                      progress.stream()
                          .filter(each -> each.channel().equals(channel))
                          .max(Comparator.comparingLong(QueryNodeService.Progress::unreadCount)))));
    }
    return all;
  }

  /// How far query nodes have read; those that do not answer are left out.
  private List<QueryNodeService.Progress> progress() {
    List<QueryNodeService.Progress> all = new ArrayList<>();
    for (String name : answering()) {
      try {
        all.addAll(directory.queryNode(name).progress());
      } catch (QuiverException e) {
        if (!Unavailable.is(e)) {
          throw e;
        }
      }
    }
    return all;
  }

  /// Stops watching.
  @Override
  public void close() {
    closed = true;
    signal.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
