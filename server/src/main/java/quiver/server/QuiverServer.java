package quiver.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.coordinators.data.DataCoordinator;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.Cluster;
import quiver.coordinators.root.RootCoordinator;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.CpuPool;
import quiver.frontend.FrontEnd;
import quiver.frontend.FrontEndBackend;
import quiver.frontend.FrontEndConfig;
import quiver.server.config.ServerConfig;
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

/// A standalone server: every role in one process over one directory. The one place where
/// implementations are chosen.
public final class QuiverServer implements AutoCloseable {
  /// The product's version.
  public static final String VERSION = "0.1.0";

  /// The name of the one database.
  private static final String DATABASE = "quiver";

  /// Pieces of a root fragment that may wait for a thread; more are done by the session itself.
  private static final int CPU_QUEUE_LENGTH_MAX = 256;

  /// What is open, the last one first.
  private final Deque<Runnable> opened = new ArrayDeque<>();

  private int port;

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

    RootCoordinator root = RootCoordinator.start(meta, clock, threads);
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

    ThreadPoolExecutor cpu =
        new ThreadPoolExecutor(
            processors,
            processors,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(CPU_QUEUE_LENGTH_MAX),
            Thread.ofPlatform().daemon().name("quiver-root-fragment-", 0).factory());
    opened.push(cpu::shutdownNow);
    FrontEnd frontEnd =
        listen(
            config,
            spill,
            new FrontEndBackend(
                root,
                new Cluster(worker.dataNode(), worker.queryNode(), dataCoordinator),
                functions,
                new CpuPool(cpu, processors),
                clock,
                seeds));
    opened.push(frontEnd::close);
    port = frontEnd.port();
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
        defaults.dataNode(),
        defaults.queryNode(),
        processors);
  }

  private static FrontEnd listen(ServerConfig config, Path spill, FrontEndBackend backend) {
    InetSocketAddress address = new InetSocketAddress(config.listenAddress(), config.port());
    if (address.isUnresolved()) {
      throw new QuiverException(
          SqlState.CONFIG_FILE_ERROR,
          "cannot listen on \"%s\": the name is unknown",
          config.listenAddress());
    }
    try {
      return FrontEnd.start(
          new FrontEndConfig(
              address,
              config.tls(),
              config.connectionsMax(),
              config.queryMemory().bytes(),
              Optional.of(spill),
              DATABASE,
              VERSION),
          backend);
    } catch (UncheckedIOException e) {
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR,
              "cannot listen on %s port %d: %s",
              config.listenAddress(),
              config.port(),
              reason(e))
          .withCause(e);
    }
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

  private static String reason(UncheckedIOException e) {
    Throwable cause = e.getCause();
    return String.valueOf(cause == null ? e.getMessage() : cause.getMessage());
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case java.nio.file.FileAlreadyExistsException _ -> "it is not a directory";
      default -> String.valueOf(e.getMessage());
    };
  }

  /// The SQL port.
  public int port() {
    return port;
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
