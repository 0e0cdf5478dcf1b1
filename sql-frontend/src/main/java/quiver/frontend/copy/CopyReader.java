package quiver.frontend.copy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.format.FormatSettings;
import quiver.common.plan.CopyOptions;
import quiver.common.type.Layout;
import quiver.common.type.SqlType;

/// Turns the bytes of a COPY FROM into batches of rows. Bytes come in pieces of any size. Used by
/// one thread.
public abstract class CopyReader {
  /// Rows of a batch.
  static final int ROW_COUNT_MAX = 4096;

  /// Floats of a batch's widest vector column: wide rows make shorter batches, which the collector
  /// can place and free cheaply and which pass through the caches on their way to the log.
  private static final int FLOAT_COUNT_MAX = 1 << 18;

  /// Bytes of one row.
  static final int ROW_SIZE_BYTES_MAX = 256 << 20;

  /// Bytes a batch is made of, at most about.
  private static final int BATCH_SIZE_BYTES = 4 << 20;

  /// Characters of a value or line that an error shows: PostgreSQL's limit.
  private static final int SHOWN_LENGTH_MAX = 100;

  final CopyOptions options;
  final List<CopyColumn> columns = new ArrayList<>();
  private final Target target;
  private final BatchSink sink;
  private final int capacity;
  private final long[] lineNumbers;
  private final @Nullable LineStart[] lines;
  private byte[] carried = {};
  private int carriedLength;
  private int rowCount;
  private long batchBytes;
  long lineNumber;
  private boolean ended;

  /// The first bytes of a line, for messages.
  private record LineStart(byte[] bytes) {}

  /// Where rows go, for messages.
  ///
  /// @param columns names in the stream's order
  public record Target(String table, List<String> columns) {
    public Target {
      columns = List.copyOf(columns);
    }
  }

  /// Takes the rows.
  public interface BatchSink {
    /// @param context says where a row came from, as PostgreSQL's CONTEXT does
    void accept(RowBatch rows, RowContext context);
  }

  /// Where the rows of a batch came from.
  public interface RowContext {
    /// For example `COPY items, line 7: "7,seven"`.
    String of(int row);
  }

  CopyReader(
      CopyOptions options,
      Target target,
      List<SqlType> types,
      FormatSettings settings,
      BatchSink sink,
      boolean keepsLines) {
    this.options = options;
    this.target = target;
    this.sink = sink;
    int widest = 1;
    for (SqlType type : types) {
      if (type.layout() == Layout.VECTOR) {
        widest = Math.max(widest, type.modifier());
      }
    }
    this.capacity = Math.max(16, Math.min(ROW_COUNT_MAX, FLOAT_COUNT_MAX / widest));
    for (SqlType type : types) {
      columns.add(CopyColumn.create(type, settings, capacity));
    }
    this.lineNumbers = new long[capacity];
    this.lines = new @Nullable LineStart[keepsLines ? capacity : 0];
  }

  /// A reader for a format.
  public static CopyReader create(
      CopyOptions options,
      Target target,
      List<SqlType> types,
      FormatSettings settings,
      BatchSink sink) {
    return switch (options.format()) {
      case TEXT -> new TextCopyReader(options, target, types, settings, sink);
      case CSV -> new CsvCopyReader(options, target, types, settings, sink);
      case BINARY -> new BinaryCopyReader(options, target, types, settings, sink);
    };
  }

  /// Reads the next piece.
  @SuppressWarnings("ReferenceEquality")
  public final void read(byte[] bytes) {
    if (ended) {
      return;
    }
    byte[] input = bytes;
    int length = bytes.length;
    if (carriedLength > 0) {
      if ((long) carriedLength + bytes.length > ROW_SIZE_BYTES_MAX) {
        throw new QuiverException(
                SqlState.PROGRAM_LIMIT_EXCEEDED,
                "row of a COPY is longer than %d bytes",
                ROW_SIZE_BYTES_MAX)
            .with(Field.WHERE, rowContext(lineNumber + 1));
      }
      int needed = carriedLength + bytes.length;
      if (carried.length < needed) {
        carried = Arrays.copyOf(carried, Math.max(needed, 2 * carried.length));
      }
      System.arraycopy(bytes, 0, carried, carriedLength, bytes.length);
      input = carried;
      length = needed;
    }
    int consumed = parse(input, length, false);
    carriedLength = ended ? 0 : length - consumed;
    if (carriedLength > 0) {
      if (input == carried) {
        System.arraycopy(carried, consumed, carried, 0, carriedLength);
      } else {
        if (carried.length < carriedLength) {
          carried = new byte[Math.max(carriedLength, 2 * carried.length)];
        }
        System.arraycopy(bytes, consumed, carried, 0, carriedLength);
      }
    }
  }

  /// Nothing more comes.
  public final void finish() {
    if (!ended) {
      int consumed = parse(carried, carriedLength, true);
      assert ended || consumed == carriedLength;
    }
    end();
    flush();
  }

  /// Reads whole rows.
  ///
  /// @param last whether nothing follows
  /// @return how many bytes were used
  abstract int parse(byte[] bytes, int length, boolean last);

  /// What must hold when nothing more comes.
  void end() {}

  /// The end marker was read: whatever follows is ignored.
  final void markEnded() {
    ended = true;
  }

  final int row() {
    return rowCount;
  }

  final int columnCount() {
    return columns.size();
  }

  final String columnName(int column) {
    return target.columns().get(column);
  }

  /// The current row is complete.
  final void endRow(byte[] bytes, int from, int to) {
    lineNumbers[rowCount] = lineNumber;
    if (lines.length > 0) {
      // Some bytes more than are shown, so that the cut can be made between characters.
      lines[rowCount] =
          new LineStart(Arrays.copyOfRange(bytes, from, Math.min(to, from + 4 * SHOWN_LENGTH_MAX)));
    }
    rowCount++;
    batchBytes += to - from;
    if (rowCount == capacity || batchBytes > BATCH_SIZE_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (rowCount == 0) {
      return;
    }
    List<Column> built = new ArrayList<>(columns.size());
    for (CopyColumn column : columns) {
      built.add(column.build(rowCount));
      column.clear(capacity);
    }
    int count = rowCount;
    rowCount = 0;
    batchBytes = 0;
    sink.accept(new RowBatch(count, built), this::context);
  }

  private String context(int row) {
    String where = rowContext(lineNumbers[row]);
    @Nullable LineStart line = lines.length == 0 ? null : lines[row];
    return line == null
        ? where
        : where + ": \"" + shortened(new String(line.bytes(), StandardCharsets.UTF_8)) + '"';
  }

  private String rowContext(long line) {
    return "COPY " + target.table() + ", line " + line;
  }

  static String shortened(String text) {
    return text.codePointCount(0, text.length()) <= SHOWN_LENGTH_MAX
        ? text
        : text.substring(0, text.offsetByCodePoints(0, SHOWN_LENGTH_MAX)) + "...";
  }

  /// The error as a fault of the current line.
  final QuiverException atLine(QuiverException error, byte[] bytes, int from, int to) {
    return error.with(
        Field.WHERE,
        rowContext(lineNumber) + ": \"" + shortened(CopyColumn.shown(bytes, from, to)) + '"');
  }

  final QuiverException atLine(QuiverException error) {
    return error.with(Field.WHERE, rowContext(lineNumber));
  }

  /// The error as a fault of a field of the current line.
  final QuiverException atField(QuiverException error, int column, String value) {
    return error.with(
        Field.WHERE,
        rowContext(lineNumber)
            + ", column "
            + columnName(column)
            + ": \""
            + shortened(value)
            + '"');
  }

  final QuiverException atField(QuiverException error, int column) {
    return error.with(Field.WHERE, rowContext(lineNumber) + ", column " + columnName(column));
  }

  /// Puts a text field into the current row.
  final void putText(int column, byte[] bytes, int from, int to) {
    try {
      columns.get(column).putText(rowCount, bytes, from, to);
    } catch (QuiverException e) {
      throw atField(e, column, CopyColumn.shown(bytes, from, to));
    }
  }

  final void putNull(int column) {
    columns.get(column).putNull(rowCount);
  }

  /// Checks HEADER MATCH.
  final void requireHeader(List<String> names) {
    if (names.size() != columnCount()) {
      throw atLine(
          new QuiverException(
              SqlState.BAD_COPY_FILE_FORMAT,
              "wrong number of fields in header line: got %d, expected %d",
              names.size(),
              columnCount()));
    }
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(columnName(i))) {
        throw atLine(
            new QuiverException(
                SqlState.BAD_COPY_FILE_FORMAT,
                "column name mismatch in header line field %d: got \"%s\", expected \"%s\"",
                i + 1,
                names.get(i),
                columnName(i)));
      }
    }
  }
}
