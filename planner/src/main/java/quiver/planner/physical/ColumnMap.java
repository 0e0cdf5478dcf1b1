package quiver.planner.physical;

import java.util.Arrays;

/// Where the columns of a relation are in the output of the operator that computes it; columns
/// nobody needs are nowhere.
final class ColumnMap {
  private static final int NOWHERE = -1;

  private final int[] columns;

  private ColumnMap(int[] columns) {
    this.columns = columns;
  }

  static ColumnMap identity(int count) {
    int[] columns = new int[count];
    for (int i = 0; i < count; i++) {
      columns[i] = i;
    }
    return new ColumnMap(columns);
  }

  /// A map of `count` columns that are nowhere yet.
  static ColumnMap empty(int count) {
    int[] columns = new int[count];
    Arrays.fill(columns, NOWHERE);
    return new ColumnMap(columns);
  }

  int size() {
    return columns.length;
  }

  /// Only while the map is being made.
  void put(int column, int position) {
    columns[column] = position;
  }

  boolean has(int column) {
    return columns[column] != NOWHERE;
  }

  int get(int column) {
    if (columns[column] == NOWHERE) {
      throw new IllegalStateException("column " + column + " was pruned");
    }
    return columns[column];
  }

  /// These columns, then those of `right` behind `width` output columns.
  ColumnMap followedBy(ColumnMap right, int width) {
    int[] all = Arrays.copyOf(columns, columns.length + right.columns.length);
    for (int i = 0; i < right.columns.length; i++) {
      all[columns.length + i] = right.columns[i] == NOWHERE ? NOWHERE : width + right.columns[i];
    }
    return new ColumnMap(all);
  }

  /// The map of a relation whose column i is column `of[i]` of this one.
  ColumnMap select(int[] of) {
    int[] selected = new int[of.length];
    for (int i = 0; i < of.length; i++) {
      selected[i] = of[i] < 0 ? NOWHERE : columns[of[i]];
    }
    return new ColumnMap(selected);
  }
}
