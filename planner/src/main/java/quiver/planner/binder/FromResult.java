package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import quiver.planner.calcite.Rex;

/// A bound FROM item.
///
/// @param namespaces what qualified names see
/// @param columns what unqualified names and `*` see, in order; USING merges columns here
/// @param locks rows that FOR UPDATE or FOR SHARE asks for
record FromResult(
    RelNode rel, List<Namespace> namespaces, List<Namespace.Column> columns, List<Lock> locks) {
  FromResult {
    namespaces = List.copyOf(namespaces);
    columns = List.copyOf(columns);
    locks = List.copyOf(locks);
  }

  FromResult(RelNode rel, List<Namespace> namespaces, List<Namespace.Column> columns) {
    this(rel, namespaces, columns, List.of());
  }

  /// Rows of a table to lock.
  ///
  /// @param address over the item's row
  record Lock(long tableId, RexNode address, boolean exclusive) {}

  FromResult withLocks(List<Lock> newLocks) {
    return new FromResult(rel, namespaces, columns, newLocks);
  }

  /// One namespace on its own.
  static FromResult of(RelNode rel, Namespace namespace) {
    return new FromResult(rel, List.of(namespace), namespace.columns());
  }

  int width() {
    return rel.getRowType().getFieldCount();
  }

  /// The same names over a row in which this item's columns begin at `offset`.
  FromResult shifted(int offset) {
    UnaryOperator<RexNode> shift = node -> Rex.remap(node, index -> index + offset);
    return new FromResult(
        rel,
        namespaces.stream().map(namespace -> namespace.map(shift)).toList(),
        columns.stream().map(column -> column.map(shift)).toList(),
        locks.stream()
            .map(lock -> new Lock(lock.tableId(), shift.apply(lock.address()), lock.exclusive()))
            .toList());
  }

  /// Names of this item, then of `right` (already shifted), over `joined`.
  FromResult joinedWith(FromResult right, RelNode joined) {
    return new FromResult(
        joined,
        concat(namespaces, right.namespaces),
        concat(columns, right.columns),
        concat(locks, right.locks));
  }

  static <T> List<T> concat(List<T> left, List<T> right) {
    List<T> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }
}
