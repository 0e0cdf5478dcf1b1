package quiver.storage.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.Await;
import quiver.storage.meta.CommitResult.Committed;
import quiver.storage.meta.CommitResult.Conflict;

/// What every meta store must do. An implementation's test extends this class.
public abstract class MetaStoreContract {
  private MetaStore store;

  /// A store without keys.
  protected abstract MetaStore open();

  /// Lets so much time pass for the store's leases.
  protected abstract void pass(Duration duration);

  /// A time to live the store keeps exactly.
  protected Duration leaseTime() {
    return Duration.ofSeconds(10);
  }

  @BeforeEach
  final void openStore() {
    store = open();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Put put(String key, String value) {
    return new Put(key, bytes(value));
  }

  private long committed(List<Guard> guards, List<Put> puts, List<String> deletes) {
    CommitResult result = store.commit(guards, puts, deletes);
    assertThat(result).isInstanceOf(Committed.class);
    return ((Committed) result).revision();
  }

  private String value(String key) {
    return new String(store.get(key).orElseThrow().value(), StandardCharsets.UTF_8);
  }

  @Test
  void absentKeyIsEmpty() {
    assertThat(store.get("a")).isEmpty();
    assertThat(store.list("").entries()).isEmpty();
  }

  @Test
  void severalKeysAreReadTogether() {
    var _ = store.commit(List.of(), List.of(put("a/1", "x"), put("b", "y")), List.of());

    assertThat(
            store.getAll(List.of("b", "c", "a/1")).stream()
                .map(
                    found -> found.map(entry -> new String(entry.value(), StandardCharsets.UTF_8))))
        .containsExactly(Optional.of("y"), Optional.empty(), Optional.of("x"));
    assertThat(store.getAll(List.of("b")).getFirst().orElseThrow().modRevision())
        .isEqualTo(store.get("b").orElseThrow().modRevision());
  }

  @Test
  void commitGivesAllItsKeysOneNewRevision() {
    long first = committed(List.of(), List.of(put("a", "1")), List.of());
    long second = committed(List.of(), List.of(put("a", "2"), put("b", "1")), List.of());
    assertThat(second).isGreaterThan(first);
    KeyValue a = store.get("a").orElseThrow();
    assertThat(a.createRevision()).isEqualTo(first);
    assertThat(a.modRevision()).isEqualTo(second);
    assertThat(a.lease()).isEqualTo(MetaStore.NO_LEASE);
    assertThat(store.get("b").orElseThrow().createRevision()).isEqualTo(second);
    assertThat(value("a")).isEqualTo("2");
  }

  @Test
  void deletedKeyIsCreatedAnew() {
    committed(List.of(), List.of(put("a", "1")), List.of());
    committed(List.of(), List.of(), List.of("a", "never there"));
    assertThat(store.get("a")).isEmpty();
    long again = committed(List.of(Guard.absent("a")), List.of(put("a", "2")), List.of());
    assertThat(store.get("a").orElseThrow().createRevision()).isEqualTo(again);
  }

  @Test
  void failedGuardChangesNothingAndIsNamed() {
    committed(List.of(), List.of(put("a", "1"), put("b", "1")), List.of());
    KeyValue a = store.get("a").orElseThrow();
    committed(List.of(Guard.unchanged(a)), List.of(put("a", "2")), List.of());
    assertThat(
            store.commit(
                List.of(Guard.absent("c"), Guard.unchanged(a), Guard.absent("b")),
                List.of(put("a", "3"), put("c", "3")),
                List.of("b")))
        .isEqualTo(new Conflict("a"));
    assertThat(value("a")).isEqualTo("2");
    assertThat(value("b")).isEqualTo("1");
    assertThat(store.get("c")).isEmpty();
  }

  @Test
  void createRevisionGuardHoldsUntilTheKeyIsRecreated() {
    long created = committed(List.of(), List.of(put("leader", "me")), List.of());
    Guard mine = new Guard.CreateRevision("leader", created);
    committed(List.of(mine), List.of(put("leader", "me again"), put("x", "1")), List.of());
    committed(List.of(mine), List.of(), List.of("leader"));
    committed(List.of(), List.of(put("leader", "you")), List.of());
    assertThat(store.commit(List.of(mine), List.of(put("x", "2")), List.of()))
        .isEqualTo(new Conflict("leader"));
  }

  @Test
  void commitWithoutWritesOnlyChecks() {
    long revision = committed(List.of(), List.of(put("a", "1")), List.of());
    assertThat(store.commit(List.of(new Guard.ModRevision("a", revision)), List.of(), List.of()))
        .isEqualTo(new Committed(revision));
    assertThat(store.commit(List.of(Guard.absent("a")), List.of(), List.of()))
        .isEqualTo(new Conflict("a"));
  }

  @Test
  void listIsOrderedAndStaysUnderThePrefix() {
    committed(
        List.of(),
        List.of(put("t/b", "2"), put("t/a", "1"), put("t0", "3"), put("s", "0")),
        List.of());
    Listing listing = store.list("t/");
    assertThat(listing.entries()).extracting(KeyValue::key).containsExactly("t/a", "t/b");
    long next = committed(List.of(), List.of(put("t/c", "3")), List.of());
    assertThat(next).isGreaterThan(listing.revision());
    assertThat(listing.entries()).hasSize(2);
  }

  @Test
  void limitsAreRefused() {
    assertRefused(
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        List.of(new Put("a", new byte[MetaStore.MAX_COMMIT_BYTES])));
    assertRefused(
        SqlState.PROGRAM_LIMIT_EXCEEDED, List.of(put("k".repeat(MetaStore.MAX_KEY_BYTES + 1), "")));
    assertRefused(SqlState.PROGRAM_LIMIT_EXCEEDED, List.of(put("", "")));
    assertRefused(
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        IntStream.rangeClosed(0, MetaStore.MAX_COMMIT_OPERATIONS)
            .mapToObj(i -> put("k" + i, ""))
            .toList());
    assertRefused(SqlState.INVALID_PARAMETER_VALUE, List.of(put("a", "1"), put("a", "2")));
    assertThat(store.list("").entries()).isEmpty();
    committed(
        List.of(),
        IntStream.range(0, MetaStore.MAX_COMMIT_OPERATIONS)
            .mapToObj(i -> put("k" + i, ""))
            .toList(),
        List.of());
  }

  private void assertRefused(SqlState state, List<Put> puts) {
    assertThatThrownBy(() -> store.commit(List.of(), puts, List.of()))
        .isInstanceOfSatisfying(QuiverException.class, e -> assertThat(e.state()).isEqualTo(state));
  }

  /// Collects what a watch reports, one text a commit.
  protected static final class Collector implements MetaListener {
    /// For tests of one implementation.
    public Collector() {}

    private final List<String> commits = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean isLost;

    @Override
    public void changed(List<MetaEvent> events) {
      StringBuilder text = new StringBuilder();
      for (MetaEvent event : events) {
        text.append(
            switch (event) {
              case MetaEvent.Written(KeyValue entry) ->
                  "+" + entry.key() + "=" + new String(entry.value(), StandardCharsets.UTF_8);
              case MetaEvent.Deleted(String key, _) -> "-" + key;
            });
      }
      commits.add(text.toString());
    }

    @Override
    public void lost() {
      isLost = true;
    }

    void expect(String... expected) {
      Await.until(() -> commits.size() >= expected.length);
      assertThat(commits).containsExactly(expected);
    }

    /// Commits reported so far.
    public int size() {
      return commits.size();
    }

    /// Whether the watch was lost.
    public boolean isLost() {
      return isLost;
    }
  }

  @Test
  void watchReportsWholeCommitsInOrder() {
    committed(List.of(), List.of(put("t/a", "0")), List.of());
    Listing listing = store.list("t/");
    committed(List.of(), List.of(put("t/a", "1"), put("u", "1"), put("t/b", "1")), List.of());
    Collector collector = new Collector();
    Watch watch = store.watch("t/", listing.revision() + 1, collector);
    committed(List.of(), List.of(put("u", "2")), List.of());
    committed(List.of(), List.of(put("t/c", "2")), List.of("t/a", "t/zz"));
    collector.expect("+t/a=1+t/b=1", "+t/c=2-t/a");
    watch.close();
    committed(List.of(), List.of(put("t/c", "3")), List.of());
    Collector second = new Collector();
    try (Watch _ = store.watch("t/c", 0, second)) {
      committed(List.of(), List.of(put("t/c", "4")), List.of());
      second.expect("+t/c=2", "+t/c=3", "+t/c=4");
    }
    collector.expect("+t/a=1+t/b=1", "+t/c=2-t/a");
  }

  @Test
  void listenerMayCommit() {
    CountDownLatch done = new CountDownLatch(1);
    MetaListener listener =
        new MetaListener() {
          @Override
          public void changed(List<MetaEvent> events) {
            committed(List.of(), List.of(put("answer", "yes")), List.of());
            done.countDown();
          }

          @Override
          public void lost() {}
        };
    try (Watch _ = store.watch("question", 0, listener)) {
      committed(List.of(), List.of(put("question", "?")), List.of());
      Await.until(() -> done.getCount() == 0);
      assertThat(value("answer")).isEqualTo("yes");
    }
  }

  @Test
  void keysDieWithTheirLease() {
    long kept = store.grant(leaseTime());
    long ended = store.grant(leaseTime());
    Duration mostOfIt = leaseTime().multipliedBy(7).dividedBy(10);
    committed(
        List.of(),
        List.of(
            new Put("n/a", bytes("1"), kept), new Put("n/b", bytes("1"), ended), put("n/c", "1")),
        List.of());
    assertThat(store.get("n/a").orElseThrow().lease()).isEqualTo(kept);
    Collector collector = new Collector();
    try (Watch _ = store.watch("n/", store.list("n/").revision() + 1, collector)) {
      pass(mostOfIt);
      assertThat(store.keepAlive(kept)).isTrue();
      pass(mostOfIt);
      Await.until(() -> store.get("n/b").isEmpty());
      assertThat(store.get("n/a")).isPresent();
      assertThat(store.get("n/c")).isPresent();
      collector.expect("-n/b");
      assertThat(store.keepAlive(ended)).isFalse();
    }
    assertThatThrownBy(
            () -> store.commit(List.of(), List.of(new Put("n/d", bytes("1"), ended)), List.of()))
        .isInstanceOfSatisfying(
            QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.UNDEFINED_OBJECT));
  }

  @Test
  void revokedLeaseTakesItsKeysAlong() {
    long lease = store.grant(Duration.ofHours(1));
    committed(
        List.of(),
        List.of(new Put("a", bytes("1"), lease), new Put("b", bytes("1"), lease)),
        List.of());
    committed(List.of(), List.of(put("b", "now without a lease")), List.of());
    store.revoke(lease);
    store.revoke(lease);
    assertThat(store.get("a")).isEmpty();
    assertThat(store.get("b")).isPresent();
    assertThat(store.keepAlive(lease)).isFalse();
  }

  @Test
  void onlyOneOfManyWins() throws InterruptedException {
    int contenders = 8;
    List<CommitResult> results = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < contenders; i++) {
      Put claim = put("leader", "candidate " + i);
      threads.add(
          Thread.ofVirtual()
              .name("candidate-" + i)
              .start(() ->
                  results.add(
                      store.commit(List.of(Guard.absent("leader")), List.of(claim), List.of()))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(contenders);
    assertThat(results).filteredOn(Committed.class::isInstance).hasSize(1);
  }

  @Test
  void operationHappensOnce() {
    OperationCommit operations = new OperationCommit(store, MetaStore.NO_LEASE);
    List<Put> puts = List.of(put("counter", "1"));
    CommitResult first =
        operations.commit("op-1", List.of(Guard.absent("counter")), puts, List.of());
    CommitResult again =
        operations.commit("op-1", List.of(Guard.absent("counter")), puts, List.of());
    assertThat(first).isInstanceOf(Committed.class);
    assertThat(again).isEqualTo(first);
    assertThat(operations.commit("op-2", List.of(Guard.absent("counter")), puts, List.of()))
        .isEqualTo(new Conflict("counter"));
  }
}
