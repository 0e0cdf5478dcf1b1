package quiver.frontend.copy;

import java.util.Arrays;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.FormatSettings;
import quiver.common.plan.CopyOptions;
import quiver.common.type.SqlType;

/// COPY's binary format: a header, then per row a field count and length-prefixed fields. Source:
/// PostgreSQL 15's documentation of COPY and its error texts.
final class BinaryCopyReader extends CopyReader {
  static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
  private static final int HEADER_LENGTH = SIGNATURE.length + 8;
  private static final int FLAG_OIDS = 1 << 16;

  private boolean headerRead;
  private boolean trailerRead;

  BinaryCopyReader(
      CopyOptions options,
      Target target,
      List<SqlType> types,
      FormatSettings settings,
      BatchSink sink) {
    super(options, target, types, settings, sink, false);
  }

  @Override
  int parse(byte[] bytes, int length, boolean last) {
    int at = 0;
    if (!headerRead) {
      int end = header(bytes, length);
      if (end < 0) {
        if (last) {
          throw CopyColumn.badFile("COPY file signature not recognized");
        }
        return 0;
      }
      headerRead = true;
      at = end;
    }
    while (length - at >= 2) {
      if (trailerRead) {
        throw CopyColumn.badFile("received copy data after EOF marker");
      }
      int end = row(bytes, at, length);
      if (end < 0) {
        break;
      }
      at = end;
    }
    if (trailerRead && at < length) {
      throw CopyColumn.badFile("received copy data after EOF marker");
    }
    if (last && at < length) {
      throw atLine(CopyColumn.badFile("unexpected EOF in COPY data"));
    }
    return at;
  }

  /// The end of the header, or -1 if more bytes have to come.
  private static int header(byte[] bytes, int length) {
    int known = Math.min(length, SIGNATURE.length);
    if (!Arrays.equals(bytes, 0, known, SIGNATURE, 0, known)) {
      throw CopyColumn.badFile("COPY file signature not recognized");
    }
    if (length < HEADER_LENGTH) {
      return -1;
    }
    int flags = CopyColumn.int32(bytes, SIGNATURE.length);
    if ((flags & FLAG_OIDS) != 0) {
      throw CopyColumn.badFile("invalid COPY file header (WITH OIDS)");
    }
    if (flags >>> 16 != 0) {
      throw CopyColumn.badFile("unrecognized critical flags in COPY file header");
    }
    int extension = CopyColumn.int32(bytes, SIGNATURE.length + 4);
    if (extension < 0) {
      throw CopyColumn.badFile("invalid COPY file header (missing length)");
    }
    return length - HEADER_LENGTH < extension ? -1 : HEADER_LENGTH + extension;
  }

  /// The end of the row at `from`, or -1 if more bytes have to come.
  private int row(byte[] bytes, int from, int length) {
    int count = (short) ((bytes[from] & 0xff) << 8 | (bytes[from + 1] & 0xff));
    if (count == -1) {
      trailerRead = true;
      return from + 2;
    }
    lineNumber++;
    if (count != columnCount()) {
      throw atLine(
          new QuiverException(
              SqlState.BAD_COPY_FILE_FORMAT,
              "row field count is %d, expected %d",
              count,
              columnCount()));
    }
    int at = from + 2;
    for (int column = 0; column < count; column++) {
      if (length - at < 4) {
        lineNumber--;
        return -1;
      }
      int size = CopyColumn.int32(bytes, at);
      if (size < -1) {
        throw atField(CopyColumn.badFile("invalid field size"), column);
      }
      at += 4;
      if (size >= 0) {
        if (length - at < size) {
          lineNumber--;
          return -1;
        }
        at += size;
      }
    }
    fields(bytes, from + 2);
    endRow(bytes, from, at);
    return at;
  }

  private void fields(byte[] bytes, int from) {
    int at = from;
    for (int column = 0; column < columnCount(); column++) {
      int size = CopyColumn.int32(bytes, at);
      at += 4;
      if (size < 0) {
        putNull(column);
        continue;
      }
      try {
        columns.get(column).putBinary(row(), bytes, at, size);
      } catch (QuiverException e) {
        throw atField(e, column);
      }
      at += size;
    }
  }

  @Override
  void end() {
    if (!headerRead) {
      throw CopyColumn.badFile("COPY file signature not recognized");
    }
  }
}
