package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import quiver.common.plan.AggregateCall;
import quiver.common.plan.SortKey;
import quiver.common.plan.WindowFrame;
import quiver.common.type.SqlType;

/// The input columns, then one column per window call; all calls share partition, order and frame.
public final class WindowRel extends SingleRel {
  private final List<Integer> partitionKeys;
  private final List<SortKey> order;
  private final Frame frame;
  private final List<AggregateCall> calls;

  /// The frame; the offsets have no input columns and are empty where the bound has none.
  ///
  /// @param shape the frame without its offsets
  public record Frame(WindowFrame shape, List<RexNode> startOffset, List<RexNode> endOffset) {
    public Frame {
      startOffset = List.copyOf(startOffset);
      endOffset = List.copyOf(endOffset);
    }
  }

  public WindowRel(
      RelNode input,
      List<Integer> partitionKeys,
      List<SortKey> order,
      Frame frame,
      List<AggregateCall> calls) {
    super(input.getCluster(), input.getTraitSet(), input);
    this.partitionKeys = List.copyOf(partitionKeys);
    this.order = List.copyOf(order);
    this.frame = frame;
    this.calls = List.copyOf(calls);
  }

  public List<Integer> partitionKeys() {
    return partitionKeys;
  }

  public List<SortKey> order() {
    return order;
  }

  public Frame frame() {
    return frame;
  }

  public List<AggregateCall> calls() {
    return calls;
  }

  @Override
  protected RelDataType deriveRowType() {
    List<SqlType> columns = new ArrayList<>(TypeFactory.sqlTypes(getInput().getRowType()));
    calls.forEach(call -> columns.add(call.type()));
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("partition", partitionKeys)
        .item("order", order)
        .item("frame", frame)
        .item("calls", calls);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    Frame changed =
        new Frame(
            frame.shape(), shuttle.apply(frame.startOffset()), shuttle.apply(frame.endOffset()));
    return changed.equals(frame)
        ? this
        : new WindowRel(getInput(), partitionKeys, order, changed, calls);
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new WindowRel(inputs.getFirst(), partitionKeys, order, frame, calls);
  }
}
