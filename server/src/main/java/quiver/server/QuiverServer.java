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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.coordinators.data.DataCoordinator;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.Cluster;
import quiver.coordinators.root.RootCoordinator;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.ScalarFunctions;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.CpuPool;
import quiver.frontend.FrontEnd;
import quiver.frontend.FrontEndBackend;
import quiver.frontend.FrontEndConfig;
import quiver.server.config.ServerConfig;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.LocalLogBroker;
import quiver.storage.log.LocalLogOptions;
import quiver.storage.meta.LocalMetaStore;
import quiver.storage.object.LocalObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.node.WorkerEnvironment;
import quiver.workers.node.WorkerNode;
import quiver.workers.node.WorkerSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// A standalone server: every role in one process over one directory. This is the only place where implementations are chosen.
public final class QuiverServer implements AutoCloseable {
  /// The product's version.
  public static final String VERSION = "0.1.0";

  /// The name of the one database.
  static final String DATABASE = "quiver";

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private int port;

  private QuiverServer() {}

  /// Opens the directory, recovers what a crash left, and listens.
  ///
  /// @throws QuiverException when the directory cannot be used or the address cannot be bound; nothing stays open then
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
}
