package quiver.planner.binder;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.plan.CopyOptions;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.ExplainOptions;
import quiver.common.type.SqlType;
import quiver.planner.binder.BoundQuery.OutputColumn;

/// A statement after semantic analysis, with relations in place of queries.
public sealed interface BoundStatement {
  /// SELECT, VALUES, TABLE.
  record Select(BoundQuery query) implements BoundStatement {}

  /// What new rows have to meet.
  ///
  /// @param name of the constraint, the view, or the restrictive policy, if there is one
  /// @param condition one value over the table's columns
  /// @param domain what messages call the domain, if it is one's
  record Check(String name, BoundValues condition, StatementPlan.CheckKind kind, String domain) {
    Check(String name, RexNode condition) {
      this(name, BoundValues.of(condition), StatementPlan.CheckKind.CONSTRAINT);
    }

    Check(String name, BoundValues condition, StatementPlan.CheckKind kind) {
      this(name, condition, kind, "");
    }
  }

  /// ON CONFLICT.
  ///
  /// @param newRow over existing ++ excluded columns; empty for DO NOTHING
  /// @param condition at most one, over the same
  /// @param existing what the existing row has to meet
  /// @param checks what the new row has to meet
  record Conflict(
      List<Long> arbiters,
      boolean update,
      BoundValues newRow,
      List<BoundValues> condition,
      List<Check> existing,
      List<Check> checks) {
    static Conflict nothing(List<Long> arbiters) {
      return new Conflict(arbiters, false, BoundValues.none(), List.of(), List.of(), List.of());
    }

    public Conflict {
      condition = List.copyOf(condition);
      existing = List.copyOf(existing);
      checks = List.copyOf(checks);
    }
  }

  /// RETURNING.
  record Returning(BoundValues values, List<OutputColumn> columns) {
    static final Returning NONE = new Returning(BoundValues.none(), List.of());

    public Returning {
      columns = List.copyOf(columns);
    }
  }

  /// One table of a WITH clause that changes rows.
  record Step(int id, BoundStatement statement) {}

  /// A statement and what its WITH clause does before it.
  record Modifying(List<Step> steps, BoundStatement body) implements BoundStatement {
    public Modifying {
      steps = List.copyOf(steps);
    }
  }

  /// @param source every column of the table
  /// @param returning over the table's columns
  record Insert(
      TableDefinition table,
      RelNode source,
      List<Check> checks,
      Optional<Conflict> conflict,
      Returning returning)
      implements BoundStatement {}

  /// @param source old row, address, new row, what RETURNING needs besides
  /// @param existing what old rows have to meet
  /// @param checks what new rows have to meet
  /// @param returning over the source
  record Update(
      TableDefinition table,
      RelNode source,
      boolean keyChanges,
      List<Check> existing,
      List<Check> checks,
      Returning returning)
      implements BoundStatement {}

  /// @param source old row, address, what RETURNING needs besides
  /// @param existing what the rows have to meet
  /// @param returning over the source
  record Delete(TableDefinition table, RelNode source, List<Check> existing, Returning returning)
      implements BoundStatement {}

  /// MERGE.
  ///
  /// @param rows number of the WHEN clause, address, the joined row
  /// @param clauses over the rows as a common table with this id
  record Merge(int rowsId, BoundQuery rows, List<BoundStatement> clauses)
      implements BoundStatement {
    public Merge {
      clauses = List.copyOf(clauses);
    }
  }

  record Ddl(DdlCommand command, String tag) implements BoundStatement {}

  /// ALTER TABLE.
  ///
  /// @param rows every row as it will be, if rows are looked at
  /// @param missing values of new columns in rows that stay as they are, by ordinal
  record AlterTable(
      DdlCommand.ReplaceTable command,
      Optional<RelNode> rows,
      boolean rewrite,
      List<Check> checks,
      List<Integer> notNull,
      Map<Integer, RexNode> missing,
      List<String> notices,
      String tag)
      implements BoundStatement {}

  record CreateTableAs(
      DdlCommand command,
      DdlCommand.QualifiedName table,
      BoundQuery query,
      boolean withData,
      String tag)
      implements BoundStatement {}

  record Explain(BoundStatement statement, ExplainOptions options) implements BoundStatement {}

  /// @param where at most one, over the stream's columns
  record CopyIn(
      Insert insert,
      List<Integer> columns,
      List<SqlType> streamTypes,
      CopyOptions options,
      List<RexNode> where)
      implements BoundStatement {}

  record CopyOut(BoundStatement source, CopyOptions options) implements BoundStatement {}

  record Session(SessionCommand command) implements BoundStatement {}

  /// CREATE TABLE AS EXECUTE.
  ///
  /// @param command without columns
  /// @param columns names of the first columns
  record CreateTableAsExecute(
      DdlCommand.CreateTable command, List<String> columns, Execute execute, boolean withData)
      implements BoundStatement {
    public CreateTableAsExecute {
      columns = List.copyOf(columns);
    }
  }

  /// EXECUTE with its arguments and where they are in the text.
  record Execute(String name, List<RexNode> arguments, List<Integer> positions)
      implements BoundStatement {}
}
