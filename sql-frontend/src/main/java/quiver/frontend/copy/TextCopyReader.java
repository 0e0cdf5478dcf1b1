package quiver.frontend.copy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.format.FormatSettings;
import quiver.common.plan.CopyOptions;
import quiver.common.type.SqlType;

/// COPY's text format: fields between delimiters, backslash escapes. Source: PostgreSQL 15's
/// documentation of COPY and its error texts.
final class TextCopyReader extends CopyReader {
  private final LineEnds lineEnds = new LineEnds(false);
  private final byte delimiter;
  private final byte[] nullText;
  private boolean headerLeft;
  private byte[] scratch = new byte[1024];

  TextCopyReader(
      CopyOptions options,
      Target target,
      List<SqlType> types,
      FormatSettings settings,
      BatchSink sink) {
    super(options, target, types, settings, sink, true);
    this.delimiter = (byte) options.delimiter();
    this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
    this.headerLeft = options.header();
  }

  @Override
  int parse(byte[] bytes, int length, boolean last) {
    int lineStart = 0;
    int at = 0;
    boolean escapes = false;
    while (at < length) {
      byte b = bytes[at];
      if (b > '\r' && b != '\\') {
        at++;
      } else if (b == '\\') {
        if (at + 1 == length) {
          at++;
          escapes = true;
          continue;
        }
        if (bytes[at + 1] == '.') {
          int end = marker(bytes, lineStart, at, length, last);
          if (end < 0) {
            return lineStart;
          }
          if (at > lineStart) {
            line(bytes, lineStart, at, escapes);
          }
          markEnded();
          return length;
        }
        escapes = true;
        at += 2;
      } else if (b == '\n' || b == '\r') {
        if (lineEnds.needsNext(b) && at + 1 == length && !last) {
          return lineStart;
        }
        int size = lineEnd(bytes, lineStart, at, length);
        line(bytes, lineStart, at, escapes);
        at += size;
        lineStart = at;
        escapes = false;
      } else {
        at++;
      }
    }
    if (last && lineStart < length) {
      line(bytes, lineStart, length, escapes);
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

  /// The end of the `\.` at `at`, or -1 if more bytes have to come.
  private int marker(byte[] bytes, int lineStart, int at, int length, boolean last) {
    int after = at + 2;
    if (after == length) {
      return last ? after : -1;
    }
    if (bytes[after] == '\n' || bytes[after] == '\r') {
      return after + 1;
    }
    lineNumber++;
    throw atLine(
        CopyColumn.badFile("end-of-copy marker corrupt"),
        bytes,
        lineStart,
        Math.min(length, after));
  }

  private void line(byte[] bytes, int from, int to, boolean escapes) {
    lineNumber++;
    if (headerLeft) {
      headerLeft = false;
      if (options.headerMatch()) {
        requireHeader(names(bytes, from, to));
      }
      return;
    }
    if (columnCount() == 0) {
      if (from < to) {
        throw atLine(extraData(), bytes, from, to);
      }
      endRow(bytes, from, to);
      return;
    }
    int column = 0;
    int at = from;
    while (true) {
      int end = at;
      if (!escapes) {
        while (end < to && bytes[end] != delimiter) {
          end++;
        }
      } else {
        while (end < to && bytes[end] != delimiter) {
          end += bytes[end] == '\\' && end + 1 < to ? 2 : 1;
        }
      }
      if (column == columnCount()) {
        throw atLine(extraData(), bytes, from, to);
      }
      field(column++, bytes, at, end, escapes);
      if (end == to) {
        break;
      }
      at = end + 1;
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

  static QuiverException extraData() {
    return CopyColumn.badFile("extra data after last expected column");
  }

  private void field(int column, byte[] bytes, int from, int to, boolean escapes) {
    if (to - from == nullText.length
        && Arrays.equals(bytes, from, to, nullText, 0, nullText.length)) {
      putNull(column);
      return;
    }
    if (escapes) {
      for (int i = from; i < to; i++) {
        if (bytes[i] == '\\') {
          int length = unescape(bytes, from, to);
          putText(column, scratch, 0, length);
          return;
        }
      }
    }
    putText(column, bytes, from, to);
  }

  private int unescape(byte[] bytes, int from, int to) {
    if (scratch.length < to - from) {
      scratch = new byte[to - from];
    }
    int length = 0;
    int i = from;
    while (i < to) {
      byte b = bytes[i++];
      if (b != '\\' || i == to) {
        scratch[length++] = b;
        continue;
      }
      byte c = bytes[i++];
      switch (c) {
        case 'b' -> scratch[length++] = '\b';
        case 'f' -> scratch[length++] = '\f';
        case 'n' -> scratch[length++] = '\n';
        case 'r' -> scratch[length++] = '\r';
        case 't' -> scratch[length++] = '\t';
        case 'v' -> scratch[length++] = 0x0b;
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          int value = c - '0';
          for (int n = 0; n < 2 && i < to && bytes[i] >= '0' && bytes[i] <= '7'; n++) {
            value = value * 8 + bytes[i++] - '0';
          }
          scratch[length++] = (byte) value;
        }
        case 'x' -> {
          int value = i < to ? Character.digit(bytes[i], 16) : -1;
          if (value < 0) {
            scratch[length++] = 'x';
          } else {
            i++;
            int second = i < to ? Character.digit(bytes[i], 16) : -1;
            if (second >= 0) {
              value = value * 16 + second;
              i++;
            }
            scratch[length++] = (byte) value;
          }
        }
        default -> scratch[length++] = c;
      }
    }
    return length;
  }

  private List<String> names(byte[] bytes, int from, int to) {
    List<String> names = new ArrayList<>();
    int at = from;
    for (int i = from; i <= to; i++) {
      if (i == to || bytes[i] == delimiter) {
        int length = unescape(bytes, at, i);
        names.add(CopyColumn.shown(scratch, 0, length));
        at = i + 1;
      }
    }
    return names;
  }
}
