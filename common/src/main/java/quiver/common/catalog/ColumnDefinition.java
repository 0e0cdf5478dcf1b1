package quiver.common.catalog;

import java.util.Optional;
import quiver.common.type.SqlType;

/// A column of a table.
///
/// @param id from 1, stable for the life of the table, never reused: PostgreSQL's `attnum`
/// @param defaultSql the DEFAULT expression as SQL text, normalised by the planner
/// @param sequenceId the sequence behind `serial` or GENERATED … AS IDENTITY
/// @param identity how the column is an identity column
public record ColumnDefinition(
    int id,
    String name,
    SqlType type,
    boolean notNull,
    Optional<String> defaultSql,
    Optional<Long> sequenceId,
    Identity identity) {
  /// `pg_attribute.attidentity`.
  public enum Identity {
    NONE,
    ALWAYS,
    BY_DEFAULT
  }
}
