package quiver.storage.segment;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.storage.codec.ByteReader;

/// The directory at the end of a segment file: where each block lies, how it is stored, and what is
/// known of its values.
///
/// @param commitTimestamps the hidden column of commit timestamps
/// @param sections key index, row map and foreign sections, by name
record Footer(List<ColumnEntry> columns, ColumnEntry commitTimestamps, List<Section> sections) {
  static final String KEY_HASHES = "key-hashes";
  static final String KEY_ROWS = "key-rows";
  static final String OLD_ADDRESSES = "old-addresses";
  static final String NEW_ADDRESSES = "new-addresses";

  /// Prefix of the names of sections that this package does not understand.
  static final String FOREIGN = "x-";

  /// A checksummed part of the file.
  record Extent(long offset, long sizeBytes, int crc) {}

  /// A named part of the file.
  record Section(String name, Extent extent) {}

  /// One block of a column.
  ///
  /// @param base see [Encoding]
  record Block(Extent extent, Encoding encoding, long base, ColumnStatistics statistics) {}

  /// One column.
  ///
  /// @param dimension of a vector column, else 0
  /// @param blockRows rows of each block but the last
  /// @param nulls of a vector column that has NULLs; other layouts keep them in their blocks
  /// @param sketch of the whole column
  @SuppressWarnings("ArrayRecordComponent")
  record ColumnEntry(
      SegmentColumn column,
      int dimension,
      int blockRows,
      ColumnStatistics statistics,
      byte[] sketch,
      @Nullable Extent nulls,
      List<Block> blocks) {
    ColumnEntry {
      blocks = List.copyOf(blocks);
    }
  }

  Footer {
    columns = List.copyOf(columns);
    sections = List.copyOf(sections);
  }

  Optional<Extent> section(String name) {
    return sections.stream()
        .filter(section -> section.name().equals(name))
        .map(Section::extent)
        .findFirst();
  }

  byte[] encode() {
    ByteWriter out = new ByteWriter(4096);
    out.putInt(columns.size());
    columns.forEach(column -> write(out, column));
    write(out, commitTimestamps);
    out.putInt(sections.size());
    for (Section section : sections) {
      write(out.putText(section.name()), section.extent());
    }
    return out.toBytes();
  }

  private static void write(ByteWriter out, ColumnEntry entry) {
    SqlType type = entry.column().type().stored();
    out.putInt(entry.column().columnId())
        .putInt(type.oid())
        .putInt(type.modifier())
        .putInt(entry.dimension())
        .putInt(entry.blockRows());
    write(out, type, entry.statistics());
    out.putInt(entry.sketch().length).putBytes(entry.sketch());
    Extent nulls = entry.nulls();
    out.putByte(nulls == null ? 0 : 1);
    if (nulls != null) {
      write(out, nulls);
    }
    out.putInt(entry.blocks().size());
    for (Block block : entry.blocks()) {
      write(out, block.extent());
      out.putByte(block.encoding().code()).putLong(block.base());
      write(out, type, block.statistics());
    }
  }

  private static void write(ByteWriter out, Extent extent) {
    out.putLong(extent.offset()).putLong(extent.sizeBytes()).putInt(extent.crc());
  }

  private static void write(ByteWriter out, SqlType type, ColumnStatistics statistics) {
    out.putInt(statistics.nullCount()).putLong(statistics.distinctCount());
    Object min = statistics.min();
    Object max = statistics.max();
    boolean bounded = min != null && max != null;
    out.putByte(bounded ? 1 : 0);
    if (min != null && max != null) {
      DatumCodec.write(out, type, min);
      DatumCodec.write(out, type, max);
    }
  }

  /// Reads a footer and checks that every part lies within the file and has the size its rows need.
  static Footer decode(String what, ByteBuffer bytes, int rowCount, long footerOffset) {
    ByteReader in = new ByteReader(what, bytes);
    Decoder decoder = new Decoder(in, rowCount, footerOffset);
    Footer footer =
        new Footer(
            in.list(64, decoder::column),
            decoder.column(),
            in.list(24, () -> new Section(in.text(), decoder.extent())));
    in.end();
    return footer;
  }

  private record Decoder(ByteReader in, int rowCount, long footerOffset) {
    Extent extent() {
      Extent extent = new Extent(in.i64(), in.i64(), in.i32());
      if (extent.offset() < SegmentFormat.HEADER_BYTES
          || extent.offset() % SegmentFormat.ALIGNMENT_BYTES != 0
          || extent.sizeBytes() < 0
          || extent.offset() > footerOffset
          || extent.sizeBytes() > footerOffset - extent.offset()) {
        throw in.damaged("a section lies outside the file");
      }
      return extent;
    }

    ColumnEntry column() {
      int columnId = in.i32();
      int oid = in.i32();
      int modifier = in.i32();
      SqlType type =
          SqlType.byOid(oid)
              .orElseThrow(() -> in.damaged("unknown type " + oid))
              .withModifier(modifier);
      int dimension = in.i32();
      int blockRows = in.i32();
      boolean isVector = type.layout() == Layout.VECTOR;
      if (blockRows < 1
          || Integer.bitCount(blockRows) != 1
          || (isVector ? dimension != modifier : dimension != 0)) {
        throw in.damaged("column " + columnId + " has blocks of " + blockRows + " rows");
      }
      ColumnStatistics statistics = statistics(type);
      byte[] sketch = in.bytes();
      Extent nulls = in.u8() == 0 ? null : extent();
      if (nulls != null && nulls.sizeBytes() != SegmentFormat.bitmapBytes(rowCount)) {
        throw in.damaged("column " + columnId + " has a null bitmap of a wrong size");
      }
      List<Block> blocks = in.list(29, () -> block(type));
      int count = (int) (((long) rowCount + blockRows - 1) / blockRows);
      if (blocks.size() != count) {
        throw in.damaged("column " + columnId + " has " + blocks.size() + " blocks");
      }
      ColumnEntry entry =
          new ColumnEntry(
              new SegmentColumn(columnId, type),
              dimension,
              blockRows,
              statistics,
              sketch,
              nulls,
              blocks);
      for (int i = 0; i < count; i++) {
        check(entry, i);
      }
      return entry;
    }

    private Block block(SqlType type) {
      Extent extent = extent();
      int code = in.u8();
      Encoding encoding;
      try {
        encoding = Encoding.ofCode(code);
      } catch (IllegalArgumentException e) {
        throw in.damaged("unknown encoding " + code).withCause(e);
      }
      return new Block(extent, encoding, in.i64(), statistics(type));
    }

    private void check(ColumnEntry entry, int index) {
      Block block = entry.blocks().get(index);
      int rows = Math.min(entry.blockRows(), rowCount - index * entry.blockRows());
      int nullCount = block.statistics().nullCount();
      boolean fits =
          block.encoding().suits(entry.column().type().layout())
              && nullCount >= 0
              && nullCount <= rows;
      long bitmap = nullCount == 0 ? 0 : SegmentFormat.bitmapBytes(rows);
      long sizeBytes = block.extent().sizeBytes();
      fits &=
          switch (block.encoding()) {
            case ALL_NULL -> sizeBytes == 0 && nullCount == rows;
            case BYTES -> sizeBytes >= bitmap + 4L * (rows + 1);
            case DICTIONARY_1, DICTIONARY_2 ->
                sizeBytes >= bitmap + 8 + (long) block.encoding().width() * rows;
            case VECTOR ->
                sizeBytes == 4L * entry.dimension() * rows
                    && block.extent().offset()
                        == entry.blocks().getFirst().extent().offset()
                            + 4L * entry.dimension() * entry.blockRows() * index;
            case CONSTANT, LONG_1, LONG_2, LONG_4, LONG_8, DOUBLE_4, DOUBLE_8 ->
                sizeBytes == bitmap + (long) block.encoding().width() * rows;
          };
      if (!fits) {
        throw in.damaged(
            "block " + index + " of column " + entry.column().columnId() + " has a wrong size");
      }
    }

    private ColumnStatistics statistics(SqlType type) {
      int nullCount = in.i32();
      long distinctCount = in.i64();
      if (in.u8() == 0) {
        return new ColumnStatistics(nullCount, distinctCount, null, null);
      }
      Object min = in.read(buffer -> DatumCodec.read(buffer, type));
      Object max = in.read(buffer -> DatumCodec.read(buffer, type));
      return new ColumnStatistics(nullCount, distinctCount, min, max);
    }
  }
}
