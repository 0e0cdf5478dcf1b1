package quiver.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.coordinators.data.ChannelCount;
import quiver.coordinators.data.DataCoordinator;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.Cluster;
import quiver.coordinators.root.RootCoordinator;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.frontend.FrontEnd;
import quiver.frontend.FrontEndBackend;
import quiver.rpc.meta.ChannelMap;
import quiver.server.access.Listening;
import quiver.server.access.RootFragments;
import quiver.server.config.ServerConfig;
import quiver.server.node.ClusterNode;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.local.LocalLogBroker;
import quiver.storage.log.local.LocalLogOptions;
import quiver.storage.meta.local.LocalMetaStore;
import quiver.storage.object.local.LocalObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.node.WorkerEnvironment;
import quiver.workers.node.WorkerNode;
import quiver.workers.node.WorkerSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// A server process. Here is what a standalone one is made of, every role over one directory; what
/// a process of a cluster is made of is in [ClusterNode]. These are the places where
/// implementations are chosen.
public final class QuiverServer implements AutoCloseable {
  /// The product's version.
  public static final String VERSION = "0.1.0";

  /// Log channels of one server: more would share its disk, and make two records of what is one.
  private static final int CHANNEL_COUNT_DEFAULT = 1;

  /// What is open, the last one first.
  private final Deque<Runnable> opened = new ArrayDeque<>();

  private OptionalInt port = OptionalInt.empty();

  private Optional<String> description = Optional.empty();

  private QuiverServer() {}

  /// Opens the directory, recovers what a crash left, and listens.
  ///
  /// @throws QuiverException when the directory cannot be used or the address cannot be bound;
  ///   nothing stays open then
  public static QuiverServer start(ServerConfig config) {
    QuiverServer server = new QuiverServer();
    try {
      server.open(config);
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void open(ServerConfig config) {
    Path directory = writable(config.dataDirectory());
    if (config.cluster().listen().isPresent()) {
      ClusterNode node = ClusterNode.start(config, directory, VERSION);
      opened.push(node::close);
      port = node.sqlPort();
      description = Optional.of(node.description());
      return;
    }
    ThreadFactory threads = Thread.ofPlatform().daemon().name("quiver-", 0).factory();
    InstantSource clock = InstantSource.system();
    SecureRandom seeds = new SecureRandom();

    SystemDisk disk = new SystemDisk();
    LocalMetaStore meta = LocalMetaStore.open(disk, directory.resolve("meta"), clock, threads);
    opened.push(meta::close);
    LocalLogBroker log =
        LocalLogBroker.open(disk, directory.resolve("log"), LocalLogOptions.DEFAULTS, threads);
    opened.push(log::close);
    LocalObjectStore objects = new LocalObjectStore(disk, directory.resolve("objects"));
    opened.push(objects::close);
    ChannelMap _ =
        ChannelCount.settle(meta, config.cluster().channelCount(), CHANNEL_COUNT_DEFAULT);

    RootCoordinator root = RootCoordinator.start(meta, clock, config.superuser(), threads);
    opened.push(root::close);

    FunctionLibrary functions = new StandardFunctionLibrary();
    int processors = Runtime.getRuntime().availableProcessors();
    Path spill = directory.resolve("spill");
    WorkerNode worker =
        WorkerNode.start(
            workerSettings(config, processors, spill),
            new WorkerEnvironment(
                meta,
                log,
                objects,
                root::timestamp,
                channel -> {
                  throw new IllegalStateException("the worker knows its channels");
                },
                root::catalog,
                functions,
                new FragmentExecutor(functions),
                VectorKernels.best(),
                clock,
                () -> new SplittableRandom(seeds.nextLong()),
                threads));
    opened.push(worker::close);
    DataCoordinator dataCoordinator = new DataCoordinator(meta, MergePolicy.DEFAULT, threads);
    opened.push(dataCoordinator::close);
    root.resume();
    // No session has outlived the last process.
    root.sweepTemporary(_ -> true);

    RootFragments cpu = new RootFragments(processors);
    opened.push(cpu::close);
    FrontEnd frontEnd =
        Listening.start(
            config,
            spill,
            VERSION,
            new FrontEndBackend(
                root,
                new Cluster(
                    worker.channels(), worker::dataNode, worker.queryNode(), dataCoordinator),
                functions,
                cpu.pool(),
                clock,
                seeds,
                new UUID(seeds.nextLong(), seeds.nextLong())));
    opened.push(frontEnd::close);
    port = OptionalInt.of(frontEnd.port());
  }

  private static WorkerSettings workerSettings(ServerConfig config, int processors, Path spill) {
    WorkerSettings defaults =
        WorkerSettings.standalone(
            new QueryNodeSettings(
                processors,
                QueryNodeSettings.QUEUE_LENGTH_DEFAULT,
                config.queryMemory().bytes(),
                Optional.of(spill),
                VERSION));
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
        processors);
  }

  /// Makes the data directory if it is missing and makes sure that files can be made in it.
  private static Path writable(Path directory) {
    try {
      Files.createDirectories(directory);
      Files.createDirectories(directory.resolve("spill"));
      Files.delete(Files.createTempFile(directory, "probe", ""));
      return directory;
    } catch (IOException e) {
      throw new QuiverException(
              SqlState.IO_ERROR, "cannot use data directory %s: %s", directory, reason(e))
          .withCause(e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileAlreadyExistsException _ -> "it is not a directory";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// The SQL port; a process without the front end has none.
  public OptionalInt port() {
    return port;
  }

  /// A process of a cluster for people: its name, roles and address.
  public Optional<String> description() {
    return description;
  }

  /// Ends the sessions and stops every role; everything acknowledged is on disk already.
  /// Idempotent.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
