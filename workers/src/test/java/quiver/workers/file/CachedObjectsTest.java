package quiver.workers.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import quiver.storage.file.SystemDisk;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.memory.MemoryObjectStore;

class CachedObjectsTest {
  @TempDir Path directory;

  private final MemoryObjectStore remote = new MemoryObjectStore();

  private CachedObjects open(long sizeBytesMax) {
    return new CachedObjects(remote, new SystemDisk(), directory, sizeBytesMax);
  }

  private byte[] put(String name, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(name.hashCode()).nextBytes(bytes);
    assertThat(remote.putIfAbsent(name, ObjectSource.of(bytes))).isTrue();
    return bytes;
  }

  private static byte[] map(CachedObjects cache, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return cache.map(name, arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Test
  void aCopyServesWhenTheObjectIsGoneAndAfterARestart() {
    byte[] bytes = put("segment/1/a", 100_000);
    assertThat(map(open(1 << 20), "segment/1/a")).isEqualTo(bytes);
    assertThat(remote.delete("segment/1/a")).isTrue();
    CachedObjects restarted = open(1 << 20);
    assertThat(map(restarted, "segment/1/a")).isEqualTo(bytes);
    assertThat(restarted.sizeBytes()).isEqualTo(100_016);
  }

  @Test
  void theCopyUsedLongestAgoGoesFirst() {
    List<String> names = List.of("a/1", "a/2", "a/3");
    names.forEach(name -> put(name, 1000));
    CachedObjects cache = open(2100);
    map(cache, "a/1");
    map(cache, "a/2");
    map(cache, "a/1");
    map(cache, "a/3");
    assertThat(cache.sizeBytes()).isEqualTo(2 * 1016);
    names.forEach(remote::delete);
    assertThat(map(cache, "a/1")).hasSize(1000);
    assertThat(map(cache, "a/3")).hasSize(1000);
    assertThat(directory.resolve("a~2")).doesNotExist();
  }

  @Test
  void aDamagedCopyIsFetchedAgain() throws IOException {
    byte[] bytes = put("a/1", 5000);
    map(open(1 << 20), "a/1");
    try (Stream<Path> files = Files.list(directory)) {
      Path file = files.findFirst().orElseThrow();
      byte[] damaged = Files.readAllBytes(file);
      damaged[77] ^= 1;
      Files.write(file, damaged);
    }
    assertThat(map(open(1 << 20), "a/1")).isEqualTo(bytes);
    Files.write(directory.resolve("a~1"), ByteBuffer.allocate(3).array());
    assertThat(map(open(1 << 20), "a/1")).isEqualTo(bytes);
  }

  @Test
  void anObjectLargerThanTheCacheIsNotKept() {
    byte[] bytes = put("a/1", 5000);
    CachedObjects cache = open(1000);
    assertThat(map(cache, "a/1")).isEqualTo(bytes);
    assertThat(cache.sizeBytes()).isZero();
  }
}
