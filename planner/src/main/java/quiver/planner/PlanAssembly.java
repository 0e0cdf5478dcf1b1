package quiver.planner;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionResolver;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RowValues;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.binder.BoundQuery;
import quiver.planner.binder.BoundStatement;
import quiver.planner.binder.BoundValues;
import quiver.planner.calcite.Rex;
import quiver.planner.optimizer.Optimizer;
import quiver.planner.physical.Expressions;
import quiver.planner.physical.IndexUse;
import quiver.planner.physical.PlanConverter;

/// Turns a bound statement into the plan the front end runs. One per statement.
final class PlanAssembly {
  private final Optimizer optimizer;
  private final FunctionResolver resolver;
  private final Rex rex;
  private final Expressions expressions;
  private final List<SqlType> parameterTypes;
  private final IndexUse indexUse;
  private final int firstFreeId;

  PlanAssembly(
      Optimizer optimizer,
      FunctionResolver resolver,
      Rex rex,
      List<SqlType> parameterTypes,
      IndexUse indexUse,
      int firstFreeId) {
    this.firstFreeId = firstFreeId;
    this.optimizer = optimizer;
    this.resolver = resolver;
    this.rex = rex;
    this.expressions = new Expressions(parameterTypes);
    this.parameterTypes = parameterTypes;
    this.indexUse = indexUse;
  }

  StatementPlan assemble(BoundStatement statement) {
    return switch (statement) {
      case BoundStatement.Select(BoundQuery query) -> query(query);
      case BoundStatement.Insert insert -> insert(insert);
      case BoundStatement.Update update -> update(update);
      case BoundStatement.Delete delete -> delete(delete);
      case BoundStatement.Modifying modifying -> modifying(modifying);
      case BoundStatement.Merge(int rowsId, BoundQuery rows, List<BoundStatement> clauses) ->
          new StatementPlan.Merge(
              rowsId, query(rows), clauses.stream().map(this::assemble).toList(), parameterTypes);
      case BoundStatement.Ddl(var command, String tag) ->
          new StatementPlan.Ddl(command, tag, List.of(), parameterTypes);
      case BoundStatement.AlterTable alter -> {
        Map<Integer, Expression> missing = new HashMap<>();
        alter
            .missing()
            .forEach((ordinal, value) -> missing.put(ordinal, expressions.convert(value)));
        yield new StatementPlan.AlterTable(
            alter.command(),
            alter.rows().map(this::plan),
            alter.rewrite(),
            checks(alter.checks(), alter.command().after().columns().size()),
            alter.notNull(),
            missing,
            alter.notices(),
            alter.tag());
      }
      case BoundStatement.CreateTableAs create ->
          new StatementPlan.CreateTableAs(
              create.command(),
              create.table(),
              query(create.query()),
              create.withData(),
              create.tag());
      case BoundStatement.Explain(BoundStatement inner, var options) ->
          new StatementPlan.Explain(
              assemble(inner),
              options,
              List.of(
                  column(
                      "QUERY PLAN",
                      options.format() == StatementPlan.ExplainOptions.Format.JSON
                          ? SqlType.of(BaseType.JSON)
                          : SqlType.TEXT)));
      case BoundStatement.CopyIn copy ->
          new StatementPlan.CopyIn(
              insert(copy.insert()),
              copy.columns(),
              copy.streamTypes(),
              copy.options(),
              copy.where().stream()
                  .findFirst()
                  .map(where -> expressions.convertOver(where, copy.streamTypes().size())));
      case BoundStatement.CopyOut(BoundStatement source, var options) ->
          new StatementPlan.CopyOut(assemble(source), options);
      case BoundStatement.Session(SessionCommand command) ->
          new StatementPlan.Session(command, output(command), parameterTypes);
      case BoundStatement.Execute execute ->
          new StatementPlan.Session(execute(execute), List.of(), parameterTypes);
      case BoundStatement.CreateTableAsExecute create ->
          new StatementPlan.Session(
              new SessionCommand.CreateTableAs(
                  create.command(), create.columns(), execute(create.execute()), create.withData()),
              List.of(),
              parameterTypes);
    };
  }

  private SessionCommand.Execute execute(BoundStatement.Execute execute) {
    return new SessionCommand.Execute(
        execute.name(),
        execute.arguments().stream().map(expressions::convert).toList(),
        execute.positions());
  }

  /// Whether the plan would be a better one with the values of its parameters.
  boolean literalsMatter() {
    return expressions.literalsMatter();
  }

  private PlanNode plan(RelNode rel) {
    RelNode optimized = optimizer.optimize(rel, rex, firstFreeId);
    return new PlanConverter(rex, expressions, resolver, indexUse).convert(optimized);
  }

  private StatementPlan.Query query(BoundQuery query) {
    return new StatementPlan.Query(plan(query.rel()), outputs(query.columns()), parameterTypes);
  }

  private static List<OutputColumn> outputs(List<BoundQuery.OutputColumn> columns) {
    return columns.stream()
        .map(column ->
            new OutputColumn(column.name(), column.type(), column.tableId(), column.columnId()))
        .toList();
  }

  private List<Expression> over(List<RexNode> nodes, int columnCount) {
    List<Expression> converted = new ArrayList<>();
    for (RexNode node : nodes) {
      converted.add(expressions.convertOver(node, columnCount));
    }
    return converted;
  }

  private RowValues values(BoundValues values, int columnCount) {
    return switch (values) {
      case BoundValues.Columns(var nodes) -> new RowValues.Columns(over(nodes, columnCount));
      case BoundValues.Plan(int inputId, RelNode rel) -> new RowValues.Plan(inputId, plan(rel));
    };
  }

  private StatementPlan.Modifying modifying(BoundStatement.Modifying modifying) {
    List<StatementPlan.Step> steps = new ArrayList<>();
    for (BoundStatement.Step step : modifying.steps()) {
      steps.add(new StatementPlan.Step(step.id(), assemble(step.statement())));
    }
    return new StatementPlan.Modifying(steps, assemble(modifying.body()));
  }

  private List<StatementPlan.RowCheck> checks(List<BoundStatement.Check> checks, int columnCount) {
    List<StatementPlan.RowCheck> converted = new ArrayList<>();
    for (BoundStatement.Check check : checks) {
      converted.add(
          new StatementPlan.RowCheck(
              check.name(), values(check.condition(), columnCount), check.kind(), check.domain()));
    }
    return converted;
  }

  private StatementPlan.Insert insert(BoundStatement.Insert insert) {
    int width = insert.table().columns().size();
    Optional<StatementPlan.OnConflict> conflict =
        insert.conflict().map(bound -> conflict(bound, width));
    return new StatementPlan.Insert(
        insert.table().id(),
        insert.table().version(),
        plan(insert.source()),
        checks(insert.checks(), width),
        conflict,
        // Behind the columns: xmax.
        values(insert.returning().values(), width + 1),
        outputs(insert.returning().columns()),
        parameterTypes);
  }

  private StatementPlan.OnConflict conflict(BoundStatement.Conflict conflict, int width) {
    return conflict.update()
        ? new StatementPlan.OnConflict.DoUpdate(
            conflict.arbiters(),
            values(conflict.newRow(), 2 * width),
            conflict.condition().stream()
                .findFirst()
                .map(condition -> values(condition, 2 * width)),
            checks(conflict.existing(), width),
            checks(conflict.checks(), width))
        : new StatementPlan.OnConflict.DoNothing(conflict.arbiters());
  }

  private StatementPlan.Update update(BoundStatement.Update update) {
    int sourceWidth = update.source().getRowType().getFieldCount();
    return new StatementPlan.Update(
        update.table().id(),
        update.table().version(),
        plan(update.source()),
        update.keyChanges(),
        checks(update.existing(), update.table().columns().size()),
        checks(update.checks(), update.table().columns().size()),
        values(update.returning().values(), sourceWidth),
        outputs(update.returning().columns()),
        parameterTypes);
  }

  private StatementPlan.Delete delete(BoundStatement.Delete delete) {
    int sourceWidth = delete.source().getRowType().getFieldCount();
    return new StatementPlan.Delete(
        delete.table().id(),
        delete.table().version(),
        plan(delete.source()),
        checks(delete.existing(), delete.table().columns().size()),
        values(delete.returning().values(), sourceWidth),
        outputs(delete.returning().columns()),
        parameterTypes);
  }

  private static OutputColumn column(String name, SqlType type) {
    return new OutputColumn(name, type, 0, 0);
  }

  private static List<OutputColumn> output(SessionCommand command) {
    return switch (command) {
      case SessionCommand.Show(String name) ->
          List.of(column(name.toLowerCase(Locale.ROOT), SqlType.TEXT));
      case SessionCommand.ShowAll _ ->
          List.of(
              column("name", SqlType.TEXT),
              column("setting", SqlType.TEXT),
              column("description", SqlType.TEXT));
      default -> List.of();
    };
  }
}
