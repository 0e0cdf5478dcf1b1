package quiver.planner.calcite;

import java.util.List;
import java.util.Objects;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;
import quiver.common.plan.SortKey;

/// ORDER BY, LIMIT and OFFSET, each of which may be missing. The bounds are int8 and have no input
/// columns.
public final class SortRel extends SingleRel {
  private final List<SortKey> keys;
  private final @Nullable RexNode limit;
  private final @Nullable RexNode offset;
  private final boolean withTies;

  public SortRel(
      RelNode input,
      List<SortKey> keys,
      @Nullable RexNode limit,
      @Nullable RexNode offset,
      boolean withTies) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.keys = List.copyOf(keys);
    this.limit = limit;
    this.offset = offset;
    this.withTies = withTies;
  }

  public List<SortKey> keys() {
    return keys;
  }

  public @Nullable RexNode limit() {
    return limit;
  }

  public @Nullable RexNode offset() {
    return offset;
  }

  public boolean withTies() {
    return withTies;
  }

  /// Whether rows are left out.
  public boolean isBounded() {
    return limit != null || offset != null;
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("keys", keys)
        .itemIf("limit", limit, limit != null)
        .itemIf("offset", offset, offset != null)
        .itemIf("ties", true, withTies);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    RexNode newLimit = limit == null ? null : limit.accept(shuttle);
    RexNode newOffset = offset == null ? null : offset.accept(shuttle);
    return Objects.equals(newLimit, limit) && Objects.equals(newOffset, offset)
        ? this
        : new SortRel(getInput(), keys, newLimit, newOffset, withTies);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new SortRel(inputs.getFirst(), keys, limit, offset, withTies);
  }
}
