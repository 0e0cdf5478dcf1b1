package quiver.server.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.storage.process.FreePorts;

/// A cluster with one process per role under load, each role in turn killed with SIGKILL and paused
/// with SIGSTOP: nothing acknowledged is lost, doubled, torn or resurrected, and service comes
/// back. Rounds, or a duration, and seed: `-Dquiver.nemesis.rounds=…`,
/// `-Dquiver.nemesis.minutes=…`, `-Dquiver.nemesis.seed=…`.
class NemesisIT {
  private static final Logger LOG = LoggerFactory.getLogger(NemesisIT.class);
  private static final int ROUNDS = Integer.getInteger("quiver.nemesis.rounds", 1);

  /// Rounds go on for so long.
  private static final long MINUTES = Long.getLong("quiver.nemesis.minutes", 0);

  private static final long SEED = Long.getLong("quiver.nemesis.seed", 20_261_122L);

  /// Every client must have done this much between two faults.
  private static final int SUCCESSES_BETWEEN = 5;

  /// Longer than a lease.
  private static final long PAUSE_MILLIS = 8_000;

  private static final long RECOVERY_SECONDS_MAX = 120;

  private static final List<String> VICTIMS =
      List.of(
          "data-node-1",
          "query-node-1",
          "root-coordinator",
          "data-coordinator",
          "query-coordinator",
          "index-node-1",
          "front-end-1");

  @TempDir Path folder;

  private final List<String> recoveries = new ArrayList<>();

  @Test
  @Timeout(value = 24, unit = TimeUnit.HOURS)
  void everyPromiseSurvivesTheDeathOfEveryRole() throws Exception {
    LOG.warn("nemesis: seed={} rounds={} minutes={}", SEED, ROUNDS, MINUTES);
    try (ClusterProcess cluster =
        ClusterProcess.start(
            folder.resolve("cluster"),
            folder.resolve("cluster.log"),
            2,
            "--port",
            Integer.toString(FreePorts.next()))) {
      FrontEnds frontEnds = new FrontEnds(cluster.urls());
      List<Client> clients = clients(frontEnds);
      try (Connection connection = frontEnds.connectToAny()) {
        Client.execute(connection, "CREATE EXTENSION IF NOT EXISTS vector");
        Keeper.createTable(connection);
        Banker.createTables(connection);
      }
      List<Thread> threads =
          clients.stream()
              .map(client -> Thread.ofPlatform().name(client.name()).start(client))
              .toList();
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
      int round = 0;
      for (; round < ROUNDS || System.nanoTime() < end; round++) {
        for (String victim : VICTIMS) {
          awaitProgress(clients, "before " + victim + " is killed");
          cluster.command("kill", victim);
          awaitProgress(clients, victim + " killed");
          cluster.awaitReady(victim);
          cluster.command("pause", victim);
          Client.Waiting.aboutMillis(PAUSE_MILLIS);
          cluster.command("resume", victim);
          awaitProgress(clients, victim + " paused for " + PAUSE_MILLIS / 1_000 + " s");
        }
      }
      clients.forEach(Client::stop);
      for (Thread thread : threads) {
        thread.join();
      }
      verify(clients, frontEnds);
      LOG.warn(
          "nemesis: faults={} successes={} unknown={} repeated={} recoveries:\n{}",
          round * VICTIMS.size() * 2,
          sum(clients, Client::successCount),
          sum(clients, Client::unknownCount),
          sum(clients, client -> client instanceof Banker banker ? banker.repeatedCount() : 0),
          String.join("\n", recoveries));
    }
  }

  private static List<Client> clients(FrontEnds frontEnds) {
    return List.of(
        new Keeper(1, SEED, frontEnds),
        new Keeper(2, SEED + 1, frontEnds),
        new Banker(1, SEED + 2, frontEnds),
        new Banker(2, SEED + 3, frontEnds));
  }

  private static long sum(List<Client> clients, ToLongFunction<Client> count) {
    return clients.stream().mapToLong(count).sum();
  }

  /// Waits until every client has succeeded some times more.
  private void awaitProgress(List<Client> clients, String what) {
    long started = System.nanoTime();
    long[] wanted =
        clients.stream().mapToLong(client -> client.successCount() + SUCCESSES_BETWEEN).toArray();
    while (!haveReached(clients, wanted)) {
      for (Client client : clients) {
        assertThat(client.failure()).as("%s, %s, seed %d", client.name(), what, SEED).isNull();
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
      assertThat(seconds)
          .as("seconds without service: %s, seed %d", what, SEED)
          .isLessThan(RECOVERY_SECONDS_MAX);
      Client.Waiting.aboutMillis(20);
    }
    recoveries.add(
        String.format(Locale.ROOT, "%6.2f s %s", (System.nanoTime() - started) / 1e9, what));
  }

  private static boolean haveReached(List<Client> clients, long[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (clients.get(i).successCount() < wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static void verify(List<Client> clients, FrontEnds frontEnds) throws Exception {
    try (Connection connection = frontEnds.connectToAny()) {
      for (Client client : clients) {
        assertThat(client.failure()).as("%s, seed %d", client.name(), SEED).isNull();
        switch (client) {
          case Keeper keeper -> keeper.verify(connection);
          case Banker banker -> {
            banker.verify(connection);
            banker.verifyEntries(connection);
          }
          default -> throw new IllegalStateException(client.name());
        }
      }
    }
  }
}
