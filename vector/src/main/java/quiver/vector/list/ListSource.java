package quiver.vector.list;

import quiver.common.vector.DistanceMetric;

/// Lists that a search goes through to the end. Used by one thread.
interface ListSource {
  DistanceMetric metric();

  /// Row numbers are below it.
  int rowCount();

  /// Visits every allowed row of a list.
  void read(int list, ProbeOrder order, Visitor visitor);

  /// Rows that are in no list.
  int uncodedCount();

  int uncodedRow(int i);

  /// Takes a row and the least distance it can have.
  interface Visitor {
    void visit(int row, double leastDistance);
  }
}
