package quiver.common.catalog;

import java.util.Optional;
import quiver.common.type.SqlType;
import quiver.common.value.Bytes;

/// A column of a table.
///
/// @param id from 1, stable for the life of the table, never reused: PostgreSQL's `attnum`
/// @param defaultSql the DEFAULT expression as SQL text, normalised by the planner
/// @param sequenceId the sequence behind `serial` or GENERATED … AS IDENTITY
/// @param identity how the column is an identity column
/// @param generatedSql the expression of GENERATED ALWAYS AS (…) STORED, normalised by the planner
/// @param missing the value of rows that are older than the column, in
///   [quiver.common.value.DatumCodec]'s form; empty: NULL
public record ColumnDefinition(
    int id,
    String name,
    SqlType type,
    boolean notNull,
    Optional<String> defaultSql,
    Optional<Long> sequenceId,
    Identity identity,
    Optional<String> generatedSql,
    Optional<Bytes> missing) {
  /// `pg_attribute.attidentity`.
  public enum Identity {
    NONE,
    ALWAYS,
    BY_DEFAULT
  }

  /// A column that every row has and nothing computes.
  public ColumnDefinition(
      int id,
      String name,
      SqlType type,
      boolean notNull,
      Optional<String> defaultSql,
      Optional<Long> sequenceId,
      Identity identity) {
    this(
        id,
        name,
        type,
        notNull,
        defaultSql,
        sequenceId,
        identity,
        Optional.empty(),
        Optional.empty());
  }

  public ColumnDefinition withName(String newName) {
    return new ColumnDefinition(
        id, newName, type, notNull, defaultSql, sequenceId, identity, generatedSql, missing);
  }

  public ColumnDefinition withType(SqlType newType) {
    return new ColumnDefinition(
        id, name, newType, notNull, defaultSql, sequenceId, identity, generatedSql, missing);
  }

  public ColumnDefinition withNotNull(boolean newNotNull) {
    return new ColumnDefinition(
        id, name, type, newNotNull, defaultSql, sequenceId, identity, generatedSql, missing);
  }

  public ColumnDefinition withDefault(Optional<String> newDefault) {
    return new ColumnDefinition(
        id, name, type, notNull, newDefault, sequenceId, identity, generatedSql, missing);
  }

  public ColumnDefinition withSequence(Optional<Long> newSequence, Identity newIdentity) {
    return new ColumnDefinition(
        id, name, type, notNull, defaultSql, newSequence, newIdentity, generatedSql, missing);
  }

  public ColumnDefinition withGenerated(Optional<String> newGenerated) {
    return new ColumnDefinition(
        id, name, type, notNull, defaultSql, sequenceId, identity, newGenerated, missing);
  }

  public ColumnDefinition withMissing(Optional<Bytes> newMissing) {
    return new ColumnDefinition(
        id, name, type, notNull, defaultSql, sequenceId, identity, generatedSql, newMissing);
  }
}
