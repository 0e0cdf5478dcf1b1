package quiver.server.roles;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import quiver.common.catalog.CatalogImage;
import quiver.common.error.QuiverException;
import quiver.coordinators.data.ChannelCount;
import quiver.coordinators.data.DataRole;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.PlacedCluster;
import quiver.coordinators.query.PlacementPolicy;
import quiver.coordinators.query.QueryRole;
import quiver.coordinators.root.RootRole;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.rpc.DataCoordinatorService;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.ServiceDirectory;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.ChannelOwnerRecord;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.PlacementRecord;
import quiver.rpc.meta.PlacementRecord.Placed;
import quiver.rpc.meta.Role;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.log.memory.MemoryLogBroker;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.Put;
import quiver.storage.meta.memory.MemoryMetaStore;
import quiver.storage.object.memory.MemoryObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.datanode.DataNodeSettings;
import quiver.workers.node.DataNodeRole;
import quiver.workers.node.IndexNodeRole;
import quiver.workers.node.QueryNodeRole;
import quiver.workers.node.WorkerEnvironment;
import quiver.workers.node.WorkerSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// Processes of a cluster in one JVM over stores in memory. Each can be added, drained, killed, and
/// cut off from the meta store.
final class MemoryCluster implements ServiceDirectory, AutoCloseable {
  private static final Duration LONG = Duration.ofHours(1);

  private final ExecutorService delivery = Executors.newVirtualThreadPerTaskExecutor();
  final MemoryMetaStore meta = new MemoryMetaStore(InstantSource.system(), delivery);
  final MemoryLogBroker broker = new MemoryLogBroker();
  final MemoryObjectStore objects = new MemoryObjectStore();
  private final ThreadFactory threads = Thread.ofPlatform().daemon().name("cluster-", 0).factory();
  private final Map<String, Running> processes = new ConcurrentHashMap<>();
  private final Deque<AutoCloseable> dying = new ArrayDeque<>();
  private final AtomicLong incarnations = new AtomicLong();
  private final SegmentLimits limits;
  final ChannelMap channels;
  final PlacedCluster cluster;

  /// One process.
  private static final class Running {
    final ProcessStores stores;
    final AutoCloseable role;
    final long lease;
    NodeRecord record;

    Running(ProcessStores stores, AutoCloseable role, long lease, NodeRecord record) {
      this.stores = stores;
      this.role = role;
      this.lease = lease;
      this.record = record;
    }
  }

  MemoryCluster(SegmentLimits limits, int channelCount) {
    this.limits = limits;
    this.channels = ChannelCount.settle(meta, OptionalInt.of(channelCount), 1);
    this.cluster = new PlacedCluster(this, meta, threads);
  }

  // ---- processes ----

  void add(String name, Role role) {
    ProcessStores stores = new ProcessStores(meta, broker, objects);
    NodeRecord record =
        new NodeRecord(
            name,
            new UUID(0, incarnations.incrementAndGet()),
            Set.of(role),
            name,
            "",
            1 << 20,
            NodeRecord.State.SERVING,
            "test");
    long lease = meta.grant(LONG);
    AutoCloseable started = start(name, role, stores);
    processes.put(name, new Running(stores, started, lease, record));
    register(record, lease);
  }

  private void register(NodeRecord record, long lease) {
    CommitResult _ =
        meta.commit(
            List.of(),
            List.of(new Put(MetaKeys.node(record.name()), record.encode(), lease)),
            List.of());
  }

  private AutoCloseable start(String name, Role role, ProcessStores stores) {
    InstantSource clock = InstantSource.system();
    return switch (role) {
      case ROOT_COORDINATOR -> new RootRole(stores.meta, name, name, clock, threads);
      case DATA_COORDINATOR ->
          new DataRole(stores.meta, MergePolicy.DEFAULT, name, name, clock, threads);
      case QUERY_COORDINATOR ->
          new QueryRole(stores.meta, new PlacementPolicy(1), name, name, clock, threads);
      case DATA_NODE -> new DataNodes(channels, settings(name), environment(stores));
      case QUERY_NODE ->
          QueryNodeRole.start(
              settings(name),
              environment(stores),
              (channel, timestamp) -> owner(channel).nudge(0, timestamp));
      case INDEX_NODE -> IndexNodeRole.start(settings(name), environment(stores));
      case FRONT_END -> throw new IllegalArgumentException("no front ends here");
    };
  }

  private WorkerSettings settings(String name) {
    WorkerSettings defaults =
        WorkerSettings.clustered(
            name, new QueryNodeSettings(2, 64, 1L << 28, Optional.empty(), "test"));
    return new WorkerSettings(
        name,
        defaults.channel(),
        false,
        limits,
        defaults.memoryBytesMax(),
        new DataNodeSettings(
            Duration.ofMinutes(10), Duration.ofMinutes(10), 1 << 20, Duration.ofMinutes(20)),
        defaults.queryNode(),
        1);
  }

  private WorkerEnvironment environment(ProcessStores stores) {
    FunctionLibrary functions = new StandardFunctionLibrary();
    return new WorkerEnvironment(
        stores.meta,
        stores.broker,
        stores.objects,
        () -> asked(RootCoordinatorService::timestamp),
        this::owner,
        () -> asked(RootCoordinatorService::catalog),
        functions,
        new FragmentExecutor(functions),
        VectorKernels.scalar(),
        InstantSource.system(),
        () -> new SplittableRandom(1),
        threads);
  }

  /// Asks the leading root coordinator until there is one.
  <T> T asked(Function<RootCoordinatorService, T> question) {
    while (true) {
      try {
        return question.apply(root());
      } catch (QuiverException e) {
        if (!Unavailable.is(e)) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  CatalogImage catalog() {
    return asked(RootCoordinatorService::catalog);
  }

  private Running present(String name) {
    return Objects.requireNonNull(processes.get(name));
  }

  private Running removed(String name) {
    return Objects.requireNonNull(processes.remove(name));
  }

  /// The process is gone, and its lease has ended.
  void kill(String name) {
    Running process = removed(name);
    process.stores.die();
    end(process, name);
  }

  /// The process will be gone at the moment when it calls a store's method.
  void killAt(String name, String methodName) {
    present(name).stores.dieAt(methodName);
  }

  boolean isDead(String name) {
    return present(name).stores.isDead();
  }

  /// The process lives and serves, but the others take it for dead.
  void isolate(String name) {
    Running process = present(name);
    process.stores.loseMeta();
    meta.revoke(process.lease);
  }

  /// An isolated process ends.
  void bury(String name) {
    end(removed(name), name);
  }

  private void end(Running process, String name) {
    meta.revoke(process.lease);
    for (KeyValue leader : meta.list(MetaKeys.LEADERS).entries()) {
      if (LeaderRecord.decode(leader.key(), leader.value()).node().equals(name)) {
        meta.revoke(leader.lease());
      }
    }
    meta.get(MetaKeys.loaded(name)).ifPresent(entry -> meta.revoke(entry.lease()));
    Thread closing = Thread.ofPlatform().daemon().unstarted(() -> close(process.role));
    synchronized (dying) {
      dying.add(closing::join);
    }
    closing.start();
  }

  void drain(String name) {
    Running process = present(name);
    process.record = process.record.withState(NodeRecord.State.DRAINING);
    register(process.record, process.lease);
  }

  /// The data nodes of one process.
  private static final class DataNodes implements AutoCloseable {
    final Map<String, DataNodeRole> byChannel = new TreeMap<>();

    DataNodes(ChannelMap channels, WorkerSettings settings, WorkerEnvironment environment) {
      for (String channel : channels.names()) {
        byChannel.put(channel, DataNodeRole.start(settings.withChannel(channel), environment));
      }
    }

    @Override
    public void close() {
      byChannel.values().forEach(DataNodeRole::close);
    }
  }

  /// The owner of the first channel.
  Optional<String> ownerName() {
    return ownerName(ChannelMap.FIRST);
  }

  Optional<String> ownerName(String channel) {
    String key = MetaKeys.owner(channel);
    return meta.get(key).map(entry -> ChannelOwnerRecord.decode(key, entry.value()).node());
  }

  /// Of all tables, as the query coordinator last decided.
  List<Placed> placements() {
    return meta.list(MetaKeys.PLACEMENTS).entries().stream()
        .flatMap(entry -> PlacementRecord.decode(entry.key(), entry.value()).segments().stream())
        .toList();
  }

  /// Whether every flushed segment has all its indexes, as the data nodes last reported.
  boolean isIndexed(int indexCount) {
    return channels.names().stream()
        .map(MetaKeys::report)
        .flatMap(key -> meta.get(key).stream())
        .flatMap(entry -> SegmentReport.decode(entry.key(), entry.value()).stream())
        .filter(SegmentReport::isFlushed)
        .allMatch(segment -> segment.indexIds().size() == indexCount);
  }

  /// As the data nodes last reported.
  long flushedSegmentCount() {
    return channels.names().stream()
        .map(MetaKeys::report)
        .flatMap(key -> meta.get(key).stream())
        .flatMap(entry -> SegmentReport.decode(entry.key(), entry.value()).stream())
        .filter(SegmentReport::isFlushed)
        .count();
  }

  QueryNodeRole queryNodeRole(String name) {
    return (QueryNodeRole) present(name).role;
  }

  AutoCloseable process(String name) {
    return present(name).role;
  }

  // ---- directory ----

  private <S> S leader(String key, Class<S> service) {
    return meta.get(key)
        .map(entry -> LeaderRecord.decode(key, entry.value()).node())
        .map(processes::get)
        .map(process -> service.cast(process.role))
        .orElseThrow(() -> Unavailable.because("nobody leads"));
  }

  @Override
  public RootCoordinatorService root() {
    return leader(MetaKeys.ROOT_LEADER, RootCoordinatorService.class);
  }

  @Override
  public DataCoordinatorService dataCoordinator() {
    return leader(MetaKeys.DATA_LEADER, DataCoordinatorService.class);
  }

  @Override
  public DataNodeService owner(String channel) {
    return ownerName(channel)
        .map(processes::get)
        .map(process -> (DataNodeService) ((DataNodes) process.role).byChannel.get(channel))
        .orElseThrow(() -> Unavailable.because("nobody owns the channel"));
  }

  @Override
  public QueryNodeService queryNode(String name) {
    Running process = present(name);
    if (process == null) {
      throw Unavailable.because("node \"%s\" is not there", name);
    }
    return ((QueryNodeRole) process.role).service();
  }

  @Override
  public List<NodeRecord> nodes() {
    List<NodeRecord> nodes = new ArrayList<>();
    for (KeyValue entry : meta.list(MetaKeys.NODES).entries()) {
      nodes.add(NodeRecord.decode(entry.key(), entry.value()));
    }
    return nodes;
  }

  private static void close(AutoCloseable role) {
    try {
      role.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    cluster.close();
    Map<String, Running> all = new HashMap<>(processes);
    // Workers ask coordinators: those go last.
    all.entrySet().stream()
        .sorted(
            Map.Entry.comparingByValue((a, b) ->
                b.record.roles().iterator().next().compareTo(a.record.roles().iterator().next())))
        .forEach(each -> close(each.getValue().role));
    synchronized (dying) {
      dying.forEach(MemoryCluster::close);
    }
    meta.close();
    broker.close();
    delivery.shutdown();
  }
}
