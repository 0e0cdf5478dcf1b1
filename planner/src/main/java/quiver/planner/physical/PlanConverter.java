package quiver.planner.physical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Minus;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionResolver;
import quiver.common.plan.PlanNode;
import quiver.common.plan.SortKey;
import quiver.common.plan.WindowFrame;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ApplyRel;
import quiver.planner.calcite.BarrierRel;
import quiver.planner.calcite.DistinctOnRel;
import quiver.planner.calcite.FunctionScanRel;
import quiver.planner.calcite.LockRel;
import quiver.planner.calcite.ProjectSetRel;
import quiver.planner.calcite.RecursiveRel;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.ScanRel;
import quiver.planner.calcite.SharedRel;
import quiver.planner.calcite.SharedScanRel;
import quiver.planner.calcite.SingleRowRel;
import quiver.planner.calcite.SortRel;
import quiver.planner.calcite.SystemScanRel;
import quiver.planner.calcite.TypeFactory;
import quiver.planner.calcite.ValuesRel;
import quiver.planner.calcite.WindowRel;

/// Turns a relation into operators, asking each input only for the columns that are needed. Scans
/// with what can run next to the rows become fragments under a Gather; the rest runs in the front
/// end. One per statement, used by one thread.
public final class PlanConverter {
  private final Rex rex;
  private final Expressions expressions;
  private final ScanConverter scans;
  private final JoinConverter joins;
  private final AggregateConverter aggregates;
  private final SortConverter sorts;
  private final VectorSearchRule searches;

  public PlanConverter(Rex rex, Expressions expressions, FunctionResolver resolver, IndexUse use) {
    this.rex = rex;
    this.expressions = expressions;
    this.scans = new ScanConverter(expressions);
    this.joins = new JoinConverter(this, rex, expressions);
    OrderedScans orderedScans = new OrderedScans(use);
    this.aggregates = new AggregateConverter(this, orderedScans);
    this.sorts = new SortConverter(this, expressions, resolver, rex, use, orderedScans);
    this.searches = new VectorSearchRule(this, expressions, rex, use);
  }

  Rex rex() {
    return rex;
  }

  Expressions expressions() {
    return expressions;
  }

  /// The plan whose output is exactly the relation's columns, in the front end.
  public PlanNode convert(RelNode rel) {
    return exact(convert(rel, allOf(rel)));
  }

  static ImmutableBitSet allOf(RelNode rel) {
    return ImmutableBitSet.range(rel.getRowType().getFieldCount());
  }

  /// The columns an expression reads.
  static ImmutableBitSet columnsOf(RexNode node) {
    return org.apache.calcite.plan.RelOptUtil.InputFinder.bits(node);
  }

  static ImmutableBitSet columnsOf(Iterable<? extends RexNode> nodes) {
    ImmutableBitSet columns = ImmutableBitSet.of();
    for (RexNode node : nodes) {
      columns = columns.union(columnsOf(node));
    }
    return columns;
  }

  // ---- what all converters use

  /// The step's rows in the front end; only the columns of `required` travel.
  Step gathered(Step step, ImmutableBitSet required) {
    return gathered(step, required, List.of());
  }

  /// @param order of the rows, over the relation's columns
  Step gathered(Step step, ImmutableBitSet required, List<SortKey> order) {
    if (!step.leaf()) {
      return step;
    }
    Step narrow = narrowed(step, required);
    return new Step(
        new PlanNode.Gather(narrow.plan(), mapped(order, narrow.columns())),
        narrow.columns(),
        false);
  }

  static List<SortKey> mapped(List<SortKey> keys, ColumnMap columns) {
    return keys.stream()
        .map(key -> new SortKey(columns.get(key.column()), key.descending(), key.nullsFirst()))
        .toList();
  }

  /// The step without output columns nobody asked for.
  private static Step narrowed(Step step, ImmutableBitSet required) {
    List<Integer> positions = new ArrayList<>();
    ColumnMap columns = ColumnMap.empty(step.columns().size());
    for (int column : required) {
      int position = step.columns().get(column);
      int index = positions.indexOf(position);
      if (index < 0) {
        index = positions.size();
        positions.add(position);
      }
      columns.put(column, index);
    }
    if (positions.size() == step.width()) {
      return step;
    }
    return new Step(
        new PlanNode.Project(step.plan(), columnsAt(step.plan(), positions)), columns, step.leaf());
  }

  private static List<Expression> columnsAt(PlanNode plan, List<Integer> positions) {
    List<SqlType> types = plan.outputTypes();
    List<Expression> columns = new ArrayList<>();
    for (int position : positions) {
      columns.add(new Expression.InputColumn(position, types.get(position)));
    }
    return columns;
  }

  /// The gathered plan whose output columns are exactly the relation's.
  PlanNode exact(Step step) {
    ImmutableBitSet all = ImmutableBitSet.range(step.columns().size());
    Step gathered = gathered(step, all);
    List<Integer> positions = new ArrayList<>();
    boolean identity = gathered.width() == all.cardinality();
    for (int column : all) {
      int position = gathered.columns().get(column);
      identity &= position == column;
      positions.add(position);
    }
    return identity
        ? gathered.plan()
        : new PlanNode.Project(gathered.plan(), columnsAt(gathered.plan(), positions));
  }

  /// An input, gathered, with the columns of `required`.
  Step convertGathered(RelNode rel, ImmutableBitSet required) {
    return gathered(convert(rel, required), required);
  }

  // ---- relations

  /// The relation with at least the columns of `required`.
  Step convert(RelNode rel, ImmutableBitSet required) {
    return switch (rel) {
      case ScanRel scan -> scans.scan(scan, List.of(), required);
      case Filter filter -> filter(filter, required);
      case Project project -> project(project, required);
      case Join join -> joins.join(join, required);
      case ApplyRel apply -> joins.apply(apply, required);
      case Aggregate aggregate -> aggregates.convert(aggregate, required);
      case SortRel sort -> sorts.convert(sort, required);
      case SystemScanRel scan -> systemScan(scan, List.of(), required);
      case ValuesRel values -> values(values, required);
      case FunctionScanRel scan -> functionScan(scan);
      case ProjectSetRel project -> projectSet(project, required);
      case WindowRel window -> window(window, required);
      case DistinctOnRel distinct -> distinctOn(distinct, required);
      case SingleRowRel single -> {
        Step input = convertGathered(single.getInput(), required);
        yield new Step(new PlanNode.SingleRow(input.plan()), input.columns(), false);
      }
      case BarrierRel barrier -> convert(barrier.getInput(), required);
      case LockRel lock -> lock(lock, required);
      case SharedRel shared -> shared(shared, required);
      case RecursiveRel union -> {
        PlanNode base = convert(union.getLeft());
        PlanNode step = convert(union.getRight());
        yield new Step(
            new PlanNode.RecursiveUnion(union.id(), union.distinct(), base, step),
            ColumnMap.identity(union.getRowType().getFieldCount()),
            false);
      }
      case SharedScanRel scan -> {
        List<SqlType> types = TypeFactory.sqlTypes(scan.getRowType());
        yield new Step(
            new PlanNode.SharedScan(scan.id(), types, scan.alias()),
            ColumnMap.identity(types.size()),
            false);
      }
      case SetOp operation -> setOperation(operation, required);
      case LogicalValues none when none.getTuples().isEmpty() -> {
        List<SqlType> types = TypeFactory.sqlTypes(none.getRowType());
        yield new Step(
            new PlanNode.Values(List.of(), types), ColumnMap.identity(types.size()), false);
      }
      default -> throw new IllegalStateException("unexpected relation " + rel.getRelTypeName());
    };
  }

  private Step filter(Filter filter, ImmutableBitSet required) {
    List<RexNode> conjuncts = Rex.conjuncts(filter.getCondition());
    List<RexNode> leaf = conjuncts.stream().filter(LeafExpressions::isLeaf).toList();
    List<RexNode> rest =
        conjuncts.stream().filter(conjunct -> !LeafExpressions.isLeaf(conjunct)).toList();
    ImmutableBitSet needed = required.union(columnsOf(rest));
    if (filter.getInput() instanceof ScanRel scan) {
      Step found =
          searches.within(scan, leaf, needed).orElseGet(() -> scans.scan(scan, leaf, needed));
      return filtered(found, rest, needed);
    }
    if (filter.getInput() instanceof SystemScanRel scan) {
      ImmutableBitSet read = required.union(columnsOf(conjuncts));
      return filtered(systemScan(scan, conjuncts, read), conjuncts);
    }
    Step input = convert(filter.getInput(), needed.union(columnsOf(leaf)));
    return input.leaf()
        ? filtered(filtered(input, leaf), rest, needed)
        : filtered(input, conjuncts);
  }

  private Step filtered(Step input, List<RexNode> rest, ImmutableBitSet needed) {
    return rest.isEmpty() ? input : filtered(gathered(input, needed), rest);
  }

  Step filtered(Step input, List<RexNode> conjuncts) {
    if (conjuncts.isEmpty()) {
      return input;
    }
    return new Step(
        new PlanNode.Filter(input.plan(), expressions.convert(rex.and(conjuncts), input.columns())),
        input.columns(),
        input.leaf());
  }

  private Step project(Project project, ImmutableBitSet required) {
    List<RexNode> wanted = new ArrayList<>();
    for (int column : required) {
      wanted.add(project.getProjects().get(column));
    }
    ImmutableBitSet needed = columnsOf(wanted);
    Step input = convert(project.getInput(), needed);
    return projected(input, project.getProjects(), required, needed);
  }

  /// The step followed by a projection of which only the columns of `required` are computed.
  Step projected(
      Step input, List<RexNode> projects, ImmutableBitSet required, ImmutableBitSet needed) {
    boolean plain = true;
    boolean leaf = true;
    for (int column : required) {
      plain &= projects.get(column) instanceof RexInputRef;
      leaf &= LeafExpressions.isLeaf(projects.get(column));
    }
    if (plain) {
      int[] of = new int[projects.size()];
      for (int i = 0; i < of.length; i++) {
        of[i] = required.get(i) ? ((RexInputRef) projects.get(i)).getIndex() : -1;
      }
      return new Step(input.plan(), input.columns().select(of), input.leaf());
    }
    Step source = leaf ? input : gathered(input, needed);
    List<Expression> computed = new ArrayList<>();
    ColumnMap columns = ColumnMap.empty(projects.size());
    for (int column : required) {
      columns.put(column, computed.size());
      computed.add(expressions.convert(projects.get(column), source.columns()));
    }
    return new Step(new PlanNode.Project(source.plan(), computed), columns, source.leaf());
  }

  private Step systemScan(SystemScanRel scan, List<RexNode> conjuncts, ImmutableBitSet required) {
    List<SqlType> types = TypeFactory.sqlTypes(scan.getRowType());
    ColumnMap columns = ColumnMap.empty(types.size());
    List<Integer> ordinals = new ArrayList<>();
    for (int column : required) {
      columns.put(column, ordinals.size());
      ordinals.add(column);
    }
    return new Step(
        new PlanNode.SystemScan(
            scan.schema(),
            scan.relation(),
            ordinals,
            wanted(conjuncts),
            ordinals.stream().map(types::get).toList(),
            scan.alias()),
        columns,
        false);
  }

  /// The values that columns must have.
  private Map<Integer, Expression> wanted(List<RexNode> conjuncts) {
    Map<Integer, Expression> wanted = new HashMap<>();
    for (RexNode conjunct : conjuncts) {
      if (conjunct.getKind() == SqlKind.EQUALS && conjunct instanceof RexCall call) {
        for (int side = 0; side < 2; side++) {
          RexNode value = call.getOperands().get(1 - side);
          if (call.getOperands().get(side) instanceof RexInputRef column
              && columnsOf(List.of(value)).isEmpty()
              && Rex.isDeterministic(value)
              && Rex.type(column).sameTypeAs(Rex.type(value))) {
            wanted.putIfAbsent(column.getIndex(), expressions.convert(value));
          }
        }
      }
    }
    return wanted;
  }

  private Step values(ValuesRel values, ImmutableBitSet required) {
    List<SqlType> types = TypeFactory.sqlTypes(values.getRowType());
    ColumnMap columns = ColumnMap.empty(types.size());
    List<SqlType> kept = new ArrayList<>();
    for (int column : required) {
      columns.put(column, kept.size());
      kept.add(types.get(column));
    }
    List<List<Expression>> rows = new ArrayList<>();
    for (List<RexNode> row : values.rows()) {
      List<Expression> cells = new ArrayList<>();
      for (int column : required) {
        cells.add(expressions.convert(row.get(column)));
      }
      rows.add(cells);
    }
    return new Step(new PlanNode.Values(rows, kept), columns, false);
  }

  private Step functionScan(FunctionScanRel scan) {
    List<Expression.Call> calls = new ArrayList<>();
    for (RexNode call : scan.calls()) {
      calls.add((Expression.Call) expressions.convert(call));
    }
    List<SqlType> types = TypeFactory.sqlTypes(scan.getRowType());
    return new Step(
        new PlanNode.TableFunction(calls, scan.ordinality(), types, scan.alias()),
        ColumnMap.identity(types.size()),
        false);
  }

  private Step projectSet(ProjectSetRel project, ImmutableBitSet required) {
    List<RexNode> items = new ArrayList<>();
    ColumnMap columns = ColumnMap.empty(project.items().size());
    for (int i = 0; i < project.items().size(); i++) {
      RexNode item = project.items().get(i);
      // Set-returning calls decide how many rows there are.
      if (required.get(i) || !(item instanceof RexInputRef)) {
        columns.put(i, items.size());
        items.add(item);
      }
    }
    Step input = convertGathered(project.getInput(), columnsOf(items));
    return new Step(
        new PlanNode.ProjectSet(input.plan(), expressions.convertAll(items, input.columns())),
        columns,
        false);
  }

  private Step window(WindowRel window, ImmutableBitSet required) {
    int width = window.getInput().getRowType().getFieldCount();
    ImmutableBitSet needed = required.intersect(ImmutableBitSet.range(width));
    needed = needed.union(ImmutableBitSet.of(window.partitionKeys()));
    needed = needed.union(columnsOfKeys(window.order()));
    for (var call : window.calls()) {
      needed = needed.union(ImmutableBitSet.of(call.arguments()));
      needed = call.filter().isPresent() ? needed.set(call.filter().get()) : needed;
    }
    Step input = convertGathered(window.getInput(), needed);
    ColumnMap map = input.columns();
    List<quiver.common.plan.AggregateCall> calls = new ArrayList<>();
    for (var call : window.calls()) {
      calls.add(
          new quiver.common.plan.AggregateCall(
              call.function(),
              call.arguments().stream().map(map::get).toList(),
              call.distinct(),
              call.filter().map(map::get),
              List.of(),
              call.type()));
    }
    PlanNode plan =
        new PlanNode.Window(
            input.plan(),
            window.partitionKeys().stream().map(map::get).toList(),
            mapped(window.order(), map),
            frame(window.frame()),
            calls);
    ColumnMap columns = map.followedBy(ColumnMap.identity(calls.size()), input.width());
    return new Step(plan, columns, false);
  }

  private WindowFrame frame(WindowRel.Frame frame) {
    return new WindowFrame(
        frame.shape().mode(),
        bound(frame.shape().start(), frame.startOffset()),
        bound(frame.shape().end(), frame.endOffset()),
        frame.shape().exclusion());
  }

  private WindowFrame.Bound bound(WindowFrame.Bound shape, List<RexNode> offset) {
    Optional<Expression> value =
        offset.isEmpty() ? Optional.empty() : Optional.of(expressions.convert(offset.getFirst()));
    return new WindowFrame.Bound(shape.kind(), value);
  }

  static ImmutableBitSet columnsOfKeys(List<SortKey> keys) {
    return ImmutableBitSet.of(keys.stream().map(SortKey::column).toList());
  }

  private Step distinctOn(DistinctOnRel distinct, ImmutableBitSet required) {
    Step input =
        convertGathered(distinct.getInput(), required.union(ImmutableBitSet.of(distinct.keys())));
    return new Step(
        new PlanNode.DistinctOn(
            input.plan(), distinct.keys().stream().map(input.columns()::get).toList()),
        input.columns(),
        false);
  }

  private Step lock(LockRel lock, ImmutableBitSet required) {
    ImmutableBitSet needed =
        required.union(
            ImmutableBitSet.of(lock.locks().stream().map(PlanNode.RowLock::column).toList()));
    Step input = convertGathered(lock.getInput(), needed);
    List<PlanNode.RowLock> locks =
        lock.locks().stream()
            .map(one ->
                new PlanNode.RowLock(
                    one.tableId(), input.columns().get(one.column()), one.exclusive()))
            .toList();
    return new Step(new PlanNode.LockRows(input.plan(), locks), input.columns(), false);
  }

  private Step shared(SharedRel shared, ImmutableBitSet required) {
    PlanNode definition = convert(shared.getLeft());
    Step body = convertGathered(shared.getRight(), required);
    return new Step(
        new PlanNode.Shared(shared.id(), definition, body.plan()), body.columns(), false);
  }

  private Step setOperation(SetOp operation, ImmutableBitSet required) {
    boolean pruned = operation instanceof Union && operation.all;
    ImmutableBitSet needed = pruned ? required : allOf(operation);
    PlanNode.SetOperation.Kind kind =
        switch (operation) {
          case Union _ -> PlanNode.SetOperation.Kind.UNION;
          case Intersect _ -> PlanNode.SetOperation.Kind.INTERSECT;
          case Minus _ -> PlanNode.SetOperation.Kind.EXCEPT;
          default ->
              throw new IllegalStateException("unexpected relation " + operation.getRelTypeName());
        };
    List<PlanNode> inputs = new ArrayList<>();
    for (RelNode input : operation.getInputs()) {
      inputs.add(exactly(convert(input, needed), needed));
    }
    ColumnMap columns = ColumnMap.empty(operation.getRowType().getFieldCount());
    int position = 0;
    for (int column : needed) {
      columns.put(column, position++);
    }
    return new Step(new PlanNode.SetOperation(kind, operation.all, inputs), columns, false);
  }

  /// The gathered plan whose output columns are exactly those of `columns`, in order.
  private PlanNode exactly(Step step, ImmutableBitSet columns) {
    int[] of = columns.toArray();
    return exact(new Step(step.plan(), step.columns().select(of), step.leaf()));
  }
}
