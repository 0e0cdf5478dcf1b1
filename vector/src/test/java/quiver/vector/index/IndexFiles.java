package quiver.vector.index;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;

/// Index files as bytes and as mapped memory, for tests of the stored formats.
public final class IndexFiles {
  private static final int PAGE_BYTES = 4_096;

  private IndexFiles() {}

  /// What an index writes.
  public static byte[] written(KeyFile.Image index) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    index.write(Channels.newChannel(bytes));
    return bytes.toByteArray();
  }

  /// The first `length` bytes off-heap, at the start of a page as if mapped.
  public static MemorySegment offHeap(Arena arena, byte[] bytes, int length) {
    MemorySegment segment = arena.allocate(Math.max(1, length), PAGE_BYTES);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, length);
    return segment.asSlice(0, length);
  }
}
