package quiver.frontend.copy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.plan.CopyOptions;
import quiver.common.type.SqlType;
import quiver.frontend.format.DatumFormat;

/// Turns rows into the messages of a COPY TO: one per row, as PostgreSQL does. Used by one thread.
public final class CopyWriter {
  private final CopyOptions options;
  private final DatumFormat format;
  private final MessageSink sink;
  private final byte[] nullText;
  private final Set<Integer> forceQuote;
  private byte[] buffer = new byte[1024];
  private int length;

  /// Takes a message's bytes; they are only good during the call.
  public interface MessageSink {
    void accept(byte[] bytes, int from, int count);
  }

  public CopyWriter(CopyOptions options, DatumFormat format, MessageSink sink) {
    this.options = options;
    this.format = format;
    this.sink = sink;
    this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
    this.forceQuote = new HashSet<>(options.forceQuote());
  }

  /// The header, if the format has one.
  public void begin(List<String> names) {
    if (options.format() == CopyOptions.Format.BINARY) {
      put(BinaryCopyReader.SIGNATURE);
      // It goes with the first row, as clients expect that take a message for a row.
      putInt(0);
      putInt(0);
    } else if (options.header()) {
      for (int i = 0; i < names.size(); i++) {
        if (i > 0) {
          put((byte) options.delimiter());
        }
        byte[] name = names.get(i).getBytes(StandardCharsets.UTF_8);
        if (options.format() == CopyOptions.Format.CSV) {
          putCsv(name, false, names.size() == 1);
        } else {
          putEscaped(name);
        }
      }
      put((byte) '\n');
      send();
    }
  }

  /// Rows.
  public void write(RowBatch rows) {
    for (int row = 0; row < rows.rowCount(); row++) {
      if (options.format() == CopyOptions.Format.BINARY) {
        binaryRow(rows, row);
      } else {
        textRow(rows, row);
      }
      send();
    }
  }

  /// The trailer, if the format has one.
  public void end() {
    if (options.format() == CopyOptions.Format.BINARY) {
      putShort(-1);
      send();
    }
  }

  private void binaryRow(RowBatch rows, int row) {
    putShort(rows.columns().size());
    for (Column column : rows.columns()) {
      Object value = column.valueAt(row);
      if (value == null) {
        putInt(-1);
      } else {
        byte[] bytes = format.binary(column.type(), value);
        putInt(bytes.length);
        put(bytes);
      }
    }
  }

  private void textRow(RowBatch rows, int row) {
    for (int i = 0; i < rows.columns().size(); i++) {
      if (i > 0) {
        put((byte) options.delimiter());
      }
      SqlType type = rows.column(i).type();
      Object value = rows.column(i).valueAt(row);
      if (value == null) {
        put(nullText);
        continue;
      }
      byte[] bytes = format.text(type, value).getBytes(StandardCharsets.UTF_8);
      if (options.format() == CopyOptions.Format.CSV) {
        putCsv(bytes, forceQuote.contains(i), rows.columns().size() == 1);
      } else {
        putEscaped(bytes);
      }
    }
    put((byte) '\n');
  }

  private void putEscaped(byte[] bytes) {
    for (byte b : bytes) {
      if (b >= ' ' && b != '\\' && b != options.delimiter()) {
        put(b);
        continue;
      }
      byte letter =
          switch (b) {
            case '\b' -> 'b';
            case '\f' -> 'f';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case 0x0b -> 'v';
            default -> b;
          };
      if (letter != b || b == '\\' || b == options.delimiter()) {
        put((byte) '\\');
      }
      put(letter);
    }
  }

  private void putCsv(byte[] bytes, boolean forced, boolean onlyColumn) {
    boolean quoted =
        forced
            || Arrays.equals(bytes, nullText)
            || (onlyColumn && bytes.length == 2 && bytes[0] == '\\' && bytes[1] == '.');
    for (int i = 0; !quoted && i < bytes.length; i++) {
      byte b = bytes[i];
      quoted = b == options.delimiter() || b == options.quote() || b == '\n' || b == '\r';
    }
    if (!quoted) {
      put(bytes);
      return;
    }
    put((byte) options.quote());
    for (byte b : bytes) {
      if (b == options.quote() || b == options.escape()) {
        put((byte) options.escape());
      }
      put(b);
    }
    put((byte) options.quote());
  }

  private void room(int count) {
    if (buffer.length - length < count) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, length + count));
    }
  }

  private void put(byte b) {
    room(1);
    buffer[length++] = b;
  }

  private void put(byte[] bytes) {
    room(bytes.length);
    System.arraycopy(bytes, 0, buffer, length, bytes.length);
    length += bytes.length;
  }

  private void putShort(int value) {
    put((byte) (value >>> 8));
    put((byte) value);
  }

  private void putInt(int value) {
    putShort(value >>> 16);
    putShort(value);
  }

  private void send() {
    sink.accept(buffer, 0, length);
    length = 0;
  }
}
