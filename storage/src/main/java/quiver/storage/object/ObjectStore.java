package quiver.storage.object;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Immutable named byte sequences: written once, read in ranges, deleted. An object is visible only
/// whole, and only once it is durable. Safe for use by many threads.
public interface ObjectStore extends AutoCloseable {
  /// Longest object name.
  int MAX_NAME_CHARACTERS = 512;

  /// Alignment of mapped objects, so that 64-byte aligned sections of a file stay aligned.
  int MAP_ALIGNMENT_BYTES = 64;

  /// Stores an object unless one of this name exists.
  ///
  /// @return false if the name is taken; nothing was changed
  /// @throws QuiverException `40003` if the outcome is unknown (look with [#stat] or repeat),
  ///   `53100`/`58030` if storing failed; whatever `source` throws
  boolean putIfAbsent(String name, ObjectSource source);

  /// Fills `target` from its position to its limit with the object's bytes from `offset` on.
  ///
  /// @throws QuiverException `58P01` if there is no such object, `XX001` if it ends before `target`
  ///   is full
  void read(String name, long offset, ByteBuffer target);

  /// `length` bytes of the object from `offset` on.
  default byte[] read(String name, long offset, int length) {
    byte[] bytes = new byte[length];
    read(name, offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /// The object's size, if it exists.
  Optional<ObjectStat> stat(String name);

  /// All objects whose name starts with `prefix`, in name order.
  List<ObjectStat> list(String prefix);

  /// Deletes an object.
  ///
  /// @return false if there was none
  boolean delete(String name);

  /// The whole object as read-only memory aligned to [#MAP_ALIGNMENT_BYTES], valid until `arena` is
  /// closed. A store on a local disk maps the file; this default reads it into native memory.
  default MemorySegment map(String name, Arena arena) {
    long sizeBytes =
        stat(name)
            .orElseThrow(() ->
                new QuiverException(SqlState.UNDEFINED_FILE, "object \"%s\" does not exist", name))
            .sizeBytes();
    MemorySegment memory = arena.allocate(sizeBytes, MAP_ALIGNMENT_BYTES);
    long step = 1L << 30;
    for (long offset = 0; offset < sizeBytes; offset += step) {
      long length = Math.min(step, sizeBytes - offset);
      read(name, offset, memory.asSlice(offset, length).asByteBuffer());
    }
    return memory.asReadOnly();
  }

  @Override
  void close();
}
