package quiver.server.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import quiver.execution.operator.FragmentExecutor;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.meta.Role;
import quiver.server.config.ClusterConfig;
import quiver.server.config.ServerConfig;
import quiver.storage.file.SystemDisk;
import quiver.storage.object.ObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.file.CachedObjects;
import quiver.workers.node.DataNodeRole;
import quiver.workers.node.IndexNodeRole;
import quiver.workers.node.QueryNodeRole;
import quiver.workers.node.WorkerEnvironment;
import quiver.workers.node.WorkerSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// The workers of a process.
final class WorkerRoles implements AutoCloseable {
  private final Deque<Runnable> opened = new ArrayDeque<>();

  WorkerRoles(NodeContext node, Set<Role> roles) {
    CatalogWatch catalog = new CatalogWatch(node.stores().meta(), node.threads());
    opened.push(catalog::close);
    WorkerSettings settings = settings(node);
    WorkerEnvironment environment = environment(node, catalog);
    if (roles.contains(Role.DATA_NODE)) {
      for (String channel : environment.channels().names()) {
        DataNodeRole data = DataNodeRole.start(settings.withChannel(channel), environment);
        opened.push(data::close);
        node.server().offer(DataNodeService.class, channel, data);
      }
    }
    if (roles.contains(Role.QUERY_NODE)) {
      QueryNodeRole query =
          QueryNodeRole.start(
              settings,
              environment,
              (channel, timestamp) -> node.directory().owner(channel).nudge(0, timestamp));
      opened.push(query::close);
      node.server().offer(QueryNodeService.class, "", query.service());
    }
    if (roles.contains(Role.INDEX_NODE)) {
      IndexNodeRole index = IndexNodeRole.start(settings, environment);
      opened.push(index::close);
    }
  }

  private static WorkerSettings settings(NodeContext node) {
    ServerConfig config = node.config();
    WorkerSettings defaults =
        WorkerSettings.clustered(
            node.name(),
            new QueryNodeSettings(
                node.processors(),
                QueryNodeSettings.QUEUE_LENGTH_DEFAULT,
                config.queryMemory().bytes(),
                Optional.of(node.spill()),
                node.version()));
    return new WorkerSettings(
        defaults.node(),
        defaults.channel(),
        defaults.exclusive(),
        new SegmentLimits(
            config.segmentRowsMax(),
            config.segmentBytesMax().bytes(),
            SegmentLimits.DEFAULT.frameBytesMax(),
            SegmentLimits.DEFAULT.adoptRowsMin()),
        defaults.memoryBytesMax(),
        defaults.dataNode().keeping(config.historyRetention()),
        defaults.queryNode(),
        node.processors());
  }

  /// Objects of a store elsewhere have copies here.
  private static ObjectStore objects(NodeContext node) {
    ClusterConfig config = node.config().cluster();
    return config.stores().isEmpty()
        ? node.stores().objects()
        : new CachedObjects(
            node.stores().objects(),
            new SystemDisk(),
            config.cacheDirectory(),
            config.cacheSize().bytes());
  }

  private static WorkerEnvironment environment(NodeContext node, CatalogWatch catalog) {
    return new WorkerEnvironment(
        node.stores().meta(),
        node.stores().log(),
        objects(node),
        node.directory().root()::timestamp,
        node.directory()::owner,
        catalog,
        node.functions(),
        new FragmentExecutor(node.functions()),
        VectorKernels.best(),
        node.clock(),
        () -> new SplittableRandom(node.seeds().nextLong()),
        node.threads());
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
