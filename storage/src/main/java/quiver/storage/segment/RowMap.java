package quiver.storage.segment;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/// Where the rows of replaced segments are in this one: row addresses
/// ([quiver.common.column.RowAddress]), sorted by the old one, searched where they lie in the file.
public final class RowMap {
  private final MemorySegment oldAddresses;
  private final MemorySegment newAddresses;
  private final int count;

  RowMap(MemorySegment oldAddresses, MemorySegment newAddresses) {
    this.oldAddresses = oldAddresses;
    this.newAddresses = newAddresses;
    this.count = (int) (oldAddresses.byteSize() / Long.BYTES);
  }

  public int count() {
    return count;
  }

  public long oldAddress(int at) {
    return oldAddresses.get(SegmentFormat.LONG, 8L * at);
  }

  public long newAddress(int at) {
    return newAddresses.get(SegmentFormat.LONG, 8L * at);
  }

  /// Where a row has gone; empty if it was dropped.
  public OptionalLong find(long address) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (oldAddress(middle) < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < count && oldAddress(low) == address
        ? OptionalLong.of(newAddress(low))
        : OptionalLong.empty();
  }
}
