package quiver.server.node;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import quiver.common.error.QuiverException;
import quiver.coordinators.data.ChannelCount;
import quiver.execution.library.StandardFunctionLibrary;
import quiver.rpc.codec.WireCodec;
import quiver.rpc.grpc.NodeIdentity;
import quiver.rpc.grpc.RemoteDirectory;
import quiver.rpc.grpc.RpcServer;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.NodeRecord;
import quiver.rpc.meta.Role;
import quiver.server.config.ClusterConfig;
import quiver.server.config.HostPort;
import quiver.server.config.ServerConfig;

/// One process of a cluster: opens the stores, listens for the others, registers, and has its
/// roles.
public final class ClusterNode implements AutoCloseable {
  private static final Set<Role> COORDINATORS =
      EnumSet.of(Role.ROOT_COORDINATOR, Role.DATA_COORDINATOR, Role.QUERY_COORDINATOR);
  private static final Set<Role> WORKERS =
      EnumSet.of(Role.DATA_NODE, Role.QUERY_NODE, Role.INDEX_NODE);

  /// How long running calls may take to end when a coordinator stops: others cannot lead before.
  private static final long COORDINATOR_DRAIN_MILLIS = 2_000;

  /// How long running calls may take to end when another process stops.
  private static final long DRAIN_MILLIS = 30_000;

  /// Log channels of a cluster that is not told how many: several data nodes can share the work of
  /// writing, and a transaction over several channels costs one more record each.
  private static final int CHANNEL_COUNT_DEFAULT = 1;

  /// What is open, the last one first.
  private final Deque<Runnable> opened = new ArrayDeque<>();

  private final ClusterConfig cluster;
  private String name = "";
  private String rpcAddress = "";
  private OptionalInt sqlPort = OptionalInt.empty();

  private ClusterNode(ClusterConfig cluster) {
    this.cluster = cluster;
  }

  /// Starts it; returns when it serves.
  ///
  /// @param directory exists and can be written to
  /// @throws QuiverException when a store or an address cannot be used; nothing stays open then
  public static ClusterNode start(ServerConfig config, Path directory, String version) {
    ClusterNode node = new ClusterNode(config.cluster());
    try {
      node.open(config, directory, version);
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private void open(ServerConfig config, Path directory, String version) {
    HostPort listen = cluster.listen().orElseThrow();
    InstantSource clock = InstantSource.system();
    ThreadFactory threads = Thread.ofPlatform().daemon().name("quiver-", 0).factory();
    SecureRandom seeds = new SecureRandom();
    WireCodec codec = new WireCodec();

    Optional<NodeIdentity> identity =
        cluster.certificate().map(files -> new NodeIdentity(files, threads));
    identity.ifPresent(known -> opened.push(known::close));
    RpcServer server =
        new RpcServer(
            new InetSocketAddress(listen.host(), listen.port()),
            name(listen),
            codec,
            identity,
            Thread.ofVirtual().name("quiver-rpc-", 0).factory());
    opened.push(server::close);
    rpcAddress = cluster.advertised().orElse(new HostPort(listen.host(), server.port())).toString();
    name = name(listen);
    Stores stores = Stores.open(directory, cluster.stores(), clock, threads);
    opened.push(stores::close);
    ChannelMap channels =
        ChannelCount.settle(stores.meta(), cluster.channelCount(), CHANNEL_COUNT_DEFAULT);
    RemoteDirectory services = new RemoteDirectory(codec, identity);
    opened.push(services::close);
    DirectoryWatch watch =
        new DirectoryWatch(stores.meta(), channels.names(), services::update, threads);
    opened.push(watch::close);

    NodeContext context =
        new NodeContext(
            config,
            name,
            rpcAddress,
            stores,
            server,
            services,
            new StandardFunctionLibrary(),
            clock,
            seeds,
            threads,
            directory.resolve("spill"),
            version);
    Membership membership = Membership.join(stores.meta(), record(version, seeds, ""), threads);
    opened.push(membership::close);
    Departure departure = new Departure(name, membership, services, stores.meta());
    Optional<FrontEndRole> frontEnd = openRoles(context, membership);
    opened.push(() -> server.drain(has(COORDINATORS) ? COORDINATOR_DRAIN_MILLIS : DRAIN_MILLIS));
    opened.push(departure::awaitSuccessors);
    frontEnd.ifPresent(role -> opened.push(role::drain));
    opened.push(departure::announce);
  }

  private Optional<FrontEndRole> openRoles(NodeContext context, Membership membership) {
    if (has(COORDINATORS)) {
      CoordinatorRoles coordinators = new CoordinatorRoles(context, cluster.roles());
      opened.push(coordinators::close);
    }
    if (has(WORKERS)) {
      WorkerRoles workers = new WorkerRoles(context, cluster.roles());
      opened.push(workers::close);
    }
    if (!cluster.roles().contains(Role.FRONT_END)) {
      return Optional.empty();
    }
    FrontEndRole frontEnd = new FrontEndRole(context, membership.record().incarnation());
    opened.push(frontEnd::close);
    sqlPort = OptionalInt.of(frontEnd.port());
    String sqlAddress = context.config().listenAddress() + ":" + frontEnd.port();
    membership.update(membership.record().withSqlAddress(sqlAddress));
    return Optional.of(frontEnd);
  }

  private boolean has(Set<Role> some) {
    return cluster.roles().stream().anyMatch(some::contains);
  }

  /// The port is not known yet when a free one is asked for; such a node is the only one.
  private String name(HostPort listen) {
    HostPort known = cluster.advertised().orElse(listen);
    return cluster.nodeName().isEmpty()
        ? known.port() == 0 ? known.host() : known.host() + "-" + known.port()
        : cluster.nodeName();
  }

  private NodeRecord record(String version, SecureRandom seeds, String sqlAddress) {
    return new NodeRecord(
        name,
        new UUID(seeds.nextLong(), seeds.nextLong()),
        cluster.roles(),
        rpcAddress,
        sqlAddress,
        Runtime.getRuntime().maxMemory(),
        NodeRecord.State.SERVING,
        version);
  }

  /// `NAME ROLES rpc HOST:PORT`.
  public String description() {
    return name + " " + Role.list(cluster.roles()) + " rpc " + rpcAddress;
  }

  /// The SQL port of a front end.
  public OptionalInt sqlPort() {
    return sqlPort;
  }

  /// Tells the others, ends what runs, and leaves. Idempotent.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
