package quiver.coordinators.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.coordinators.root.RootCoordinator;
import quiver.coordinators.root.RootRole;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.LeaderRecord;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.fault.Faults;
import quiver.storage.fault.FaultyMetaStore;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Put;
import quiver.storage.meta.memory.MemoryMetaStore;

/// Leases end when the test moves the clock; nobody else does.
class ElectionTest {
  private static final Duration LEASE = Duration.ofSeconds(5);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1000));
  private final MemoryMetaStore store = new MemoryMetaStore(now::get, Runnable::run);
  private final List<AutoCloseable> opened = new ArrayList<>();

  /// Reigns of all candidates, in their order.
  private final LinkedBlockingQueue<Leadership> allReigns = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  /// A process that campaigns, with clocks of its own.
  private final class Candidate {
    final LinkedBlockingQueue<Leadership> reigns = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Leadership> ended = new LinkedBlockingQueue<>();
    final AtomicReference<Instant> wall = new AtomicReference<>(now.get());
    final AtomicLong nanos = new AtomicLong();
    final Election election;

    Candidate(String name) {
      this.election =
          Election.start(
              store,
              MetaKeys.ROOT_LEADER,
              name,
              name + ":1",
              LEASE,
              wall::get,
              nanos::get,
              leadership -> {
                reigns.add(leadership);
                allReigns.add(leadership);
                return () -> ended.add(leadership);
              },
              Thread.ofPlatform().daemon().factory());
      opened.add(election);
    }

    Leadership leads() throws InterruptedException {
      Leadership leadership = reigns.poll(30, TimeUnit.SECONDS);
      assertThat(leadership).isNotNull();
      return leadership;
    }
  }

  private LeaderRecord record() {
    return LeaderRecord.decode(
        MetaKeys.ROOT_LEADER, store.get(MetaKeys.ROOT_LEADER).orElseThrow().value());
  }

  @Test
  void oneLeadsAndTheOtherFollowsWhenItResigns() throws InterruptedException {
    Candidate a = new Candidate("a");
    Leadership first = a.leads();
    assertThat(record()).isEqualTo(new LeaderRecord("a", "a:1", 1));
    Candidate b = new Candidate("b");
    a.election.resign();
    Leadership second = b.leads();
    assertThat(second.term()).isEqualTo(2);
    assertThat(record().node()).isEqualTo("b");
    assertThat(first.isValid()).isFalse();
    second.check();
  }

  @Test
  void aLeaderThatWasReplacedChangesNothing() throws InterruptedException {
    Candidate a = new Candidate("a");
    Leadership first = a.leads();
    var committed = first.store().commit(List.of(), List.of(new Put("x", new byte[1])), List.of());
    assertThat(committed).isInstanceOf(CommitResult.Committed.class);
    // The lease ends in the store while the process believes that it has just been renewed.
    store.revoke(store.get(MetaKeys.ROOT_LEADER).orElseThrow().lease());
    Leadership second = new Candidate("b").leads();
    assertThatThrownBy(
            () -> first.store().commit(List.of(), List.of(new Put("x", new byte[2])), List.of()))
        .isInstanceOfSatisfying(QuiverException.class, e -> assertThat(Unavailable.is(e)).isTrue());
    assertThat(store.get("x").orElseThrow().value()).hasSize(1);
    second.check();
  }

  @Test
  void aLeaderRefusesWhenEitherClockSaysThatItsLeaseMayHaveEnded() throws InterruptedException {
    Candidate a = new Candidate("a");
    Leadership byMonotonic = a.leads();
    byMonotonic.check();
    a.nanos.addAndGet(LEASE.toNanos());
    assertThat(byMonotonic.isValid()).isFalse();

    Candidate b = new Candidate("b");
    a.election.resign();
    Leadership byWall = b.leads();
    byWall.check();
    b.wall.set(b.wall.get().minus(LEASE));
    assertThat(byWall.isValid()).isFalse();
  }

  @Test
  void anEndedReignIsClosedAndTheProcessCampaignsAgain() throws InterruptedException {
    Candidate a = new Candidate("a");
    Leadership first = a.leads();
    store.revoke(store.get(MetaKeys.ROOT_LEADER).orElseThrow().lease());
    Leadership second = a.leads();
    assertThat(second.term()).isGreaterThan(first.term());
    assertThat(a.ended.poll(30, TimeUnit.SECONDS)).isSameAs(first);
  }

  @Test
  void timestampsOfASuccessorAreLargerAndAFormerLeaderGivesNone() throws InterruptedException {
    Candidate a = new Candidate("a");
    RootCoordinator old =
        RootCoordinator.start(a.leads(), now::get, "quiver", Thread.ofPlatform().factory());
    opened.add(old);
    long before = old.timestamp();
    Candidate b = new Candidate("b");
    assertThat(allReigns.poll(30, TimeUnit.SECONDS)).isNotNull();
    store.revoke(store.get(MetaKeys.ROOT_LEADER).orElseThrow().lease());
    // Whoever follows, the first one again or the other: its clock has gone back.
    Leadership following = allReigns.poll(30, TimeUnit.SECONDS);
    assertThat(following).isNotNull();
    RootCoordinator next =
        RootCoordinator.start(
            following, () -> Instant.ofEpochMilli(5), "quiver", Thread.ofPlatform().factory());
    opened.add(next);
    assertThat(next.timestamp()).isGreaterThan(before);
    // The former leader's window is open: the lease alone says no.
    a.nanos.addAndGet(LEASE.toNanos());
    b.nanos.addAndGet(LEASE.toNanos());
    assertThatThrownBy(old::timestamp).isInstanceOf(QuiverException.class);
  }

  @Test
  void aStandbyTakesOver() throws InterruptedException {
    try (RootRole a =
            new RootRole(store, "a", "a:1", now::get, Thread.ofPlatform().daemon().factory());
        RootRole b =
            new RootRole(store, "b", "b:1", now::get, Thread.ofPlatform().daemon().factory())) {
      long first = timestamp(a, b);
      (a.isLeading() ? a : b).resign();
      assertThat(timestamp(a, b)).isGreaterThan(first);
    }
  }

  @Test
  void commitsOfUnknownOutcomeMakeTheRootCoordinatorBeginAnew() {
    for (int seed = 1; seed <= 3; seed++) {
      Faults faults = new Faults(new SplittableRandom(seed), 0.05);
      AtomicReference<Instant> clock = new AtomicReference<>(now.get());
      try (RootRole root =
          new RootRole(
              new FaultyMetaStore(new MemoryMetaStore(clock::get, Runnable::run), faults),
              "a",
              "a:1",
              clock::get,
              Thread.ofPlatform().daemon().factory())) {
        long last = 0;
        for (int given = 0; given < 40; ) {
          try {
            long timestamp = root.timestamp();
            assertThat(timestamp).isGreaterThan(last);
            last = timestamp;
            given++;
            // Every timestamp needs a window of its own.
            clock.updateAndGet(before -> before.plusMillis(3_001));
          } catch (QuiverException e) {
            LockSupport.parkNanos(1_000_000);
          }
        }
        faults.setRate(0);
      }
    }
  }

  /// Of whoever leads, as soon as somebody does.
  private static long timestamp(RootRole a, RootRole b) {
    while (true) {
      for (RootRole each : List.of(a, b)) {
        try {
          return each.timestamp();
        } catch (QuiverException e) {
          assertThat(Unavailable.is(e)).isTrue();
          Thread.onSpinWait();
        }
      }
    }
  }
}
