package quiver.storage.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/// An open file. For use by one thread at a time; an interrupt of that thread may make the file
/// unusable, so files that outlive one call are used only by threads nobody interrupts.
public interface DiskFile extends AutoCloseable {
  Path path();

  long sizeBytes();

  /// Reads from `position` on until `target` is full or the file ends.
  ///
  /// @return the number of bytes read
  int read(ByteBuffer target, long position);

  /// Writes all remaining bytes of `source` at `position`. After a failure any part of them may
  /// have been written.
  void write(ByteBuffer source, long position);

  /// Cuts the file.
  void truncate(long sizeBytes);

  /// Makes everything written durable. After a failure nobody knows what is: the file must not be
  /// written any more.
  void force();

  /// The file as read-only memory, valid until `arena` is closed.
  MemorySegment map(Arena arena);

  @Override
  void close();
}
