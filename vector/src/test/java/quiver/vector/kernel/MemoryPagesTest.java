package quiver.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPagesTest {
  @ParameterizedTest
  @ValueSource(longs = {64, 1_000, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, 5_000_000})
  void memoryIsAlignedZeroedAndAsLongAsAsked(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = MemoryPages.allocate(bytes, arena);
      assertThat(memory.byteSize()).isEqualTo(bytes);
      assertThat(memory.address() % 64).isZero();
      for (long at : new long[] {0, bytes / 2, bytes - 1}) {
        assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isZero();
        memory.set(ValueLayout.JAVA_BYTE, at, (byte) 7);
        assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) 7);
      }
    }
  }

  @Test
  void memoryIsGoneWithItsArena() {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = MemoryPages.allocate(3 << 20, arena);
    }
    assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aPrefetchChangesNothingAndChecksItsBounds() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(1_000, 64);
      block.fill((byte) 3);
      for (CodeKernel kernel : new CodeKernel[] {new SimdCodeKernel(), new ScalarCodeKernel()}) {
        for (long bytes : new long[] {0, 1, 64, 65, 1_000}) {
          int sum = kernel.prefetch(block, 0, bytes);
          assertThat(sum).isIn(0, 3 * (int) Math.ceilDiv(bytes, 64));
        }
        assertThatThrownBy(() -> kernel.prefetch(block, 1, 1_000))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
      assertThat(block.asSlice(1).mismatch(block.asSlice(0, 999))).isEqualTo(-1);
    }
  }
}
