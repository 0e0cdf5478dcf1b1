package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import quiver.common.column.RowMask;
import quiver.vector.kernel.KeyKernel;

/// The file of an index over keys that are not simply a column's vectors: which rows have a key,
/// the keys, then the file of the index over them. Every field is in `docs/formats/key-index.md`.
public final class KeyFile {
  private static final long MAGIC = 0x5359_454b_5649_5551L; // "QUIVKEYS"
  private static final int HEADER_BYTES = 128;
  private static final int ALIGNMENT = 64;
  private static final IndexFormat FORMAT = new IndexFormat(MAGIC, 1, HEADER_BYTES, "a key index");

  private final KeyForm form;
  private final int dimension;
  private final int rowCount;
  private final RowMask present;
  private final MemorySegment keys;
  private final MemorySegment index;

  private KeyFile(
      KeyForm form,
      int dimension,
      int rowCount,
      RowMask present,
      MemorySegment keys,
      MemorySegment index) {
    this.form = form;
    this.dimension = dimension;
    this.rowCount = rowCount;
    this.present = present;
    this.keys = keys;
    this.index = index;
  }

  /// Writes the file of the inner index.
  public interface Image {
    void write(WritableByteChannel channel) throws IOException;
  }

  /// Whether a file is of this format.
  public static boolean isOne(MemorySegment image) {
    return image.byteSize() >= HEADER_BYTES && image.get(LittleEndian.LONG, 0) == MAGIC;
  }

  /// Writes a file over keys.
  public static void write(WritableByteChannel channel, KeyRows rows, Image index)
      throws IOException {
    write(channel, rows.form(), rows.dimension(), rows.present(), rows.block(), index);
  }

  /// Writes a file over some rows of the segment's own column.
  public static void write(WritableByteChannel channel, int dimension, RowMask present, Image index)
      throws IOException {
    write(channel, KeyForm.COLUMN, dimension, present, MemorySegment.NULL, index);
  }

  private static void write(
      WritableByteChannel channel,
      KeyForm form,
      int dimension,
      RowMask present,
      MemorySegment keys,
      Image index)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long[] words = present.words();
      MemorySegment mask = arena.allocate(Math.max(8, 8L * words.length), ALIGNMENT);
      MemorySegment.copy(words, 0, mask, LittleEndian.LONG, 0, words.length);
      MemorySegment header = arena.allocate(HEADER_BYTES, ALIGNMENT);
      header.set(LittleEndian.INT, 12, form.code());
      header.set(LittleEndian.INT, 16, dimension);
      header.set(LittleEndian.INT, 20, present.rowCount());
      header.set(LittleEndian.LONG, 24, mask.byteSize());
      header.set(LittleEndian.LONG, 32, keys.byteSize());
      header.set(LittleEndian.INT, 40, IndexFormat.checksum(mask));
      header.set(LittleEndian.INT, 44, IndexFormat.checksum(keys));
      FORMAT.sealHeader(header);
      IndexImage.write(header, channel);
      putPadded(channel, mask, arena);
      putPadded(channel, keys, arena);
    }
    index.write(channel);
  }

  private static void putPadded(WritableByteChannel channel, MemorySegment bytes, Arena arena)
      throws IOException {
    IndexImage.write(bytes, channel);
    long rest = align(bytes.byteSize()) - bytes.byteSize();
    if (rest > 0) {
      IndexImage.write(arena.allocate(rest), channel);
    }
  }

  private static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /// Reads and verifies a file, but for the inner index.
  ///
  /// @throws quiver.common.error.QuiverException `XX002` naming the part that is damaged
  public static KeyFile open(MemorySegment image) {
    FORMAT.verifyHeader(image);
    Optional<KeyForm> form = KeyForm.ofCode(image.get(LittleEndian.INT, 12));
    int rowCount = image.get(LittleEndian.INT, 20);
    long maskBytes = image.get(LittleEndian.LONG, 24);
    long keyBytes = image.get(LittleEndian.LONG, 32);
    if (form.isEmpty() || rowCount < 0 || maskBytes != Math.max(8, 8L * ((rowCount + 63L) / 64))) {
      throw FORMAT.damaged("header", "its fields do not fit together");
    }
    long keysAt = HEADER_BYTES + align(maskBytes);
    long indexAt = keysAt + align(keyBytes);
    if (keyBytes < 0 || indexAt > image.byteSize()) {
      throw FORMAT.damaged("keys", "the file ends at byte " + image.byteSize());
    }
    MemorySegment mask = image.asSlice(HEADER_BYTES, maskBytes);
    MemorySegment keys = image.asSlice(keysAt, keyBytes);
    if (image.get(LittleEndian.INT, 40) != IndexFormat.checksum(mask)) {
      throw FORMAT.damaged("rows", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 44) != IndexFormat.checksum(keys)) {
      throw FORMAT.damaged("keys", "its checksum does not match");
    }
    long[] words = mask.asSlice(0, 8L * ((rowCount + 63L) / 64)).toArray(LittleEndian.LONG);
    return new KeyFile(
        form.get(),
        image.get(LittleEndian.INT, 16),
        rowCount,
        RowMask.ofWords(words, rowCount),
        keys,
        image.asSlice(indexAt));
  }

  public KeyForm form() {
    return form;
  }

  /// The rows that have a key.
  public RowMask present() {
    return present;
  }

  /// The file of the inner index.
  public MemorySegment index() {
    return index;
  }

  /// The keys; not for [KeyForm#COLUMN].
  public KeyRows keys(KeyKernel kernel) {
    return new KeyRows(form, dimension, rowCount, keys, present, kernel);
  }
}
