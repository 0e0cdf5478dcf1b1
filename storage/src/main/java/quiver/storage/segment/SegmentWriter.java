package quiver.storage.segment;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowAddress;
import quiver.common.column.VectorColumn;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;
import quiver.storage.object.ObjectSource;
import quiver.storage.segment.Footer.Block;
import quiver.storage.segment.Footer.ColumnEntry;
import quiver.storage.segment.Footer.Extent;
import quiver.storage.segment.Footer.Section;

/// Writes a segment file: hand it to [quiver.storage.object.ObjectStore#putIfAbsent]. Columns are
/// read from their source block by block, so memory does not grow with the segment; writing again
/// gives the same bytes. For use by one thread.
public final class SegmentWriter implements ObjectSource {
  /// Longest name of a foreign section.
  public static final int MAX_SECTION_NAME_CHARACTERS = 100;

  private final SegmentDescription description;
  private final ColumnSource rows;
  private final long[] commitTimestamps;
  private final Map<String, ByteBuffer> sections = new LinkedHashMap<>();

  /// @param commitTimestamps one a row, not modified any more
  public SegmentWriter(SegmentDescription description, ColumnSource rows, long[] commitTimestamps) {
    if (commitTimestamps.length != description.rowCount()
        || commitTimestamps.length > RowAddress.ROWS_PER_SEGMENT_MAX) {
      throw new IllegalArgumentException(commitTimestamps.length + " commit timestamps");
    }
    this.description = description;
    this.rows = rows;
    this.commitTimestamps = commitTimestamps;
  }

  /// Adds a key index.
  ///
  /// @param hashes the hash of each row's key, not modified any more
  public SegmentWriter withKeyIndex(long[] hashes) {
    if (hashes.length != description.rowCount()) {
      throw new IllegalArgumentException(hashes.length + " key hashes");
    }
    int[] order = sortedByHash(hashes);
    ByteBuffer sorted = buffer(8L * order.length);
    ByteBuffer rowNumbers = buffer(4L * order.length);
    for (int row : order) {
      sorted.putLong(hashes[row]);
      rowNumbers.putInt(row);
    }
    sections.put(Footer.KEY_HASHES, sorted.flip());
    sections.put(Footer.KEY_ROWS, rowNumbers.flip());
    return this;
  }

  /// Row numbers in the order of their hashes, unsigned, then of the rows. Sorts the upper 40 bits
  /// of the hash packed with the row, then the few neighbours that agree in those bits.
  private static int[] sortedByHash(long[] hashes) {
    long rowMask = RowAddress.ROWS_PER_SEGMENT_MAX - 1;
    long[] packed = new long[hashes.length];
    for (int row = 0; row < hashes.length; row++) {
      // Flipping the sign makes the signed order the unsigned one.
      packed[row] = ((hashes[row] ^ Long.MIN_VALUE) & ~rowMask) | row;
    }
    Arrays.sort(packed);
    int[] order = new int[packed.length];
    for (int i = 0; i < packed.length; i++) {
      int row = (int) (packed[i] & rowMask);
      int at = i;
      while (at > 0
          && (packed[at - 1] & ~rowMask) == (packed[i] & ~rowMask)
          && Long.compareUnsigned(hashes[order[at - 1]], hashes[row]) > 0) {
        order[at] = order[at - 1];
        at--;
      }
      order[at] = row;
    }
    return order;
  }

  /// Adds a row map.
  ///
  /// @param oldAddresses ascending
  /// @param newAddresses in the order of `oldAddresses`
  public SegmentWriter withRowMap(long[] oldAddresses, long[] newAddresses) {
    if (oldAddresses.length != newAddresses.length) {
      throw new IllegalArgumentException("row map of unequal sides");
    }
    ByteBuffer from = buffer(8L * oldAddresses.length);
    ByteBuffer to = buffer(8L * oldAddresses.length);
    for (int i = 0; i < oldAddresses.length; i++) {
      if (i > 0 && oldAddresses[i] <= oldAddresses[i - 1]) {
        throw new IllegalArgumentException("row map out of order at " + i);
      }
      from.putLong(oldAddresses[i]);
      to.putLong(newAddresses[i]);
    }
    sections.put(Footer.OLD_ADDRESSES, from.flip());
    sections.put(Footer.NEW_ADDRESSES, to.flip());
    return this;
  }

  /// Adds bytes this package does not look into.
  ///
  /// @param content not modified any more
  public SegmentWriter withSection(String name, byte[] content) {
    if (name.isEmpty() || name.length() > MAX_SECTION_NAME_CHARACTERS) {
      throw new IllegalArgumentException("section name \"" + name + "\"");
    }
    sections.put(Footer.FOREIGN + name, ByteBuffer.wrap(content));
    return this;
  }

  private static ByteBuffer buffer(long sizeBytes) {
    return ByteBuffer.allocate(Math.toIntExact(sizeBytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void writeTo(WritableByteChannel target) throws IOException {
    Output out = new Output(target);
    out.write(header());
    List<ColumnEntry> entries = new ArrayList<>();
    for (int ordinal = 0; ordinal < description.columns().size(); ordinal++) {
      SegmentColumn column = description.columns().get(ordinal);
      entries.add(
          column.type().layout() == Layout.VECTOR
              ? writeVectors(out, ordinal, column)
              : writeColumn(out, column, source(ordinal)));
    }
    ColumnEntry timestamps =
        writeColumn(
            out,
            new SegmentColumn(0, SqlType.INT8),
            (from, count) ->
                new LongColumn(SqlType.INT8, commitTimestamps.length, commitTimestamps, Nulls.NONE)
                    .slice(from, count));
    List<Section> written = new ArrayList<>();
    for (Map.Entry<String, ByteBuffer> section : sections.entrySet()) {
      written.add(new Section(section.getKey(), out.writeExtent(section.getValue())));
    }
    writeFooter(out, new Footer(entries, timestamps, written).encode());
  }

  private ByteBuffer header() {
    ByteBuffer header =
        buffer(SegmentFormat.HEADER_BYTES)
            .putInt(SegmentFormat.MAGIC)
            .putInt(SegmentFormat.FORMAT)
            .putLong(description.tableId())
            .putLong(description.segmentId())
            .putInt(description.schemaVersion())
            .putInt(description.rowCount());
    int crcAt = SegmentFormat.HEADER_BYTES - 4;
    return header.putInt(crcAt, SegmentFormat.crc(header.slice(0, crcAt))).position(0);
  }

  private void writeFooter(Output out, byte[] footer) throws IOException {
    out.align();
    long offset = out.position;
    ByteBuffer content = ByteBuffer.wrap(footer);
    int crc = SegmentFormat.crc(content);
    out.write(content);
    ByteBuffer trailer =
        buffer(SegmentFormat.TRAILER_BYTES)
            .putInt(SegmentFormat.END_MAGIC)
            .putInt(footer.length)
            .putLong(offset)
            .putLong(out.position + SegmentFormat.TRAILER_BYTES)
            .putInt(crc);
    out.write(
        trailer
            .putInt(SegmentFormat.crc(trailer.slice(0, SegmentFormat.TRAILER_BYTES - 4)))
            .flip());
  }

  @FunctionalInterface
  private interface BlockSource {
    Column read(int from, int count);
  }

  private BlockSource source(int ordinal) {
    return (from, count) -> {
      Column column = rows.read(ordinal, from, count);
      if (column.rowCount() != count) {
        throw new IllegalStateException(column.rowCount() + " rows instead of " + count);
      }
      return column;
    };
  }

  private ColumnEntry writeColumn(Output out, SegmentColumn column, BlockSource source)
      throws IOException {
    BlockEncoder encoder = new BlockEncoder(column.type());
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < description.rowCount(); from += SegmentFormat.BLOCK_ROWS) {
      int count = Math.min(SegmentFormat.BLOCK_ROWS, description.rowCount() - from);
      BlockEncoder.Encoded encoded = encoder.encode(source.read(from, count));
      blocks.add(
          new Block(
              out.writeExtent(encoded.bytes()),
              encoded.encoding(),
              encoded.base(),
              encoded.statistics()));
    }
    return new ColumnEntry(
        column,
        0,
        SegmentFormat.BLOCK_ROWS,
        encoder.statistics(),
        encoder.sketch().toBytes(),
        null,
        blocks);
  }

  private ColumnEntry writeVectors(Output out, int ordinal, SegmentColumn column)
      throws IOException {
    int dimension = column.type().modifier();
    int blockRows = SegmentFormat.vectorBlockRows(dimension);
    int rowCount = description.rowCount();
    BlockSource source = source(ordinal);
    long[] nullWords = new long[(rowCount + 63) / 64];
    int nullCount = 0;
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < rowCount; from += blockRows) {
      int count = Math.min(blockRows, rowCount - from);
      VectorColumn vectors = (VectorColumn) source.read(from, count);
      if (vectors.dimension() != dimension) {
        throw new IllegalStateException("vectors of " + vectors.dimension() + " dimensions");
      }
      long rowBytes = 4L * dimension;
      ByteBuffer bytes = buffer(rowBytes * count);
      MemorySegment memory = MemorySegment.ofBuffer(bytes);
      memory.copyFrom(vectors.rows().asSlice(0, rowBytes * count));
      int blockNulls = 0;
      for (int row = 0; row < count && vectors.nulls().any(); row++) {
        if (vectors.isNull(row)) {
          blockNulls++;
          nullWords[(from + row) >>> 6] |= 1L << (from + row);
          memory.asSlice(row * rowBytes, rowBytes).fill((byte) 0);
        }
      }
      nullCount += blockNulls;
      blocks.add(
          new Block(
              out.writeExtent(bytes),
              Encoding.VECTOR,
              0,
              new ColumnStatistics(blockNulls, 0, null, null)));
    }
    Extent nulls = null;
    if (nullCount > 0) {
      ByteBuffer bitmap = buffer(SegmentFormat.bitmapBytes(rowCount));
      BlockEncoder.putBitmap(bitmap, Nulls.ofWords(nullWords), rowCount);
      nulls = out.writeExtent(bitmap.flip());
    }
    return entry(column, dimension, blockRows, nullCount, nulls, blocks);
  }

  private static ColumnEntry entry(
      SegmentColumn column,
      int dimension,
      int blockRows,
      int nullCount,
      @Nullable Extent nulls,
      List<Block> blocks) {
    return new ColumnEntry(
        column,
        dimension,
        blockRows,
        new ColumnStatistics(nullCount, 0, null, null),
        new byte[0],
        nulls,
        blocks);
  }

  /// The file as it grows.
  private static final class Output {
    private final WritableByteChannel target;
    private long position;

    Output(WritableByteChannel target) {
      this.target = target;
    }

    void write(ByteBuffer bytes) throws IOException {
      ByteBuffer left = bytes.duplicate();
      position += left.remaining();
      while (left.hasRemaining()) {
        target.write(left);
      }
    }

    void align() throws IOException {
      int padding = (int) (SegmentFormat.aligned(position) - position);
      if (padding > 0) {
        write(ByteBuffer.allocate(padding));
      }
    }

    Extent writeExtent(ByteBuffer bytes) throws IOException {
      align();
      Extent extent = new Extent(position, bytes.remaining(), SegmentFormat.crc(bytes));
      write(bytes);
      return extent;
    }
  }
}
