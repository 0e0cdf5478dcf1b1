package quiver.storage.segment;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.storage.segment.Footer.Block;
import quiver.storage.segment.Footer.ColumnEntry;
import quiver.storage.segment.Footer.Extent;

/// Reads a segment file where it lies in memory. Header and footer are checked when it is opened,
/// every block when it is first touched; a wrong checksum is `XX001` and names the object and the
/// block. The memory belongs to the caller, who keeps it alive while this reader, or a vector
/// column it returned, is in use. Safe for use by many threads.
public final class SegmentReader {
  private final String objectName;
  private final SegmentDescription description;
  private final Footer footer;
  private final VerifiedMemory memory;

  /// Number of each column's first part among the parts of the file; the last is of the commit
  /// timestamps. A column's parts are its null bitmap and its blocks.
  private final int[] firstExtents;

  private final int firstSectionExtent;

  /// Dictionaries by part number, filled when first needed.
  private final AtomicReferenceArray<Object @Nullable []> dictionaries;

  private SegmentReader(
      String objectName, SegmentDescription description, Footer footer, MemorySegment memory) {
    this.objectName = objectName;
    this.description = description;
    this.footer = footer;
    int columnCount = footer.columns().size();
    this.firstExtents = new int[columnCount + 1];
    int count = 0;
    for (int ordinal = 0; ordinal <= columnCount; ordinal++) {
      firstExtents[ordinal] = count;
      count += 1 + entry(footer, ordinal).blocks().size();
    }
    this.firstSectionExtent = count;
    this.memory = new VerifiedMemory(objectName, memory, count + footer.sections().size());
    this.dictionaries = new AtomicReferenceArray<>(count);
  }

  private static ColumnEntry entry(Footer footer, int ordinal) {
    return ordinal == footer.columns().size()
        ? footer.commitTimestamps()
        : footer.columns().get(ordinal);
  }

  /// Opens a file.
  ///
  /// @param objectName named in errors
  /// @param file the whole file, as [quiver.storage.object.ObjectStore#map] returns it
  /// @throws QuiverException `XX001` if it is cut off or its header or footer is damaged, `0A000`
  ///   if its format is newer than this server
  public static SegmentReader open(String objectName, MemorySegment file) {
    String what = "object \"" + objectName + "\"";
    long sizeBytes = file.byteSize();
    if (sizeBytes < SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES) {
      throw damaged(what, "it is cut off at " + sizeBytes + " bytes");
    }
    FileBytes bytes = (offset, length) -> buffer(file, offset, length);
    ByteBuffer header = bytes.at(0, SegmentFormat.HEADER_BYTES);
    int rowCount = checkHeader(what, header);
    Footer footer = readFooter(what, bytes, sizeBytes, rowCount);
    SegmentDescription description =
        new SegmentDescription(
            header.getLong(8),
            header.getLong(16),
            header.getInt(24),
            rowCount,
            footer.columns().stream().map(ColumnEntry::column).toList());
    return new SegmentReader(objectName, description, footer, file);
  }

  /// The bytes of a file, wherever they are.
  @FunctionalInterface
  interface FileBytes {
    /// Little-endian.
    ByteBuffer at(long offset, int length);
  }

  /// @return the number of rows
  static int checkHeader(String what, ByteBuffer header) {
    int crcAt = SegmentFormat.HEADER_BYTES - 4;
    if (header.getInt(0) != SegmentFormat.MAGIC
        || header.getInt(crcAt) != SegmentFormat.crc(header.slice(0, crcAt))) {
      throw damaged(what, "its header is not that of a segment file");
    }
    if (header.getInt(4) != SegmentFormat.FORMAT) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "%s has format version %d, this server reads version %d",
          what,
          header.getInt(4),
          SegmentFormat.FORMAT);
    }
    int rowCount = header.getInt(28);
    if (rowCount < 0) {
      throw damaged(what, "it has " + rowCount + " rows");
    }
    return rowCount;
  }

  static Footer readFooter(String what, FileBytes file, long sizeBytes, int rowCount) {
    long trailerOffset = sizeBytes - SegmentFormat.TRAILER_BYTES;
    ByteBuffer trailer = file.at(trailerOffset, SegmentFormat.TRAILER_BYTES);
    int crcAt = SegmentFormat.TRAILER_BYTES - 4;
    if (trailer.getInt(0) != SegmentFormat.END_MAGIC
        || trailer.getInt(crcAt) != SegmentFormat.crc(trailer.slice(0, crcAt))
        || trailer.getLong(16) != sizeBytes) {
      throw damaged(what, "its last bytes are not the end of a segment file");
    }
    int length = trailer.getInt(4);
    long offset = trailer.getLong(8);
    if (length < 0 || offset != trailerOffset - length) {
      throw damaged(what, "its footer lies outside the file");
    }
    ByteBuffer bytes = file.at(offset, length);
    if (SegmentFormat.crc(bytes) != trailer.getInt(24)) {
      throw damaged(what, "its footer has a wrong checksum");
    }
    Footer footer = Footer.decode(what, bytes, rowCount, offset);
    checkSections(what, footer, rowCount);
    return footer;
  }

  private static void checkSections(String what, Footer footer, int rowCount) {
    long oldBytes = footer.section(Footer.OLD_ADDRESSES).map(Extent::sizeBytes).orElse(0L);
    long newBytes = footer.section(Footer.NEW_ADDRESSES).map(Extent::sizeBytes).orElse(0L);
    long hashBytes = footer.section(Footer.KEY_HASHES).map(Extent::sizeBytes).orElse(8L * rowCount);
    long rowBytes = footer.section(Footer.KEY_ROWS).map(Extent::sizeBytes).orElse(4L * rowCount);
    if (oldBytes != newBytes
        || oldBytes % 8 != 0
        || hashBytes != 8L * rowCount
        || rowBytes != 4L * rowCount) {
      throw damaged(what, "a section has a wrong size");
    }
  }

  private static ByteBuffer buffer(MemorySegment file, long offset, long length) {
    return file.asSlice(offset, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  static QuiverException damaged(String what, String reason) {
    return new QuiverException(SqlState.DATA_CORRUPTED, "%s is damaged: %s", what, reason);
  }

  public String objectName() {
    return objectName;
  }

  public SegmentDescription description() {
    return description;
  }

  public int rowCount() {
    return description.rowCount();
  }

  /// Where a column of the catalog is in this file; empty if it was added later.
  public OptionalInt ordinalOf(int columnId) {
    List<SegmentColumn> columns = description.columns();
    for (int ordinal = 0; ordinal < columns.size(); ordinal++) {
      if (columns.get(ordinal).columnId() == columnId) {
        return OptionalInt.of(ordinal);
      }
    }
    return OptionalInt.empty();
  }

  /// Statistics of a whole column.
  public ColumnStatistics statistics(int ordinal) {
    return footer.columns().get(ordinal).statistics();
  }

  /// The sketch of a column's different values, to be merged with those of other segments; empty
  /// for vectors.
  public Optional<DistinctSketch> distinctSketch(int ordinal) {
    byte[] stored = footer.columns().get(ordinal).sketch();
    return stored.length == DistinctSketch.REGISTERS
        ? Optional.of(DistinctSketch.of(stored))
        : Optional.empty();
  }

  /// Rows in each block of a column but the last: a power of two.
  public int blockRows(int ordinal) {
    return footer.columns().get(ordinal).blockRows();
  }

  /// Statistics of each block of a column.
  public List<ColumnStatistics> blockStatistics(int ordinal) {
    return footer.columns().get(ordinal).blocks().stream().map(Block::statistics).toList();
  }

  /// Rows `fromRow … fromRow+count-1` of a column. A vector column shares the file's memory, others
  /// are decoded into arrays of their own.
  public Column column(int ordinal, int fromRow, int count) {
    Objects.checkFromIndexSize(fromRow, count, rowCount());
    SqlType type = footer.columns().get(ordinal).column().type();
    return switch (type.layout()) {
      case LONG -> {
        long[] values = new long[count];
        Nulls nulls =
            readRange(
                ordinal,
                fromRow,
                count,
                (block, _, from, length, at) -> block.readLongs(from, length, values, at));
        yield new LongColumn(type, count, values, nulls);
      }
      case DOUBLE -> {
        double[] values = new double[count];
        Nulls nulls =
            readRange(
                ordinal,
                fromRow,
                count,
                (block, _, from, length, at) -> block.readDoubles(from, length, values, at));
        yield new DoubleColumn(type, count, values, nulls);
      }
      case OBJECT -> {
        @Nullable Object[] values = new @Nullable Object[count];
        Nulls nulls =
            readRange(
                ordinal,
                fromRow,
                count,
                (block, number, from, length, at) -> {
                  Object[] dictionary = dictionary(ordinal, number, block);
                  block.readObjects(type, dictionary, from, length, values, at);
                });
        yield new ObjectColumn(type, count, values, nulls);
      }
      case VECTOR -> vectorRange(ordinal, fromRow, count);
    };
  }

  @FunctionalInterface
  private interface BlockVisitor {
    /// @param from first row, within the block
    /// @param at where the rows go in the result
    void visit(BlockDecoder block, int number, int from, int count, int at);
  }

  private Nulls readRange(int ordinal, int fromRow, int count, BlockVisitor visitor) {
    int blockRows = entry(footer, ordinal).blockRows();
    long[] words = new long[(count + 63) / 64];
    boolean anyNull = false;
    int at = 0;
    while (at < count) {
      int number = (fromRow + at) / blockRows;
      int from = (fromRow + at) - number * blockRows;
      int length = Math.min(count - at, blockRows - from);
      BlockDecoder block = block(ordinal, number);
      visitor.visit(block, number, from, length, at);
      anyNull |= block.hasNulls();
      block.readNulls(from, length, words, at);
      at += length;
    }
    return anyNull ? Nulls.ofWords(words) : Nulls.NONE;
  }

  private BlockDecoder block(int ordinal, int number) {
    ColumnEntry entry = entry(footer, ordinal);
    Block block = entry.blocks().get(number);
    int rows = Math.min(entry.blockRows(), rowCount() - number * entry.blockRows());
    return new BlockDecoder(
        block,
        memory.get(firstExtents[ordinal] + 1 + number, block.extent(), blockName(ordinal, number)),
        rows);
  }

  private String blockName(int ordinal, int number) {
    return ordinal == footer.columns().size()
        ? "block " + number + " of the commit timestamps"
        : "block " + number + " of column " + entry(footer, ordinal).column().columnId();
  }

  private Object[] dictionary(int ordinal, int number, BlockDecoder block) {
    if (block.dictionarySize() == 0) {
      return NO_DICTIONARY;
    }
    int slot = firstExtents[ordinal] + 1 + number;
    Object[] known = dictionaries.get(slot);
    if (known == null) {
      known = block.readDictionary(footer.columns().get(ordinal).column().type());
      dictionaries.set(slot, known);
    }
    return known;
  }

  private static final Object[] NO_DICTIONARY = {};

  /// The rows `rows[from] … rows[from+count-1]` of a column, in that order, as a new column.
  public Column gather(int ordinal, int[] rows, int from, int count) {
    ColumnEntry entry = footer.columns().get(ordinal);
    SqlType type = entry.column().type();
    if (type.layout() == Layout.VECTOR) {
      return gatherVectors(ordinal, entry, rows, from, count);
    }
    boolean isLong = type.layout() == Layout.LONG;
    boolean isDouble = type.layout() == Layout.DOUBLE;
    long[] longs = new long[isLong ? count : 0];
    double[] doubles = new double[isDouble ? count : 0];
    @Nullable Object[] objects = new @Nullable Object[isLong || isDouble ? 0 : count];
    long[] words = new long[(count + 63) / 64];
    int number = -1;
    BlockDecoder block = null;
    for (int i = 0; i < count; i++) {
      int row = Objects.checkIndex(rows[from + i], rowCount());
      if (block == null || row / entry.blockRows() != number) {
        number = row / entry.blockRows();
        block = block(ordinal, number);
      }
      int inBlock = row - number * entry.blockRows();
      if (block.isNull(inBlock)) {
        words[i >>> 6] |= 1L << i;
      } else if (isLong) {
        longs[i] = block.readLong(inBlock);
      } else if (isDouble) {
        doubles[i] = block.readDouble(inBlock);
      } else {
        objects[i] = block.readObject(type, dictionary(ordinal, number, block), inBlock);
      }
    }
    Nulls nulls = Nulls.ofWords(words);
    return isLong
        ? new LongColumn(type, count, longs, nulls)
        : isDouble
            ? new DoubleColumn(type, count, doubles, nulls)
            : new ObjectColumn(type, count, objects, nulls);
  }

  private Column gatherVectors(int ordinal, ColumnEntry entry, int[] rows, int from, int count) {
    int dimension = entry.dimension();
    float[] values = new float[Math.multiplyExact(count, dimension)];
    long[] words = new long[(count + 63) / 64];
    Nulls nulls = vectorNulls(ordinal);
    for (int i = 0; i < count; i++) {
      int row = Objects.checkIndex(rows[from + i], rowCount());
      if (nulls.isNull(row)) {
        words[i >>> 6] |= 1L << i;
      } else {
        int number = row / entry.blockRows();
        Block block = entry.blocks().get(number);
        MemorySegment vectors =
            memory.get(
                firstExtents[ordinal] + 1 + number, block.extent(), blockName(ordinal, number));
        long inBlock = row - (long) number * entry.blockRows();
        MemorySegment.copy(
            vectors,
            SegmentFormat.FLOAT,
            4L * dimension * inBlock,
            values,
            i * dimension,
            dimension);
      }
    }
    return VectorColumn.ofArray(
        entry.column().type(), dimension, count, values, Nulls.ofWords(words));
  }

  private VectorColumn vectorRange(int ordinal, int fromRow, int count) {
    ColumnEntry entry = footer.columns().get(ordinal);
    long rowBytes = 4L * entry.dimension();
    int blockRows = entry.blockRows();
    MemorySegment vectors = MemorySegment.NULL;
    if (count > 0) {
      for (int number = fromRow / blockRows;
          number <= (fromRow + count - 1) / blockRows;
          number++) {
        memory.verify(
            firstExtents[ordinal] + 1 + number,
            entry.blocks().get(number).extent(),
            blockName(ordinal, number));
      }
      long start = entry.blocks().getFirst().extent().offset();
      vectors = memory.slice(start + rowBytes * fromRow, rowBytes * count);
    }
    Nulls nulls = vectorNulls(ordinal);
    return new VectorColumn(
        entry.column().type(),
        entry.dimension(),
        count,
        vectors,
        count == rowCount() ? nulls : nulls.slice(fromRow, count));
  }

  private Nulls vectorNulls(int ordinal) {
    ColumnEntry entry = footer.columns().get(ordinal);
    Extent extent = entry.nulls();
    if (extent == null) {
      return Nulls.NONE;
    }
    MemorySegment bitmap =
        memory.get(
            firstExtents[ordinal], extent, "null bitmap of column " + entry.column().columnId());
    return Nulls.ofWords(bitmap.toArray(SegmentFormat.LONG));
  }

  /// All rows of a vector column where they lie in the file, every block checked: contiguous,
  /// 64-byte aligned float32 rows; the floats of a NULL row are zero.
  public VectorColumn vectors(int ordinal) {
    return vectorRange(ordinal, 0, rowCount());
  }

  /// The commit timestamp of every row.
  public long[] commitTimestamps() {
    long[] timestamps = new long[rowCount()];
    var _ =
        readRange(
            footer.columns().size(),
            0,
            timestamps.length,
            (block, _, from, count, at) -> block.readLongs(from, count, timestamps, at));
    return timestamps;
  }

  /// The commit timestamp of one row.
  public long commitTimestamp(int row) {
    int number = row / SegmentFormat.BLOCK_ROWS;
    return block(footer.columns().size(), number).readLong(row - number * SegmentFormat.BLOCK_ROWS);
  }

  /// Smallest and largest commit timestamp, as the statistics of a `bigint` column.
  public ColumnStatistics commitTimestampStatistics() {
    return footer.commitTimestamps().statistics();
  }

  /// The key index, checked, if the file has one.
  public Optional<KeyIndex> keyIndex() {
    Optional<MemorySegment> hashes = section(Footer.KEY_HASHES);
    Optional<MemorySegment> rows = section(Footer.KEY_ROWS);
    return hashes.isPresent() && rows.isPresent()
        ? Optional.of(new KeyIndex(hashes.get(), rows.get(), rowCount()))
        : Optional.empty();
  }

  /// The row map, checked, if the file has one.
  public Optional<RowMap> rowMap() {
    Optional<MemorySegment> from = section(Footer.OLD_ADDRESSES);
    Optional<MemorySegment> to = section(Footer.NEW_ADDRESSES);
    return from.isPresent() && to.isPresent()
        ? Optional.of(new RowMap(from.get(), to.get()))
        : Optional.empty();
  }

  /// Names of the foreign sections.
  public List<String> foreignSections() {
    return footer.sections().stream()
        .map(Footer.Section::name)
        .filter(name -> name.startsWith(Footer.FOREIGN))
        .map(name -> name.substring(Footer.FOREIGN.length()))
        .toList();
  }

  /// The bytes of a foreign section, checked, in the file's memory.
  public Optional<MemorySegment> foreignSection(String name) {
    return section(Footer.FOREIGN + name);
  }

  private Optional<MemorySegment> section(String name) {
    for (int i = 0; i < footer.sections().size(); i++) {
      Footer.Section section = footer.sections().get(i);
      if (section.name().equals(name)) {
        return Optional.of(memory.get(firstSectionExtent + i, section.extent(), "section " + name));
      }
    }
    return Optional.empty();
  }

  /// Checks every byte of the file against its checksum.
  ///
  /// @return what is damaged, empty if nothing is
  public List<QuiverException> verify() {
    List<QuiverException> problems = new ArrayList<>();
    List<Runnable> checks = new ArrayList<>();
    for (int o = 0; o <= footer.columns().size(); o++) {
      int ordinal = o;
      ColumnEntry entry = entry(footer, ordinal);
      if (entry.nulls() != null) {
        checks.add(() -> vectorNulls(ordinal));
      }
      for (int n = 0; n < entry.blocks().size(); n++) {
        int number = n;
        checks.add(() -> block(ordinal, number));
      }
    }
    footer.sections().forEach(section -> checks.add(() -> section(section.name())));
    for (Runnable check : checks) {
      try {
        check.run();
      } catch (QuiverException e) {
        problems.add(e);
      }
    }
    return problems;
  }
}
