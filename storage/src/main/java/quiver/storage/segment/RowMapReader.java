package quiver.storage.segment;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.storage.segment.Footer.Extent;

/// Reads the row map of a segment file and nothing else of it: who does not serve the segment needs
/// to know no more.
public final class RowMapReader {
  private RowMapReader() {}

  /// Reads a part of the file.
  @FunctionalInterface
  public interface Source {
    byte[] read(long offset, int length);
  }

  /// The row map of a file, checked, if it has one.
  ///
  /// @throws QuiverException `XX001` if the file is damaged
  public static Optional<RowMap> read(String objectName, long sizeBytes, Source source) {
    String what = "object \"" + objectName + "\"";
    if (sizeBytes < SegmentFormat.HEADER_BYTES + SegmentFormat.TRAILER_BYTES) {
      throw SegmentReader.damaged(what, "it is cut off at " + sizeBytes + " bytes");
    }
    SegmentReader.FileBytes file =
        (offset, length) ->
            ByteBuffer.wrap(source.read(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
    int rowCount = SegmentReader.checkHeader(what, file.at(0, SegmentFormat.HEADER_BYTES));
    Footer footer = SegmentReader.readFooter(what, file, sizeBytes, rowCount);
    Optional<Extent> from = footer.section(Footer.OLD_ADDRESSES);
    Optional<Extent> to = footer.section(Footer.NEW_ADDRESSES);
    return from.isPresent() && to.isPresent()
        ? Optional.of(new RowMap(section(what, file, from.get()), section(what, file, to.get())))
        : Optional.empty();
  }

  private static MemorySegment section(String what, SegmentReader.FileBytes file, Extent extent) {
    ByteBuffer bytes = file.at(extent.offset(), Math.toIntExact(extent.sizeBytes()));
    if (SegmentFormat.crc(bytes) != extent.crc()) {
      throw SegmentReader.damaged(what, "its row map has a wrong checksum");
    }
    return MemorySegment.ofBuffer(bytes);
  }
}
