package quiver.common.catalog;

import java.util.Optional;
import quiver.common.type.SqlType;

/// One key of an index.
///
/// @param operatorClass for example `vector_cosine_ops`
/// @param collation as written in COLLATE; empty: the column's
/// @param nullsFirst where NULLs sort; the default is last when ascending, first when descending
public record IndexKey(
    Source source,
    String operatorClass,
    Optional<String> collation,
    boolean descending,
    boolean nullsFirst) {
  /// What is indexed.
  public sealed interface Source {}

  /// A column of the table.
  public record Column(int columnId) implements Source {}

  /// The value of an expression.
  ///
  /// @param name `pg_attribute.attname` of the index column
  public record Computed(String name, IndexExpression expression) implements Source {}

  /// A column, ascending, with the column's collation.
  public static IndexKey ofColumn(int columnId, String operatorClass) {
    return new IndexKey(new Column(columnId), operatorClass, Optional.empty(), false, false);
  }

  /// The same key of another operator class.
  public IndexKey withOperatorClass(String newClass) {
    return new IndexKey(source, newClass, collation, descending, nullsFirst);
  }

  /// The column, if it is one.
  public Optional<Integer> columnId() {
    return source instanceof Column(int id) ? Optional.of(id) : Optional.empty();
  }

  /// The expression, if it is one.
  public Optional<IndexExpression> expression() {
    return source instanceof Computed computed
        ? Optional.of(computed.expression())
        : Optional.empty();
  }

  /// The type of the key's values.
  public SqlType type(TableDefinition table) {
    return switch (source) {
      case Column(int id) -> table.columns().get(table.ordinalOfId(id)).type();
      case Computed computed -> computed.expression().expression().type();
    };
  }

  /// The name of the index column.
  public String name(TableDefinition table) {
    return switch (source) {
      case Column(int id) -> table.columns().get(table.ordinalOfId(id)).name();
      case Computed computed -> computed.name();
    };
  }
}
