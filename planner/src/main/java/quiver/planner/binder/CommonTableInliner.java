package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SharedScanRel;

/// Decides what becomes of a WITH table: one that is read once, or never, is part of its reader.
final class CommonTableInliner {
  private CommonTableInliner() {}

  /// The body with the table shared, or in place if it is read at most once.
  ///
  /// @param materialized whether it is shared whatever the number of readers
  static RelNode share(int id, RelNode definition, RelNode body, boolean materialized) {
    int readers = readers(id, body);
    if (readers == 0) {
      return body;
    }
    return readers == 1 && !materialized
        ? inline(id, definition, body)
        : new SharedRel(id, definition, body);
  }

  private static int readers(int id, RelNode rel) {
    if (rel instanceof SharedScanRel scan) {
      return scan.id() == id ? 1 : 0;
    }
    int count = 0;
    for (RelNode input : rel.getInputs()) {
      count += readers(id, input);
    }
    return count;
  }

  /// The body with the definition wherever it is read.
  static RelNode inline(int id, RelNode definition, RelNode body) {
    if (body instanceof SharedScanRel scan) {
      return scan.id() == id ? definition : body;
    }
    List<RelNode> inputs = new ArrayList<>();
    boolean changed = false;
    for (RelNode input : body.getInputs()) {
      RelNode inlined = inline(id, definition, input);
      changed |= !inlined.equals(input);
      inputs.add(inlined);
    }
    return changed ? body.copy(body.getTraitSet(), inputs) : body;
  }
}
