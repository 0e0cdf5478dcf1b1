package quiver.frontend.copy;

import quiver.common.error.QuiverException;

/// Which line end a file uses: the first line decides, and the others must agree. Used by one
/// thread.
final class LineEnds {
  private final boolean csv;
  private Kind kind = Kind.UNKNOWN;

  private enum Kind {
    UNKNOWN,
    NEWLINE,
    RETURN,
    RETURN_NEWLINE
  }

  LineEnds(boolean csv) {
    this.csv = csv;
  }

  /// Whether the byte at `at` has to be looked at together with the next one.
  boolean needsNext(byte first) {
    return first == '\r' && kind != Kind.RETURN;
  }

  /// The length of the line end at `at`.
  ///
  /// @param end where the known bytes end; a return at the very end is a line end of its own
  /// @throws QuiverException `22P04` if the other lines end differently
  int length(byte[] bytes, int at, int end) {
    if (bytes[at] == '\n') {
      if (kind == Kind.RETURN || kind == Kind.RETURN_NEWLINE) {
        throw mixed("newline", "\\n");
      }
      kind = Kind.NEWLINE;
      return 1;
    }
    boolean newlineFollows = at + 1 < end && bytes[at + 1] == '\n';
    if (kind == Kind.NEWLINE || (kind == Kind.RETURN_NEWLINE && !newlineFollows)) {
      throw mixed("carriage return", "\\r");
    }
    if (kind == Kind.UNKNOWN) {
      kind = newlineFollows ? Kind.RETURN_NEWLINE : Kind.RETURN;
    }
    return kind == Kind.RETURN_NEWLINE ? 2 : 1;
  }

  private QuiverException mixed(String what, String escape) {
    QuiverException error =
        CopyColumn.badFile((csv ? "unquoted " : "literal ") + what + " found in data");
    return error.withHint(
        csv
            ? "Use quoted CSV field to represent " + what + "."
            : "Use \"" + escape + "\" to represent " + what + ".");
  }
}
