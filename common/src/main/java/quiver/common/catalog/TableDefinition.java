package quiver.common.catalog;

import java.util.List;
import java.util.Optional;

/// A table: its columns, constraints and indexes.
///
/// @param id also `pg_class.oid`; at or above [CatalogImage#FIRST_USER_ID], never reused
/// @param version grows by one with every change of this table
/// @param incarnation grows with TRUNCATE: rows of older incarnations are gone
/// @param columns in attribute order; positions in this list are what plans call column ordinals
public record TableDefinition(
    long id,
    String schema,
    String name,
    int version,
    int incarnation,
    List<ColumnDefinition> columns,
    Optional<PrimaryKey> primaryKey,
    List<CheckConstraint> checks,
    List<IndexDefinition> indexes,
    int shardCount) {
  public TableDefinition {
    columns = List.copyOf(columns);
    checks = List.copyOf(checks);
    indexes = List.copyOf(indexes);
  }

  /// PRIMARY KEY; its index is an [IndexDefinition] of method btree with the same name.
  ///
  /// @param columnIds in key order
  public record PrimaryKey(long id, String name, List<Integer> columnIds) {
    public PrimaryKey {
      columnIds = List.copyOf(columnIds);
    }
  }

  /// CHECK (sql).
  ///
  /// @param sql the condition over the table's column names, normalised by the planner
  public record CheckConstraint(long id, String name, String sql) {}

  /// Whether an index belongs to a constraint, whose name it has.
  public boolean isConstraintIndex(IndexDefinition index) {
    return index.primary();
  }

  /// The position in [#columns] of the column called `columnName`.
  public Optional<Integer> ordinalOf(String columnName) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(columnName)) {
        return Optional.of(i);
      }
    }
    return Optional.empty();
  }

  /// The position in [#columns] of the column with this id.
  public int ordinalOfId(int columnId) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).id() == columnId) {
        return i;
      }
    }
    throw new IllegalArgumentException("table " + name + " has no column " + columnId);
  }

  /// Positions in [#columns] of the primary key's columns, in key order; empty without a key.
  public List<Integer> keyOrdinals() {
    return primaryKey
        .map(key -> key.columnIds().stream().map(this::ordinalOfId).toList())
        .orElse(List.of());
  }
}
