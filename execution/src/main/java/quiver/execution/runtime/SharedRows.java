package quiver.execution.runtime;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;

/// The rows of a materialised CTE: computed when the first [quiver.common.plan.PlanNode.SharedScan]
/// reads them. Used by one thread.
public final class SharedRows {
  private final int id;
  private final Supplier<List<RowBatch>> compute;
  private @Nullable List<RowBatch> batches;

  public SharedRows(int id, Supplier<List<RowBatch>> compute) {
    this.id = id;
    this.compute = compute;
  }

  /// The id of the [quiver.common.plan.PlanNode.Shared] that defines the rows.
  public int id() {
    return id;
  }

  public List<RowBatch> batches() {
    List<RowBatch> known = batches;
    if (known == null) {
      known = List.copyOf(compute.get());
      batches = known;
    }
    return known;
  }
}
