package quiver.storage.segment;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLongArray;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.segment.Footer.Extent;

/// The memory of a segment file. A part is checked against its checksum when it is first touched;
/// that it was right is remembered. Safe for use by many threads: two may check the same part.
final class VerifiedMemory {
  private final String objectName;
  private final MemorySegment memory;
  private final AtomicLongArray verified;

  /// @param extentCount how many parts there are; they are numbered from 0
  VerifiedMemory(String objectName, MemorySegment memory, int extentCount) {
    this.objectName = objectName;
    this.memory = memory;
    this.verified = new AtomicLongArray((extentCount + 63) / 64);
  }

  /// A part that has been checked.
  ///
  /// @param what names the part in an error
  MemorySegment get(int number, Extent extent, String what) {
    verify(number, extent, what);
    return memory.asSlice(extent.offset(), extent.sizeBytes());
  }

  void verify(int number, Extent extent, String what) {
    long bit = 1L << number;
    if ((verified.getOpaque(number >>> 6) & bit) != 0) {
      return;
    }
    MemorySegment part = memory.asSlice(extent.offset(), extent.sizeBytes());
    if (SegmentFormat.crc(part.asByteBuffer()) != extent.crc()) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "object \"%s\" is damaged: %s at byte %d has a wrong checksum",
          objectName,
          what,
          extent.offset());
    }
    verified.getAndAccumulate(number >>> 6, bit, (a, b) -> a | b);
  }

  /// Bytes that need not be checked one by one because all their parts were.
  MemorySegment slice(long offset, long sizeBytes) {
    return memory.asSlice(offset, sizeBytes);
  }
}
