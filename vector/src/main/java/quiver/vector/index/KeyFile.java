package quiver.vector.index;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.vector.kernel.KeyKernel;

/// The file of an index over keys that are not simply a column's vectors: which rows have a key,
/// the keys, then the file of the index over them. Every field is in `docs/formats/key-index.md`.
public final class KeyFile {
  private static final long MAGIC = 0x5359_454b_5649_5551L; // "QUIVKEYS"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 128;
  private static final int ALIGNMENT = 64;
  private static final int OFFSET_HEADER_CRC = HEADER_BYTES - Integer.BYTES;
  private static final int CHUNK_BYTES = 1 << 24;

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
      header.set(LittleEndian.LONG, 0, MAGIC);
      header.set(LittleEndian.INT, 8, VERSION);
      header.set(LittleEndian.INT, 12, form.code());
      header.set(LittleEndian.INT, 16, dimension);
      header.set(LittleEndian.INT, 20, present.rowCount());
      header.set(LittleEndian.LONG, 24, mask.byteSize());
      header.set(LittleEndian.LONG, 32, keys.byteSize());
      header.set(LittleEndian.INT, 40, HnswFile.checksum(mask));
      header.set(LittleEndian.INT, 44, HnswFile.checksum(keys));
      header.set(
          LittleEndian.INT,
          OFFSET_HEADER_CRC,
          HnswFile.checksum(header.asSlice(0, OFFSET_HEADER_CRC)));
      put(channel, header);
      putPadded(channel, mask, arena);
      putPadded(channel, keys, arena);
    }
    index.write(channel);
  }

  private static void putPadded(WritableByteChannel channel, MemorySegment bytes, Arena arena)
      throws IOException {
    put(channel, bytes);
    long rest = align(bytes.byteSize()) - bytes.byteSize();
    if (rest > 0) {
      put(channel, arena.allocate(rest));
    }
  }

  private static void put(WritableByteChannel channel, MemorySegment bytes) throws IOException {
    for (long from = 0; from < bytes.byteSize(); from += CHUNK_BYTES) {
      var chunk =
          bytes.asSlice(from, Math.min(CHUNK_BYTES, bytes.byteSize() - from)).asByteBuffer();
      while (chunk.hasRemaining()) {
        channel.write(chunk);
      }
    }
  }

  private static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /// Reads and verifies a file, but for the inner index.
  ///
  /// @throws QuiverException `XX002` naming the part that is damaged
  public static KeyFile open(MemorySegment image) {
    if (!isOne(image)) {
      throw damaged("header", "it does not start with QUIVKEYS");
    }
    if (image.get(LittleEndian.INT, OFFSET_HEADER_CRC)
        != HnswFile.checksum(image.asSlice(0, OFFSET_HEADER_CRC))) {
      throw damaged("header", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 8) != VERSION) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "key index format version %d is not supported",
          image.get(LittleEndian.INT, 8));
    }
    Optional<KeyForm> form = KeyForm.ofCode(image.get(LittleEndian.INT, 12));
    int rowCount = image.get(LittleEndian.INT, 20);
    long maskBytes = image.get(LittleEndian.LONG, 24);
    long keyBytes = image.get(LittleEndian.LONG, 32);
    if (form.isEmpty() || rowCount < 0 || maskBytes != Math.max(8, 8L * ((rowCount + 63L) / 64))) {
      throw damaged("header", "its fields do not fit together");
    }
    long keysAt = HEADER_BYTES + align(maskBytes);
    long indexAt = keysAt + align(keyBytes);
    if (keyBytes < 0 || indexAt > image.byteSize()) {
      throw damaged("keys", "the file ends at byte " + image.byteSize());
    }
    MemorySegment mask = image.asSlice(HEADER_BYTES, maskBytes);
    MemorySegment keys = image.asSlice(keysAt, keyBytes);
    if (image.get(LittleEndian.INT, 40) != HnswFile.checksum(mask)) {
      throw damaged("rows", "its checksum does not match");
    }
    if (image.get(LittleEndian.INT, 44) != HnswFile.checksum(keys)) {
      throw damaged("keys", "its checksum does not match");
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

  private static QuiverException damaged(String part, String how) {
    return new QuiverException(
            SqlState.INDEX_CORRUPTED, "section \"%s\" of a key index file is damaged", part)
        .withDetail(how);
  }
}
