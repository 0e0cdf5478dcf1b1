package quiver.storage.log.local;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// The newest records of a channel, by offset, up to a total size. Guarded by the channel's lock.
final class RecentRecords {
  private final long bytesMax;
  private ByteBuffer[] ring = new ByteBuffer[16];
  private long first;
  private int count;
  private long bytes;

  /// @param next offset of the first record that will be added
  RecentRecords(long bytesMax, long next) {
    this.bytesMax = bytesMax;
    this.first = next;
  }

  /// Adds the record with the next offset.
  void add(ByteBuffer record) {
    if (count == ring.length) {
      ByteBuffer[] larger = Arrays.copyOf(ring, 2 * count);
      for (int i = 0; i < count; i++) {
        larger[slot(first + i, larger.length)] = ring[slot(first + i, count)];
      }
      ring = larger;
    }
    ring[slot(first + count, ring.length)] = record;
    count++;
    bytes += record.remaining();
    while (bytes > bytesMax) {
      removeFirst();
    }
  }

  private void removeFirst() {
    int slot = slot(first, ring.length);
    bytes -= ring[slot].remaining();
    ring[slot] = EMPTY;
    first++;
    count--;
  }

  /// The record at `offset`, if it is still here.
  Optional<ByteBuffer> get(long offset) {
    return offset >= first && offset < first + count
        ? Optional.of(ring[slot(offset, ring.length)])
        : Optional.empty();
  }

  /// Forgets the records below `offset`.
  void truncate(long offset) {
    while (count > 0 && first < offset) {
      removeFirst();
    }
  }

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private static int slot(long offset, int length) {
    return (int) offset & (length - 1);
  }
}
