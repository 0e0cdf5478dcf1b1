package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.RecursiveRel;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

/// WITH clauses.
final class WithBinder {
  private final Binding binding;
  private final boolean top;

  /// @param top whether the clause belongs to a statement, so that its tables may change rows
  WithBinder(Binding binding, boolean top) {
    this.binding = binding;
    this.top = top;
  }

  /// The tables of a WITH clause and what to put around their users.
  ///
  /// @param steps all tables, if one of them changes rows: they run before the statement
  record Result(
      CommonTables tables, List<Definition> definitions, List<BoundStatement.Step> steps) {
    static final Result NONE = new Result(CommonTables.NONE, List.of(), List.of());

    RelNode around(RelNode body) {
      RelNode result = body;
      for (Definition definition : definitions.reversed()) {
        result =
            definition.inline()
                ? CommonTableInliner.inline(definition.id(), definition.rel(), result)
                : CommonTableInliner.share(
                    definition.id(), definition.rel(), result, definition.materialized());
      }
      return result;
    }

    BoundStatement after(BoundStatement body) {
      return steps.isEmpty() ? body : new BoundStatement.Modifying(steps, body);
    }
  }

  /// One table of a WITH clause.
  ///
  /// @param inline NOT MATERIALIZED
  /// @param materialized MATERIALIZED
  record Definition(int id, RelNode rel, boolean inline, boolean materialized) {}

  Result bind(Query.With with, @Nullable Scope parent, CommonTables outer) {
    checkNames(with);
    boolean modifying = with.tables().stream().anyMatch(WithBinder::isModifying);
    CommonTables tables = outer;
    List<Definition> definitions = new ArrayList<>();
    List<BoundStatement.Step> steps = new ArrayList<>();
    List<Query.CommonTable> ordered =
        with.recursive() ? RecursiveReferences.inOrder(with.tables()) : with.tables();
    for (Query.CommonTable table : ordered) {
      String name = table.name().getSimple();
      int id = binding.newId();
      if (isModifying(table)) {
        BoundStatement statement = modification(table, tables);
        tables = tables.with(name, new CommonTables.Entry(returned(statement, table), id));
        steps.add(new BoundStatement.Step(id, statement));
        continue;
      }
      Query query = ((Statement.SelectStatement) table.statement()).query();
      boolean recursive = with.recursive() && RecursiveReferences.isRecursive(table);
      if (!recursive) {
        RecursionColumns.refuse(table);
      }
      BoundQuery bound =
          recursive
              ? recursive(table, query, parent, tables)
              : renamed(new QueryBinder(binding).bind(query, parent, tables, true), table);
      tables = tables.with(name, new CommonTables.Entry(bound, id));
      if (modifying) {
        steps.add(new BoundStatement.Step(id, new BoundStatement.Select(bound)));
      } else {
        definitions.add(
            new Definition(
                id,
                bound.rel(),
                table.materialization() == Query.Materialization.NOT_MATERIALIZED,
                table.materialization() == Query.Materialization.MATERIALIZED));
      }
    }
    return new Result(tables, definitions, steps);
  }

  private static boolean isModifying(Query.CommonTable table) {
    return !(table.statement() instanceof Statement.SelectStatement);
  }

  private static void checkNames(Query.With with) {
    List<String> seen = new ArrayList<>();
    for (Query.CommonTable table : with.tables()) {
      String name = table.name().getSimple();
      if (seen.contains(name)) {
        throw new QuiverException(
                SqlState.DUPLICATE_ALIAS, "WITH query name \"%s\" specified more than once", name)
            .at(Positions.of(table.name()));
      }
      seen.add(name);
    }
  }

  // ---- tables that change rows

  private BoundStatement modification(Query.CommonTable table, CommonTables tables) {
    if (!top) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "WITH clause containing a data-modifying statement must be at the top level")
          .at(Positions.of(table.name()));
    }
    ModificationBinder binder = new ModificationBinder(binding, tables, false);
    return switch (table.statement()) {
      case Statement.InsertStatement insert -> binder.insert(insert);
      case Statement.UpdateStatement update -> binder.update(update);
      case Statement.DeleteStatement delete -> binder.delete(delete);
      case Statement.MergeStatement _ ->
          throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED, "MERGE not supported in WITH query")
              .at(Positions.of(table.name()));
      default -> throw new IllegalStateException("not a statement of WITH: " + table.statement());
    };
  }

  /// The rows of RETURNING as a table; null without RETURNING.
  private @Nullable BoundQuery returned(BoundStatement statement, Query.CommonTable table) {
    BoundStatement.Returning returning =
        switch (statement) {
          case BoundStatement.Insert insert -> insert.returning();
          case BoundStatement.Update update -> update.returning();
          case BoundStatement.Delete delete -> delete.returning();
          default -> throw new IllegalStateException("not a statement of WITH");
        };
    if (returning.columns().isEmpty()) {
      return null;
    }
    List<SqlType> types = returning.columns().stream().map(BoundQuery.OutputColumn::type).toList();
    // Only the type of the row is asked for: the rows are there when they are read.
    RelNode shape = new quiver.planner.calcite.ValuesRel(binding.cluster(), List.of(), types);
    return renamed(new BoundQuery(shape, returning.columns()), table);
  }

  // ---- recursion

  private BoundQuery recursive(
      Query.CommonTable table, Query query, @Nullable Scope parent, CommonTables outer) {
    Query.SetOperation union = RecursiveReferences.requireUnion(table, query);
    CommonTables tables = outer;
    List<Definition> definitions = List.of();
    Query.With with = union.clauses().with();
    if (with != null) {
      Result inner = new WithBinder(binding, false).bind(with, parent, outer);
      tables = inner.tables();
      definitions = inner.definitions();
    }
    QueryBinder queries = new QueryBinder(binding);
    BoundQuery base = renamed(queries.bind(union.left(), parent, tables, true), table);
    RecursionColumns more = new RecursionColumns(binding, table, union, base);
    BoundQuery first = more.base();
    String name = table.name().getSimple();
    int workId = binding.newId();
    CommonTables inside =
        tables.with(name, new CommonTables.Entry(first, workId, true, more.count()));
    BoundQuery step = queries.bind(more.reading(union.right()), parent, inside, false);
    if (step.columns().size() != first.columns().size()) {
      throw new QuiverException(
              SqlState.SYNTAX_ERROR, "each %s query must have the same number of columns", "UNION")
          .at(QueryBinder.targetPosition(union.right(), 0));
    }
    RelNode next = more.step(converted(name, base, step, union));
    RelNode rel = new RecursiveRel(workId, !union.all(), first.rel(), next);
    if (!union.all()) {
      first.columns().forEach(column -> binding.resolver().equality(column.type()));
    }
    List<BoundQuery.OutputColumn> columns =
        first.columns().subList(0, first.columns().size() - more.ownCount());
    Result around = new Result(tables, definitions, List.of());
    return new BoundQuery(
        around.around(binding.project(rel, binding.columns(rel).subList(0, columns.size()))),
        columns.stream()
            .map(column ->
                new BoundQuery.OutputColumn(column.name(), column.type(), 0, 0, column.fields()))
            .toList());
  }

  /// The recursive term with the types of the other one; what is behind its columns stays.
  private RelNode converted(
      String name, BoundQuery base, BoundQuery step, Query.SetOperation union) {
    Binding.Outputs outputs = binding.outputs(step.rel());
    List<RexNode> columns = new ArrayList<>();
    for (int i = 0; i < base.columns().size(); i++) {
      SqlType baseType = base.columns().get(i).type();
      RexNode column = outputs.columns().get(i);
      SqlType common;
      try {
        common = binding.resolver().commonType(List.of(baseType, Rex.type(column)), "UNION");
      } catch (QuiverException e) {
        throw e.position() == 0 ? e.at(QueryBinder.targetPosition(union.right(), i)) : e;
      }
      if (!common.sameTypeAs(baseType)) {
        throw new QuiverException(
                SqlState.DATATYPE_MISMATCH,
                "recursive query \"%s\" column %d has type %s in non-recursive term but type %s"
                    + " overall",
                name,
                i + 1,
                baseType.sqlName(),
                common.sqlName())
            .withHint("Cast the output of the non-recursive term to the correct type.")
            .at(QueryBinder.targetPosition(union.left(), i));
      }
      columns.add(binding.coercions().coerce(column, baseType, CastContext.IMPLICIT));
    }
    columns.addAll(outputs.columns().subList(columns.size(), outputs.columns().size()));
    return binding.project(outputs.rel(), columns);
  }

  private static BoundQuery renamed(BoundQuery query, Query.CommonTable table) {
    List<SqlIdentifier> names = table.columns();
    if (names.size() > query.columns().size()) {
      throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "WITH query \"%s\" has %d columns available but %d columns specified",
              table.name().getSimple(),
              query.columns().size(),
              names.size())
          .at(Positions.of(table.name()));
    }
    List<BoundQuery.OutputColumn> columns = new ArrayList<>(query.columns());
    for (int i = 0; i < names.size(); i++) {
      BoundQuery.OutputColumn column = columns.get(i);
      columns.set(
          i,
          new BoundQuery.OutputColumn(
              names.get(i).getSimple(),
              column.type(),
              column.tableId(),
              column.columnId(),
              column.fields()));
    }
    return new BoundQuery(query.rel(), columns);
  }
}
