package quiver.common.catalog;

import java.util.List;

/// FOREIGN KEY (columns) REFERENCES table (columns): rows whose columns are all not NULL have a
/// counterpart in the referenced table.
///
/// @param id also `pg_constraint.oid`
/// @param columnIds of the table that has the constraint
/// @param referencedColumnIds in the order of `columnIds`
/// @param referencedIndexId the unique index over the referenced columns
/// @param matchFull whether NULL and other values must not be mixed
public record ForeignKey(
    long id,
    String name,
    List<Integer> columnIds,
    long referencedTableId,
    List<Integer> referencedColumnIds,
    long referencedIndexId,
    boolean matchFull,
    Action onDelete,
    Action onUpdate) {
  public ForeignKey {
    columnIds = List.copyOf(columnIds);
    referencedColumnIds = List.copyOf(referencedColumnIds);
  }

  /// The same constraint under another name.
  public ForeignKey withName(String newName) {
    return new ForeignKey(
        id,
        newName,
        columnIds,
        referencedTableId,
        referencedColumnIds,
        referencedIndexId,
        matchFull,
        onDelete,
        onUpdate);
  }

  /// What happens to rows that refer to a row that goes away or changes its key.
  public enum Action {
    NO_ACTION('a', "NO ACTION"),
    RESTRICT('r', "RESTRICT"),
    CASCADE('c', "CASCADE"),
    SET_NULL('n', "SET NULL"),
    SET_DEFAULT('d', "SET DEFAULT");

    private final char code;
    private final String sql;

    Action(char code, String sql) {
      this.code = code;
      this.sql = sql;
    }

    /// As `pg_constraint.confdeltype` has it.
    public String code() {
      return String.valueOf(code);
    }

    public String sql() {
      return sql;
    }
  }
}
