package quiver.frontend.copy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.format.FormatSettings;
import quiver.common.plan.CopyOptions;
import quiver.common.type.SqlType;

/// COPY's csv format: quoted fields may hold delimiters, quotes and line ends; an unquoted null
/// text is NULL. Source: PostgreSQL 15's documentation of COPY and its error texts.
final class CsvCopyReader extends CopyReader {
  private final LineEnds lineEnds = new LineEnds(true);
  private final byte delimiter;
  private final byte quote;
  private final byte escape;
  private final byte[] nullText;
  private final Set<Integer> forceNotNull;
  private final Set<Integer> forceNull;
  private boolean headerLeft;
  private byte[] scratch = new byte[1024];
  private long linesInRow;

  CsvCopyReader(
      CopyOptions options,
      Target target,
      List<SqlType> types,
      FormatSettings settings,
      BatchSink sink) {
    super(options, target, types, settings, sink, true);
    this.delimiter = (byte) options.delimiter();
    this.quote = (byte) options.quote();
    this.escape = (byte) options.escape();
    this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
    this.forceNotNull = new HashSet<>(options.forceNotNull());
    this.forceNull = new HashSet<>(options.forceNull());
    this.headerLeft = options.header();
  }

  @Override
  int parse(byte[] bytes, int length, boolean last) {
    int lineStart = 0;
    int at = 0;
    boolean quoted = false;
    boolean escaped = false;
    linesInRow = 0;
    while (at < length) {
      byte b = bytes[at];
      if (quoted && b == escape && escape != quote) {
        escaped = !escaped;
        at++;
        continue;
      }
      if (b == quote && !(quoted && escaped)) {
        quoted = !quoted;
      }
      escaped = false;
      if (b != '\n' && b != '\r') {
        at++;
      } else if (quoted) {
        linesInRow += b == '\n' ? 1 : 0;
        at++;
      } else {
        if (lineEnds.needsNext(b) && at + 1 == length && !last) {
          return lineStart;
        }
        int size = lineEnd(bytes, lineStart, at, length);
        if (isMarker(bytes, lineStart, at)) {
          markEnded();
          return length;
        }
        line(bytes, lineStart, at);
        at += size;
        lineStart = at;
        linesInRow = 0;
      }
    }
    if (last && lineStart < length) {
      if (isMarker(bytes, lineStart, length)) {
        markEnded();
        return length;
      }
      line(bytes, lineStart, length);
      lineStart = length;
    }
    return lineStart;
  }

  private int lineEnd(byte[] bytes, int lineStart, int at, int length) {
    try {
      return lineEnds.length(bytes, at, length);
    } catch (QuiverException e) {
      lineNumber++;
      throw atLine(e, bytes, lineStart, at);
    }
  }

  private static boolean isMarker(byte[] bytes, int from, int to) {
    return to - from == 2 && bytes[from] == '\\' && bytes[from + 1] == '.';
  }

  private void line(byte[] bytes, int from, int to) {
    lineNumber += 1 + linesInRow;
    if (headerLeft) {
      headerLeft = false;
      if (options.headerMatch()) {
        requireHeader(names(bytes, from, to));
      }
      return;
    }
    if (columnCount() == 0) {
      if (from < to) {
        throw atLine(TextCopyReader.extraData(), bytes, from, to);
      }
      endRow(bytes, from, to);
      return;
    }
    int column = 0;
    int at = from;
    while (true) {
      if (column == columnCount()) {
        throw atLine(TextCopyReader.extraData(), bytes, from, to);
      }
      int next = field(column++, bytes, at, from, to);
      if (next > to) {
        break;
      }
      at = next;
    }
    if (column < columnCount()) {
      throw atLine(
          CopyColumn.badFile("missing data for column \"" + columnName(column) + "\""),
          bytes,
          from,
          to);
    }
    endRow(bytes, from, to);
  }

  /// Reads one field.
  ///
  /// @return where the next begins; behind `to` after the last
  private int field(int column, byte[] bytes, int from, int lineStart, int to) {
    int end = from;
    while (end < to && bytes[end] != delimiter && bytes[end] != quote) {
      end++;
    }
    if (end == to || bytes[end] == delimiter) {
      put(column, bytes, from, end, false);
      return end + 1;
    }
    int next = unquote(bytes, from, lineStart, to);
    put(column, scratch, 0, scratchLength, true);
    return next;
  }

  private int scratchLength;

  /// Takes the quotes off the field at `from`, into the scratch buffer.
  ///
  /// @return where the next field begins; behind `to` after the last
  private int unquote(byte[] bytes, int from, int lineStart, int to) {
    if (scratch.length < to - from) {
      scratch = new byte[to - from];
    }
    int length = 0;
    int at = from;
    boolean quoted = false;
    while (true) {
      if (at >= to) {
        if (quoted) {
          throw atLine(CopyColumn.badFile("unterminated CSV quoted field"), bytes, lineStart, to);
        }
        scratchLength = length;
        return to + 1;
      }
      byte b = bytes[at++];
      if (!quoted) {
        if (b == delimiter) {
          scratchLength = length;
          return at;
        }
        if (b == quote) {
          quoted = true;
        } else {
          scratch[length++] = b;
        }
      } else if (b == escape && at < to && (bytes[at] == escape || bytes[at] == quote)) {
        scratch[length++] = bytes[at++];
      } else if (b == quote) {
        quoted = false;
      } else {
        scratch[length++] = b;
      }
    }
  }

  private void put(int column, byte[] bytes, int from, int to, boolean quoted) {
    boolean isNull =
        to - from == nullText.length
            && Arrays.equals(bytes, from, to, nullText, 0, nullText.length)
            && (quoted ? forceNull.contains(column) : !forceNotNull.contains(column));
    if (isNull) {
      putNull(column);
    } else {
      putText(column, bytes, from, to);
    }
  }

  private List<String> names(byte[] bytes, int from, int to) {
    List<String> names = new ArrayList<>();
    int at = from;
    while (at <= to) {
      at = unquote(bytes, at, from, to);
      names.add(CopyColumn.shown(scratch, 0, scratchLength));
    }
    return names;
  }
}
