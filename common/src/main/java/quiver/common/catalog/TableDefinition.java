package quiver.common.catalog;

import java.util.List;
import java.util.Optional;

/// A table: its columns, constraints and indexes.
///
/// @param columnIdMax the largest id a column ever had: the next one gets the id after it
/// @param temporary what COMMIT does to a temporary table; empty for a table that stays
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
    int shardCount,
    int columnIdMax,
    Optional<OnCommit> temporary,
    List<ForeignKey> foreignKeys)
    implements CatalogObject {
  public TableDefinition {
    columns = List.copyOf(columns);
    checks = List.copyOf(checks);
    indexes = List.copyOf(indexes);
    foreignKeys = List.copyOf(foreignKeys);
  }

  /// A permanent table as CREATE TABLE makes it.
  public TableDefinition(
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
    this(
        id,
        schema,
        name,
        version,
        incarnation,
        columns,
        primaryKey,
        checks,
        indexes,
        shardCount,
        columns.stream().mapToInt(ColumnDefinition::id).max().orElse(0),
        Optional.empty(),
        List.of());
  }

  /// What COMMIT does to a temporary table.
  public enum OnCommit {
    PRESERVE_ROWS,
    DELETE_ROWS,
    DROP
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
  /// @param validated whether rows that were there before it were checked
  public record CheckConstraint(long id, String name, String sql, boolean validated) {
    public CheckConstraint(long id, String name, String sql) {
      this(id, name, sql, true);
    }
  }

  /// The id of the primary key as a unique key: that of its index, if the table has it.
  public Optional<Long> primaryIndexId() {
    return primaryKey.map(key ->
        indexes.stream()
            .filter(IndexDefinition::primary)
            .map(IndexDefinition::id)
            .findFirst()
            .orElse(key.id()));
  }

  /// Whether no two rows have the same primary key at any time that a statement sees.
  public boolean isKeyUniqueAtOnce() {
    return indexes.stream().noneMatch(index -> index.primary() && !index.isUniqueAtOnce());
  }

  /// Whether an index belongs to a constraint, whose name it has.
  public boolean isConstraintIndex(IndexDefinition index) {
    return index.primary() || index.constraintId().isPresent();
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

  /// The column with this id, if the table has it (still).
  public Optional<ColumnDefinition> columnOfId(int columnId) {
    return columns.stream().filter(column -> column.id() == columnId).findFirst();
  }

  /// The same table, of the next version.
  public TableDefinition changed(List<ColumnDefinition> newColumns, int newColumnIdMax) {
    Copy copy = new Copy(this);
    copy.version = version + 1;
    copy.columns = newColumns;
    copy.columnIdMax = newColumnIdMax;
    return copy.made();
  }

  TableDefinition withColumns(List<ColumnDefinition> newColumns) {
    Copy copy = new Copy(this);
    copy.columns = newColumns;
    return copy.made();
  }

  public TableDefinition withName(String newSchema, String newName) {
    Copy copy = new Copy(this);
    copy.schema = newSchema;
    copy.name = newName;
    return copy.made();
  }

  public TableDefinition withVersion(int newVersion, int newIncarnation) {
    Copy copy = new Copy(this);
    copy.version = newVersion;
    copy.incarnation = newIncarnation;
    return copy.made();
  }

  public TableDefinition withColumnIdMax(int newColumnIdMax) {
    Copy copy = new Copy(this);
    copy.columnIdMax = newColumnIdMax;
    return copy.made();
  }

  public TableDefinition withTemporary(Optional<OnCommit> newTemporary) {
    Copy copy = new Copy(this);
    copy.temporary = newTemporary;
    return copy.made();
  }

  public TableDefinition withPrimaryKey(Optional<PrimaryKey> newKey) {
    Copy copy = new Copy(this);
    copy.primaryKey = newKey;
    return copy.made();
  }

  public TableDefinition withChecks(List<CheckConstraint> newChecks) {
    Copy copy = new Copy(this);
    copy.checks = newChecks;
    return copy.made();
  }

  public TableDefinition withIndexes(List<IndexDefinition> newIndexes) {
    Copy copy = new Copy(this);
    copy.indexes = newIndexes;
    return copy.made();
  }

  public TableDefinition withForeignKeys(List<ForeignKey> newForeignKeys) {
    Copy copy = new Copy(this);
    copy.foreignKeys = newForeignKeys;
    return copy.made();
  }

  /// A copy on its way to be another definition.
  private static final class Copy {
    long id;
    String schema;
    String name;
    int version;
    int incarnation;
    List<ColumnDefinition> columns;
    Optional<PrimaryKey> primaryKey;
    List<CheckConstraint> checks;
    List<IndexDefinition> indexes;
    int shardCount;
    int columnIdMax;
    Optional<OnCommit> temporary;
    List<ForeignKey> foreignKeys;

    Copy(TableDefinition table) {
      id = table.id;
      schema = table.schema;
      name = table.name;
      version = table.version;
      incarnation = table.incarnation;
      columns = table.columns;
      primaryKey = table.primaryKey;
      checks = table.checks;
      indexes = table.indexes;
      shardCount = table.shardCount;
      columnIdMax = table.columnIdMax;
      temporary = table.temporary;
      foreignKeys = table.foreignKeys;
    }

    TableDefinition made() {
      return new TableDefinition(
          id,
          schema,
          name,
          version,
          incarnation,
          columns,
          primaryKey,
          checks,
          indexes,
          shardCount,
          columnIdMax,
          temporary,
          foreignKeys);
    }
  }
}
