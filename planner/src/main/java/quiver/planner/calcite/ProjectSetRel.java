package quiver.planner.calcite;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/// A select list with set-returning calls at the top level of some items.
public final class ProjectSetRel extends SingleRel {
  private final List<RexNode> items;

  public ProjectSetRel(RelNode input, List<RexNode> items) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.items = List.copyOf(items);
  }

  public List<RexNode> items() {
    return items;
  }

  @Override
  protected RelDataType deriveRowType() {
    return ((TypeFactory) getCluster().getTypeFactory())
        .row(items.stream().map(Rex::type).toList());
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer).item("items", items);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    List<RexNode> changed = shuttle.apply(items);
    return changed.equals(items) ? this : new ProjectSetRel(getInput(), changed);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new ProjectSetRel(inputs.getFirst(), items);
  }
}
