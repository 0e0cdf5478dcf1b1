package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/// One option of CREATE SEQUENCE or of an identity column.
public sealed interface SequenceOption {
  /// `AS type`.
  record As(TypeName type) implements SequenceOption {}

  /// `INCREMENT [BY] value`.
  record Increment(String value) implements SequenceOption {}

  /// `MINVALUE value`; null for NO MINVALUE.
  record Minimum(@Nullable String value) implements SequenceOption {}

  /// `MAXVALUE value`; null for NO MAXVALUE.
  record Maximum(@Nullable String value) implements SequenceOption {}

  /// `START [WITH] value`.
  record Start(String value) implements SequenceOption {}

  /// `RESTART [[WITH] value]`.
  record Restart(@Nullable String value) implements SequenceOption {}

  /// `CACHE value`.
  record Cache(String value) implements SequenceOption {}

  /// `[NO] CYCLE`.
  record Cycle(boolean cycle) implements SequenceOption {}

  /// `OWNED BY column`; null for OWNED BY NONE.
  record OwnedBy(@Nullable SqlIdentifier column) implements SequenceOption {}

  /// `SEQUENCE NAME name`.
  record Name(SqlIdentifier name) implements SequenceOption {}
}
