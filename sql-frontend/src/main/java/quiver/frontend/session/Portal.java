package quiver.frontend.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A bound statement, or a cursor. Used by the session's thread only.
final class Portal {
  private final String name;
  private final PreparedStatement statement;
  private final @Nullable Object[] parameters;
  private final int[] resultFormats;
  private final Kind kind;
  private final String text;
  private final long createdMicros;
  private @Nullable StatementResult result;
  private boolean finished;
  private boolean held;
  private @Nullable ScrollableRows scroll;
  private final Map<Long, List<long[]>> lockedRows = new HashMap<>();

  /// @param holdable a cursor WITH HOLD
  /// @param scrollable a cursor declared SCROLL
  record Kind(boolean cursor, boolean binary, boolean holdable, boolean scrollable) {
    /// Made by Bind.
    static final Kind PROTOCOL = new Kind(false, false, false, false);
  }

  /// @param resultFormats as Bind gave them: none, one for all, or one per column
  Portal(
      String name,
      PreparedStatement statement,
      @Nullable Object[] parameters,
      int[] resultFormats,
      Kind kind,
      String text,
      long createdMicros) {
    this.name = name;
    this.statement = statement;
    this.parameters = parameters;
    this.resultFormats = resultFormats;
    this.kind = kind;
    this.text = text;
    this.createdMicros = createdMicros;
  }

  String name() {
    return name;
  }

  PreparedStatement statement() {
    return statement;
  }

  /// Datums of the client's parameters.
  @Nullable Object[] parameters() {
    return parameters;
  }

  Kind kind() {
    return kind;
  }

  /// The statement as `pg_cursors` shows it.
  String text() {
    return text;
  }

  long createdMicros() {
    return createdMicros;
  }

  /// One format per column.
  int[] formats(int columnCount) {
    int[] formats = new int[columnCount];
    for (int i = 0; i < columnCount; i++) {
      formats[i] =
          switch (resultFormats.length) {
            case 0 -> 0;
            case 1 -> resultFormats[0];
            default -> resultFormats[i];
          };
    }
    return formats;
  }

  @Nullable StatementResult result() {
    return result;
  }

  void start(StatementResult started) {
    result = started;
  }

  /// The rows of a running scrollable cursor.
  ScrollableRows scroll() {
    ScrollableRows rows = scroll;
    if (rows == null) {
      rows = new ScrollableRows(Objects.requireNonNull(result));
      scroll = rows;
    }
    return rows;
  }

  /// Notes the stored rows behind the next rows of the query.
  void noteRows(long tableId, long[] addresses) {
    lockedRows.computeIfAbsent(tableId, ignored -> new ArrayList<>()).add(addresses);
  }

  /// The stored row of a table behind the row the cursor stands on.
  ///
  /// @throws QuiverException `24000`
  long currentRow(TableDefinition table) {
    List<long[]> rows = lockedRows.get(table.id());
    StatementResult running = result;
    if (running == null || (rows == null && running.givenCount() > 0)) {
      throw new QuiverException(
          SqlState.INVALID_CURSOR_STATE,
          "cursor \"%s\" does not have a FOR UPDATE/SHARE reference to table \"%s\"",
          name,
          table.name());
    }
    long number = kind.scrollable() ? scroll().position() : running.givenCount();
    long start = 0;
    for (long[] piece : rows == null ? List.<long[]>of() : rows) {
      if (number > start && number <= start + piece.length && !atEnd(running)) {
        return piece[(int) (number - start - 1)];
      }
      start += piece.length;
    }
    throw new QuiverException(
        SqlState.INVALID_CURSOR_STATE, "cursor \"%s\" is not positioned on a row", name);
  }

  private boolean atEnd(StatementResult running) {
    return !kind.scrollable() && running.isPastEnd();
  }

  /// Whether the command is complete and must not run again.
  boolean isFinished() {
    return finished;
  }

  void finish() {
    finished = true;
  }

  /// Whether its rows have outlived the transaction they were read in.
  boolean isHeld() {
    return held;
  }

  /// Reads what is left into memory.
  void hold() {
    StatementResult rows = Objects.requireNonNull(result);
    if (kind.scrollable()) {
      scroll().readAll();
    } else {
      rows.materialise();
    }
    held = true;
  }

  void close() {
    if (result != null) {
      result.close();
    }
  }

  /// Forgets that it ran: the statement's transaction is run again.
  void restart() {
    close();
    result = null;
    scroll = null;
    finished = false;
  }
}
