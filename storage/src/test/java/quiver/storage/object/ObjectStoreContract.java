package quiver.storage.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What every object store must do. An implementation's test extends this class.
public abstract class ObjectStoreContract {
  private ObjectStore store;

  /// A store without objects.
  protected abstract ObjectStore open();

  @BeforeEach
  final void openStore() {
    store = open();
  }

  @AfterEach
  final void closeStore() {
    store.close();
  }

  private static ObjectSource source(String text) {
    return ObjectSource.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private String read(String name, long offset, int length) {
    return new String(store.read(name, offset, length), StandardCharsets.UTF_8);
  }

  private static void assertFails(SqlState state, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(QuiverException.class, e -> assertThat(e.state()).isEqualTo(state));
  }

  @Test
  void storedObjectIsReadInRanges() {
    assertThat(store.putIfAbsent("data/1/a.seg", source("0123456789"))).isTrue();
    assertThat(read("data/1/a.seg", 0, 10)).isEqualTo("0123456789");
    assertThat(read("data/1/a.seg", 3, 4)).isEqualTo("3456");
    assertThat(read("data/1/a.seg", 10, 0)).isEmpty();
    ByteBuffer target = ByteBuffer.allocate(6).position(1).limit(4);
    store.read("data/1/a.seg", 7, target);
    assertThat(target.position()).isEqualTo(4);
    assertThat(target.get(3)).isEqualTo((byte) '9');
    assertThat(store.stat("data/1/a.seg")).contains(new ObjectStat("data/1/a.seg", 10));
  }

  @Test
  void readingPastTheEndIsRefused() {
    store.putIfAbsent("a", source("0123"));
    assertFails(SqlState.DATA_CORRUPTED, () -> store.read("a", 0, 5));
    assertFails(SqlState.DATA_CORRUPTED, () -> store.read("a", 5, 0));
    assertFails(SqlState.DATA_CORRUPTED, () -> store.read("a", 4, 1));
  }

  @Test
  void missingObjectIsNamed() {
    assertThat(store.stat("none")).isEmpty();
    assertThat(store.delete("none")).isFalse();
    assertFails(SqlState.UNDEFINED_FILE, () -> store.read("none", 0, 1));
    try (Arena arena = Arena.ofConfined()) {
      assertFails(SqlState.UNDEFINED_FILE, () -> store.map("none", arena));
    }
  }

  @Test
  void existingObjectIsNotOverwritten() {
    assertThat(store.putIfAbsent("a", source("first"))).isTrue();
    assertThat(store.putIfAbsent("a", source("second"))).isFalse();
    assertThat(read("a", 0, 5)).isEqualTo("first");
    assertThat(store.delete("a")).isTrue();
    assertThat(store.stat("a")).isEmpty();
    assertThat(store.putIfAbsent("a", source("third"))).isTrue();
  }

  @Test
  void listIsOrderedByName() {
    store.putIfAbsent("data/2/x", source("22"));
    store.putIfAbsent("data/10/x", source("1"));
    store.putIfAbsent("data-other", source(""));
    store.putIfAbsent("manifest/1", source("333"));
    assertThat(store.list("data/"))
        .containsExactly(new ObjectStat("data/10/x", 1), new ObjectStat("data/2/x", 2));
    assertThat(store.list("data")).hasSize(3);
    assertThat(store.list("data/1")).hasSize(1);
    assertThat(store.list("")).extracting(ObjectStat::name).isSorted().hasSize(4);
    assertThat(store.list("zzz")).isEmpty();
  }

  @Test
  void failedSourceLeavesNothing() {
    assertThatThrownBy(() ->
            store.putIfAbsent(
                "a",
                target -> {
                  target.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                  throw new IOException("source failed");
                }))
        .isInstanceOf(QuiverException.class);
    assertThat(store.stat("a")).isEmpty();
    assertThat(store.list("")).isEmpty();
    assertThat(store.putIfAbsent("a", source("again"))).isTrue();
  }

  @Test
  void mappedObjectIsAlignedAndReadOnly() {
    byte[] bytes = new byte[10_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    store.putIfAbsent("a", ObjectSource.of(bytes));
    store.putIfAbsent("empty", ObjectSource.of(new byte[0]));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = store.map("a", arena);
      assertThat(memory.byteSize()).isEqualTo(bytes.length);
      assertThat(memory.address() % ObjectStore.MAP_ALIGNMENT_BYTES).isZero();
      assertThat(memory.isReadOnly()).isTrue();
      assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
      assertThat(store.map("empty", arena).byteSize()).isZero();
    }
  }

  @Test
  void badNamesAreRefused() {
    for (String name :
        List.of("", "/a", "a/", "a//b", "../a", "a/../b", ".hidden", "a b", "a\\b", "ä")) {
      assertFails(SqlState.INVALID_NAME, () -> store.putIfAbsent(name, source("x")));
    }
    String longest = "n".repeat(200) + "/" + "m".repeat(200);
    assertThat(store.putIfAbsent(longest, source("x"))).isTrue();
    assertFails(
        SqlState.INVALID_NAME,
        () -> store.putIfAbsent("n".repeat(ObjectStore.MAX_NAME_CHARACTERS + 1), source("x")));
  }

  @Test
  void onlyOneOfManyWins() throws InterruptedException {
    List<Boolean> results = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ObjectSource claim = source("writer " + i);
      threads.add(
          Thread.ofVirtual()
              .name("writer-" + i)
              .start(() -> results.add(store.putIfAbsent("contended/name", claim))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(8);
    assertThat(results).filteredOn(won -> won).hasSize(1);
    assertThat(read("contended/name", 0, 7)).isEqualTo("writer ");
  }
}
