package quiver.execution.operator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import quiver.common.error.QuiverException;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionKind;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.rows.RowOrder;
import quiver.execution.source.BatchStream;

/// Turns plan nodes into operator factories. Everything that does not depend on one execution
/// happens here.
final class PlanCompiler {
  /// A sort that keeps at most this many rows keeps only those.
  private static final long TOP_N_ROWS_MAX = 1 << 20;

  private final FunctionLibrary library;
  private final ExpressionCompiler expressions;

  PlanCompiler(FunctionLibrary library) {
    this.library = library;
    this.expressions = new ExpressionCompiler(library);
  }

  ExpressionCompiler expressions() {
    return expressions;
  }

  OperatorFactory compile(PlanNode node) {
    OperatorFactory factory = operator(node);
    return context ->
        context.statistics().isEmpty()
            ? factory.open(context)
            : new MeasuredOperator(node, context.statistics().get(), factory, context);
  }

  private OperatorFactory operator(PlanNode node) {
    return switch (node) {
      case PlanNode.TableScan scan -> tableScan(scan);
      case PlanNode.VectorSearch search -> vectorSearch(search);
      case PlanNode.Gather gather ->
          context -> new SourceOperator(context.gather().open(gather, context), context.cancel());
      case PlanNode.SystemScan scan -> systemScan(scan);
      case PlanNode.Values values -> values(values);
      case PlanNode.TableFunction function -> tableFunction(function);
      case PlanNode.ProjectSet project -> projectSet(project);
      case PlanNode.Window window -> window(window);
      case PlanNode.Filter filter -> filter(filter);
      case PlanNode.Project project -> {
        OperatorFactory input = compile(project.input());
        List<CompiledExpression> items = expressions.compileAll(project.expressions());
        yield context -> new ProjectOperator(input.open(context), items, context);
      }
      case PlanNode.HashJoin join -> hashJoin(join);
      case PlanNode.NestedLoopJoin join -> nestedLoop(join);
      case PlanNode.Apply apply -> apply(apply);
      case PlanNode.Aggregate aggregate -> aggregate(aggregate);
      case PlanNode.Sort sort -> sort(sort);
      case PlanNode.Limit limit -> limit(limit);
      case PlanNode.DistinctOn distinct -> {
        OperatorFactory input = compile(distinct.input());
        RowOrder keys = RowOrder.grouping(distinct.keys(), distinct.outputTypes());
        yield context -> new DistinctOnOperator(input.open(context), keys);
      }
      case PlanNode.SetOperation operation -> setOperation(operation);
      case PlanNode.LockRows lock -> {
        OperatorFactory input = compile(lock.input());
        yield context -> new LockRowsOperator(lock, input.open(context), context);
      }
      case PlanNode.SingleRow single -> {
        OperatorFactory input = compile(single.input());
        List<SqlType> types = single.outputTypes();
        yield context -> new SingleRowOperator(input.open(context), types);
      }
      case PlanNode.Shared shared -> {
        OperatorFactory definition = compile(shared.definition());
        OperatorFactory body = compile(shared.body());
        yield context -> new SharedOperator(shared.id(), definition, body, context);
      }
      case PlanNode.RecursiveUnion union -> {
        OperatorFactory base = compile(union.base());
        OperatorFactory step = compile(union.step());
        yield context -> new RecursiveUnionOperator(union, base, step, context);
      }
      case PlanNode.SharedScan scan ->
          context ->
              new SourceOperator(
                  new DeferredStream(
                      () -> BatchStream.of(context.bindings().sharedRows(scan.id()).batches())),
                  context.cancel());
    };
  }

  private OperatorFactory tableFunction(PlanNode.TableFunction function) {
    List<SetCall> calls =
        function.calls().stream().map(c -> SetCall.compile(c, expressions, library)).toList();
    return context ->
        new TableFunctionOperator(calls, function.ordinality(), function.outputTypes(), context);
  }

  private OperatorFactory projectSet(PlanNode.ProjectSet project) {
    OperatorFactory input = compile(project.input());
    List<ProjectSetOperator.Item> items = new ArrayList<>();
    for (Expression item : project.items()) {
      items.add(
          item instanceof Expression.Call call
                  && call.function().kind() == FunctionKind.SET_RETURNING
              ? new ProjectSetOperator.Item(
                  Optional.of(SetCall.compile(call, expressions, library)), Optional.empty())
              : new ProjectSetOperator.Item(
                  Optional.empty(), Optional.of(expressions.compile(item))));
    }
    List<SqlType> types = project.outputTypes();
    return context -> new ProjectSetOperator(input.open(context), items, types, context);
  }

  private OperatorFactory window(PlanNode.Window window) {
    OperatorFactory input = compile(window.input());
    WindowOperator.Description description =
        new WindowOperator.Description(
            window,
            window.frame().start().offset().map(expressions::compile),
            window.frame().end().offset().map(expressions::compile),
            RangeOffsets.compile(window, library));
    return context ->
        guarded(
            input.open(context),
            in ->
                new WindowOperator(
                    description, in, () -> library.json(context.functions()), context));
  }

  private OperatorFactory tableScan(PlanNode.TableScan scan) {
    Optional<CompiledExpression> filter = expressions.compile(scan.filter());
    ZoneFilter zones = ZoneFilter.of(scan.filter(), scan.ordinals().size(), expressions);
    List<CompiledExpression> key = expressions.compileAll(scan.keyEquals());
    Optional<IndexProbe> probe = scan.access().map(access -> new IndexProbe(access, expressions));
    Optional<IndexWalk> walk = scan.order().map(order -> new IndexWalk(scan, order, expressions));
    return context -> new TableScanOperator(scan, filter, zones, key, probe, walk, context);
  }

  private OperatorFactory vectorSearch(PlanNode.VectorSearch search) {
    VectorSearchOperator.Description description =
        new VectorSearchOperator.Description(
            expressions.compile(search.query()),
            expressions.compile(search.distance()),
            expressions.compile(search.limit()),
            expressions.compile(search.range().min()),
            expressions.compile(search.range().max()),
            expressions.compile(search.filter()),
            ZoneFilter.of(search.filter(), search.ordinals().size(), expressions));
    return context -> new VectorSearchOperator(search, description, context);
  }

  private OperatorFactory systemScan(PlanNode.SystemScan scan) {
    Map<Integer, CompiledExpression> wanted = new HashMap<>();
    scan.wanted().forEach((column, value) -> wanted.put(column, expressions.compile(value)));
    return context -> {
      EvaluationScope scope = EvaluationScope.of(context);
      Map<Integer, Object> values = new HashMap<>();
      wanted.forEach((column, expression) -> {
        try {
          Object value = expression.value(scope);
          if (value != null) {
            values.put(column, value);
          }
        } catch (QuiverException e) {
          // The filter says it, if there is a row.
        }
      });
      return new SourceOperator(
          context.systemRelations().open(scan.schema(), scan.relation(), scan.ordinals(), values),
          context.cancel());
    };
  }

  private OperatorFactory values(PlanNode.Values values) {
    List<List<CompiledExpression>> rows = new ArrayList<>(values.rows().size());
    for (List<Expression> row : values.rows()) {
      rows.add(expressions.compileAll(row));
    }
    return context -> new ValuesOperator(rows, values.outputTypes(), context);
  }

  private OperatorFactory filter(PlanNode.Filter filter) {
    OperatorFactory input = compile(filter.input());
    CompiledExpression condition = expressions.compile(filter.condition());
    int columnCount = filter.outputTypes().size();
    return context -> new FilterOperator(input.open(context), condition, columnCount, context);
  }

  private OperatorFactory hashJoin(PlanNode.HashJoin join) {
    OperatorFactory left = compile(join.left());
    OperatorFactory right = compile(join.right());
    List<SqlType> rightTypes = join.right().outputTypes();
    JoinOperator.Description description =
        new JoinOperator.Description(
            join.kind(),
            join.left().outputTypes(),
            rightTypes,
            join.leftKeys(),
            join.rightKeys(),
            join.rightKeys().stream().map(rightTypes::get).toList(),
            expressions.compile(join.residual()));
    return context -> new JoinOperator(description, left.open(context), right, context);
  }

  private OperatorFactory nestedLoop(PlanNode.NestedLoopJoin join) {
    OperatorFactory left = compile(join.left());
    OperatorFactory right = compile(join.right());
    JoinOperator.Description description =
        new JoinOperator.Description(
            join.kind(),
            join.left().outputTypes(),
            join.right().outputTypes(),
            List.of(),
            List.of(),
            List.of(),
            expressions.compile(join.condition()));
    return context -> new JoinOperator(description, left.open(context), right, context);
  }

  private OperatorFactory apply(PlanNode.Apply apply) {
    OperatorFactory left = compile(apply.left());
    OperatorFactory right = compile(apply.right());
    Optional<CompiledExpression> condition = expressions.compile(apply.condition());
    Optional<CompiledExpression> guard = expressions.compile(apply.guard());
    return context ->
        new ApplyOperator(apply, left.open(context), right, condition, guard, context);
  }

  private OperatorFactory aggregate(PlanNode.Aggregate aggregate) {
    OperatorFactory input = compile(aggregate.input());
    if (aggregate.phase() == PlanNode.AggregatePhase.PARTIAL
        && aggregate.groupingSets().size() != 1) {
      throw new IllegalArgumentException("a partial aggregation has one grouping set");
    }
    return context -> {
      Supplier<JsonConversion> json = () -> library.json(context.functions());
      return guarded(
          input.open(context), in -> new AggregateOperator(aggregate, in, json, context));
    };
  }

  /// Closes the input if the operator over it cannot be made.
  private static Operator guarded(Operator input, Function<Operator, Operator> make) {
    try {
      return make.apply(input);
    } catch (RuntimeException e) {
      input.close();
      throw e;
    }
  }

  private OperatorFactory sort(PlanNode.Sort sort) {
    OperatorFactory input = compile(sort.input());
    List<SqlType> types = sort.outputTypes();
    RowOrder order = new RowOrder(sort.keys(), types);
    Optional<CompiledExpression> limit = expressions.compile(sort.limit());
    return context -> {
      long rows =
          limit
              .map(e -> LimitOperator.limit(e.value(EvaluationScope.of(context))))
              .orElse(Long.MAX_VALUE);
      return rows <= TOP_N_ROWS_MAX
          ? new TopNOperator(input.open(context), order, (int) rows, types, context)
          : new SortOperator(input.open(context), order, types, context);
    };
  }

  private OperatorFactory limit(PlanNode.Limit limit) {
    OperatorFactory input = compile(limit.input());
    Optional<CompiledExpression> count = expressions.compile(limit.limit());
    Optional<CompiledExpression> offset = expressions.compile(limit.offset());
    Optional<RowOrder> ties =
        limit.tiesOn().isEmpty()
            ? Optional.empty()
            : Optional.of(RowOrder.grouping(limit.tiesOn(), limit.outputTypes()));
    return context ->
        guarded(input.open(context), in -> new LimitOperator(in, count, offset, ties, context));
  }

  private OperatorFactory setOperation(PlanNode.SetOperation operation) {
    List<OperatorFactory> inputs = operation.inputs().stream().map(this::compile).toList();
    List<SqlType> types = operation.outputTypes();
    if (operation.kind() == PlanNode.SetOperation.Kind.UNION) {
      OperatorFactory concatenation =
          context ->
              new SourceOperator(
                  new ConcatenatedStream(
                      inputs.stream()
                          .<Supplier<BatchStream>>map(input -> () -> input.open(context))
                          .toList()),
                  context.cancel());
      if (operation.all()) {
        return concatenation;
      }
      return context -> new DistinctOperator(concatenation.open(context), types, context);
    }
    boolean intersect = operation.kind() == PlanNode.SetOperation.Kind.INTERSECT;
    return context ->
        new SetOperationOperator(
            intersect,
            operation.all(),
            inputs.getFirst().open(context),
            inputs.subList(1, inputs.size()),
            types,
            context);
  }
}
