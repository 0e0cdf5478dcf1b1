package quiver.common.plan;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Why a statement cannot run for somebody who has all rights it needs: whoever lacks one hears of
/// that instead.
public record AccessRefusal(SqlState state, String message, String hint) {
  /// The error.
  public QuiverException error() {
    QuiverException error = QuiverException.ofMessage(state, message);
    return hint.isEmpty() ? error : error.withHint(hint);
  }
}
