package quiver.server.roles;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import quiver.common.catalog.ColumnDefinition.Identity;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowBatch;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SessionState;
import quiver.common.type.SqlType;
import quiver.coordinators.data.DataCoordinator;
import quiver.coordinators.data.MergePolicy;
import quiver.coordinators.query.Cluster;
import quiver.coordinators.root.RootCoordinator;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.QueryNodeService.FragmentRequest;
import quiver.rpc.QueryNodeService.RowStream;
import quiver.storage.file.Disk;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.local.LocalLogBroker;
import quiver.storage.log.local.LocalLogOptions;
import quiver.storage.meta.local.LocalMetaStore;
import quiver.storage.object.local.LocalObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.datanode.DataNodeSettings;
import quiver.workers.node.WorkerEnvironment;
import quiver.workers.node.WorkerNode;
import quiver.workers.node.WorkerSettings;
import quiver.workers.querynode.QueryNodeSettings;

/// All roles of a standalone server but the front end, over a directory.
final class Roles implements AutoCloseable {
  static final SessionState SESSION =
      new SessionState("test", "quiver", List.of("public"), 1, 0, 0, Map.of());

  final LocalMetaStore meta;
  final LocalLogBroker broker;
  final LocalObjectStore objects;
  final RootCoordinator root;
  final WorkerNode workers;
  final DataCoordinator dataCoordinator;
  final Cluster cluster;
  private final AtomicLong transactions;

  Roles(Path directory, DataNodeSettings dataNode) {
    ThreadFactory threads = Thread.ofPlatform().name("test-", 0).factory();
    InstantSource clock = InstantSource.system();
    Disk disk = new SystemDisk();
    meta = LocalMetaStore.open(disk, directory.resolve("meta"), clock, threads);
    broker = LocalLogBroker.open(disk, directory.resolve("log"), LocalLogOptions.DEFAULTS, threads);
    objects = new LocalObjectStore(disk, directory.resolve("objects"));
    root = RootCoordinator.start(meta, clock, threads);
    transactions = new AtomicLong(root.timestamp());
    WorkerSettings defaults =
        WorkerSettings.standalone(new QueryNodeSettings(2, 64, 1L << 28, Optional.empty(), "test"));
    workers =
        WorkerNode.start(
            new WorkerSettings(
                defaults.node(),
                defaults.channel(),
                true,
                defaults.limits(),
                defaults.memoryBytesMax(),
                dataNode,
                defaults.queryNode(),
                2),
            new WorkerEnvironment(
                meta,
                broker,
                objects,
                root::timestamp,
                channel -> {
                  throw new IllegalStateException("the worker knows its channels");
                },
                root::catalog,
                noFunctions(),
                new FragmentExecutor(noFunctions()),
                VectorKernels.best(),
                clock,
                () -> new SplittableRandom(1),
                threads));
    dataCoordinator = new DataCoordinator(meta, MergePolicy.DEFAULT, threads);
    cluster =
        new Cluster(workers.channels(), workers::dataNode, workers.queryNode(), dataCoordinator);
    root.resume();
  }

  TableDefinition createTable(String name, List<DdlCommand.NewColumn> columns, String key) {
    var ignored =
        root.execute(
            new DdlCommand.CreateTable(
                "public",
                name,
                false,
                columns,
                Optional.of(new DdlCommand.NewKey(Optional.empty(), List.of(key))),
                List.of(),
                1),
            Cancellation.NEVER);
    return table(name);
  }

  TableDefinition table(String name) {
    return root.catalog().table("public", name).orElseThrow();
  }

  static DdlCommand.NewColumn column(String name, SqlType type) {
    return new DdlCommand.NewColumn(name, type, false, Optional.empty(), false, Identity.NONE);
  }

  UUID newTransaction() {
    return new UUID(7, transactions.incrementAndGet());
  }

  CommitResult commit(TableDefinition table, long[] deleted, Optional<RowBatch> rows) {
    return cluster
        .owner(table.id())
        .commit(
            new CommitRequest(
                newTransaction(),
                root.timestamp(),
                0,
                List.of(
                    new TableWrite(
                        table.id(), table.version(), table.incarnation(), deleted, rows))));
  }

  RowStream scan(PlanNode plan, long snapshot) {
    return scan(plan, snapshot, Map.of());
  }

  RowStream scan(PlanNode plan, long snapshot, Map<Long, long[]> excluded) {
    return workers
        .queryNode()
        .execute(
            new FragmentRequest(
                plan, snapshot, excluded, List.of(), Map.of(), SESSION, false, Cancellation.NEVER));
  }

  @Override
  public void close() {
    root.close();
    dataCoordinator.close();
    workers.close();
    objects.close();
    broker.close();
    meta.close();
  }

  /// Plans in these tests call no functions.
  private static FunctionLibrary noFunctions() {
    return (FunctionLibrary)
        Proxy.newProxyInstance(
            FunctionLibrary.class.getClassLoader(),
            new Class<?>[] {FunctionLibrary.class},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            });
  }
}
