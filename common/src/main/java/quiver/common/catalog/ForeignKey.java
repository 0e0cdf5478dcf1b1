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
/// @param setColumnIds those that SET NULL and SET DEFAULT of ON DELETE set; empty: all
/// @param validated whether rows that were there before it were checked
public record ForeignKey(
    long id,
    String name,
    List<Integer> columnIds,
    long referencedTableId,
    List<Integer> referencedColumnIds,
    long referencedIndexId,
    boolean matchFull,
    Action onDelete,
    Action onUpdate,
    List<Integer> setColumnIds,
    Deferral deferral,
    boolean validated) {
  public ForeignKey {
    columnIds = List.copyOf(columnIds);
    referencedColumnIds = List.copyOf(referencedColumnIds);
    setColumnIds = List.copyOf(setColumnIds);
  }

  /// One that holds for all rows after every statement.
  public ForeignKey(
      long id,
      String name,
      List<Integer> columnIds,
      long referencedTableId,
      List<Integer> referencedColumnIds,
      long referencedIndexId,
      boolean matchFull,
      Action onDelete,
      Action onUpdate) {
    this(
        id,
        name,
        columnIds,
        referencedTableId,
        referencedColumnIds,
        referencedIndexId,
        matchFull,
        onDelete,
        onUpdate,
        List.of(),
        Deferral.NOT_DEFERRABLE,
        true);
  }

  private ForeignKey with(String newName, Deferral newDeferral, boolean isValidated) {
    return new ForeignKey(
        id,
        newName,
        columnIds,
        referencedTableId,
        referencedColumnIds,
        referencedIndexId,
        matchFull,
        onDelete,
        onUpdate,
        setColumnIds,
        newDeferral,
        isValidated);
  }

  /// The same constraint under another name.
  public ForeignKey withName(String newName) {
    return with(newName, deferral, validated);
  }

  /// The same constraint, checked at another time.
  public ForeignKey withDeferral(Deferral newDeferral) {
    return with(name, newDeferral, validated);
  }

  /// The same constraint; every row has been held against it, or not.
  public ForeignKey withValidated(boolean isValidated) {
    return with(name, deferral, isValidated);
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
