package quiver.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.process.FreePorts;

/// A cluster on this machine: its stores and its nodes, each a process that is started again when
/// it ends. Thread-safe.
final class LocalCluster implements AutoCloseable {
  /// How long the stores may take to be ready.
  private static final Duration STORE_PATIENCE = Duration.ofMinutes(3);

  private final ClusterPlan plan;
  private final LocalStores stores;
  private final ThreadFactory threads;
  private final BiConsumer<Supervised, String> listener;
  private final Semaphore starts;
  private final List<Supervised> members = new CopyOnWriteArrayList<>();
  private final Map<LocalRole, Integer> made = new EnumMap<>(LocalRole.class);

  /// @param libraries folder with the jars of Kafka and the S3 server
  /// @param listener is told of every change of a member
  LocalCluster(
      ClusterPlan plan,
      Path libraries,
      BiConsumer<Supervised, String> listener,
      ThreadFactory threads) {
    this.plan = plan;
    this.stores = new LocalStores(plan, libraries);
    this.listener = listener;
    this.threads = threads;
    this.starts = new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()), true);
    for (Member store : stores.members()) {
      members.add(supervised(store, Optional.empty()));
    }
    for (LocalRole role : LocalRole.values()) {
      for (int i = 0; i < plan.count(role); i++) {
        members.add(node(role));
      }
    }
  }

  private Supervised supervised(Member member, Optional<LocalRole> role) {
    return new Supervised(member, role, starts, listener, threads);
  }

  /// A further node of a role.
  private synchronized Supervised node(LocalRole role) {
    int number = made.merge(role, 1, Integer::sum);
    String name = role.nodeName(number);
    Path directory = plan.nodeDirectory(name);
    String rpcAddress = "127.0.0.1:" + FreePorts.next();
    List<String> lines = new ArrayList<>();
    lines.add("roles = " + role.text());
    lines.add("node-name = " + name);
    lines.add("rpc-address = " + rpcAddress);
    lines.add("data-dir = " + directory);
    lines.add("channels = " + plan.channels());
    lines.add("replicas = " + plan.replicas());
    lines.addAll(stores.settings());
    String address = rpcAddress;
    if (role == LocalRole.FRONT_END) {
      int port = plan.port() + number - 1;
      lines.add("port = " + port);
      address = "127.0.0.1:" + port;
    }
    Path configuration = directory.resolve("node.conf");
    try {
      Files.createDirectories(directory);
      PrivateFiles.write(configuration, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not write %s", configuration)
          .withCause(e);
    }
    return supervised(
        new NodeMember(
            name,
            address,
            NodeProgram.command(configuration, role.heapPercent()),
            plan.logs().resolve(name + ".log")),
        Optional.of(role));
  }

  /// Starts the stores, then the nodes; returns when the nodes are on their way.
  void start() throws InterruptedException {
    List<Supervised> nodes = new ArrayList<>();
    for (Supervised member : members) {
      if (member.role().isPresent()) {
        nodes.add(member);
      } else {
        member.begin();
      }
    }
    for (Supervised member : members) {
      if (member.role().isEmpty() && !member.awaitReady(STORE_PATIENCE)) {
        throw new QuiverException(
            SqlState.CANNOT_CONNECT_NOW,
            "%s did not start: %s",
            member.name(),
            member.row().failure());
      }
    }
    nodes.forEach(Supervised::begin);
  }

  List<Supervised> members() {
    return members;
  }

  boolean isReady() {
    return members.stream().allMatch(member -> member.state() == Supervised.State.READY);
  }

  /// The process of a name, or the first one of a role.
  Supervised find(String text) {
    return members.stream()
        .filter(member -> member.name().equals(text))
        .findFirst()
        .or(() -> first(text))
        .orElseThrow(() ->
            new QuiverException(
                    SqlState.UNDEFINED_OBJECT, "there is no process called \"%s\"", text)
                .withHint(
                    "There are "
                        + String.join(", ", members.stream().map(Supervised::name).toList())
                        + "."));
  }

  private Optional<Supervised> first(String role) {
    return members.stream()
        .filter(member -> member.role().map(LocalRole::text).filter(role::equals).isPresent())
        .filter(member -> member.state() != Supervised.State.STOPPED)
        .findFirst();
  }

  /// Starts one more process of a role.
  Supervised add(String text) {
    LocalRole role =
        LocalRole.of(text)
            .filter(LocalRole::isNumbered)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "\"%s\" is not one of %s",
                    text,
                    String.join(", ", LocalRole.numberedTexts())));
    if (count(role) == ClusterPlan.NODE_COUNT_MAX) {
      throw new QuiverException(
          SqlState.CONFIGURATION_LIMIT_EXCEEDED,
          "a local cluster has at most %s processes of a role",
          ClusterPlan.NODE_COUNT_MAX);
    }
    Supervised added = node(role);
    members.add(added);
    added.begin();
    return added;
  }

  private long count(LocalRole role) {
    return members.stream()
        .filter(member -> member.role().equals(Optional.of(role)))
        .filter(member -> member.state() != Supervised.State.STOPPED)
        .count();
  }

  /// The front ends, as connection URLs.
  List<String> urls() {
    return members.stream()
        .filter(member -> member.role().equals(Optional.of(LocalRole.FRONT_END)))
        .map(member -> "postgresql://" + member.row().address() + "/quiver")
        .toList();
  }

  /// Stops everything: those that are asked before those that answer.
  @Override
  public void close() {
    List<LocalRole> roles = List.of(LocalRole.values()).reversed();
    roles.forEach(role -> stop(Optional.of(role)));
    stop(Optional.empty());
  }

  /// Stops all processes of a role, or the stores.
  private void stop(Optional<LocalRole> role) {
    List<Thread> stopping =
        members.stream()
            .filter(member -> member.role().equals(role))
            .map(member -> threads.newThread(member::stop))
            .toList();
    stopping.forEach(Thread::start);
    stopping.forEach(LocalCluster::join);
  }

  private static void join(Thread thread) {
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
