package quiver.frontend.statement;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.time.Timestamp;
import quiver.common.type.BaseType;

/// The snapshots that FOR SYSTEM_TIME AS OF means in one statement: an expression has one value
/// there, however often its table is read. Used by the statement's thread.
final class PastSnapshots {
  private static final long MILLIS_FROM_1970_TO_2000 = 946_684_800_000L;

  /// Counts of the oracle for a microsecond, so that a millisecond's fit into its counter.
  private static final int COUNTS_A_MICROSECOND = (1 << Timestamp.LOGICAL_BITS) / 1_000;

  private final Map<Expression, Long> known = new HashMap<>();

  /// @throws QuiverException `22004` for NULL, `22023` for what is yet to come, `72000` for what is
  ///   not kept any more
  long of(Expression moment, StatementScope scope, StatementServices services) {
    Long before = known.get(moment);
    if (before != null) {
      return before;
    }
    long snapshot = snapshot(moment, scope, services);
    known.put(moment, snapshot);
    return snapshot;
  }

  private static long snapshot(
      Expression moment, StatementScope scope, StatementServices services) {
    @Nullable Object value = new QueryRunner(services).value(moment, scope);
    if (!(value instanceof Long number)) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "FOR SYSTEM_TIME AS OF must not be null");
    }
    long now = services.root().moment().timestamp();
    long snapshot =
        moment.type().base() == BaseType.TIMESTAMPTZ ? atTime(number, now) : number.longValue();
    if (snapshot > now) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "FOR SYSTEM_TIME AS OF lies in the future");
    }
    long kept = services.historyRetention().toMillis();
    if (snapshot < 0 || Timestamp.epochMillis(snapshot) < Timestamp.epochMillis(now) - kept) {
      throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "snapshot too old")
          .withDetail("Rows of the past are kept for " + kept / 1_000 + " seconds.")
          .withHint("Set history-retention in the configuration to keep them longer.");
    }
    return snapshot;
  }

  /// What was committed at or before a time.
  ///
  /// @param micros since 2000
  private static long atTime(long micros, long now) {
    long millis = Math.floorDiv(micros, 1_000) + MILLIS_FROM_1970_TO_2000;
    if (millis < 0) {
      return -1;
    }
    long newest = Timestamp.epochMillis(now);
    if (millis > newest) {
      return Long.MAX_VALUE;
    }
    int counter = Math.floorMod(micros, 1_000) * COUNTS_A_MICROSECOND;
    return millis == newest
        ? Math.min(now, Timestamp.of(millis, counter))
        : Timestamp.of(millis, counter);
  }
}
