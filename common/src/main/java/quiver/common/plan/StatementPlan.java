package quiver.common.plan;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.DdlCommand;
import quiver.common.expression.Expression;
import quiver.common.type.SqlType;

/// What the front end does for one statement.
public sealed interface StatementPlan {
  /// Result columns; empty for statements that return no rows.
  List<OutputColumn> output();

  /// Types of `$1 …`, in order.
  List<SqlType> parameterTypes();

  /// A result column.
  ///
  /// @param tableId 0 when it is not a plain table column
  /// @param columnId 0 when it is not a plain table column
  record OutputColumn(String name, SqlType type, long tableId, int columnId) {}

  /// SELECT, VALUES, TABLE.
  record Query(PlanNode root, List<OutputColumn> output, List<SqlType> parameterTypes)
      implements StatementPlan {}

  /// INSERT and COPY FROM's constraint part.
  ///
  /// @param source emits every column of the table, in order, with defaults filled in and types
  ///   assigned
  /// @param checks over the columns of the new row
  /// @param returning over the columns of the row as it was inserted or updated; empty without
  ///   RETURNING
  record Insert(
      long tableId,
      int tableVersion,
      PlanNode source,
      List<RowCheck> checks,
      Optional<OnConflict> onConflict,
      RowValues returning,
      List<OutputColumn> output,
      List<SqlType> parameterTypes)
      implements StatementPlan {}

  /// A CHECK constraint: violated when the condition is false (not when NULL).
  ///
  /// @param condition one value over the columns of the row
  /// @param name of the constraint or the restrictive policy; empty for permissive policies and for
  ///   NOT NULL of a domain
  /// @param domain what messages call the domain, if it is one's
  record RowCheck(String name, RowValues condition, CheckKind kind, String domain) {}

  /// Who asks for a check.
  enum CheckKind {
    CONSTRAINT,
    /// The domain of a column.
    DOMAIN,
    /// Row security; the name is that of a restrictive policy, or empty.
    POLICY,
    /// The same, of a row that is there and that ON CONFLICT would update.
    POLICY_OF_EXISTING,
    /// The same, of a row that is there and that MERGE would change.
    POLICY_OF_TARGET,
    /// WITH CHECK OPTION of a view.
    VIEW
  }

  /// What happens to a row whose key exists.
  sealed interface OnConflict {
    /// The unique indexes that are meant, the primary key's among them; empty: all. A key that
    /// exists in another one is an error.
    List<Long> arbiters();

    record DoNothing(List<Long> arbiters) implements OnConflict {
      public DoNothing {
        arbiters = List.copyOf(arbiters);
      }
    }

    /// DO UPDATE.
    ///
    /// @param newRow the whole new row over existing columns ++ excluded columns
    /// @param condition over the same; the row is left alone unless true
    /// @param existing over the columns of the row that is there, if it is not left alone
    /// @param checks over the columns of the new row
    record DoUpdate(
        List<Long> arbiters,
        RowValues newRow,
        Optional<RowValues> condition,
        List<RowCheck> existing,
        List<RowCheck> checks)
        implements OnConflict {
      public DoUpdate {
        arbiters = List.copyOf(arbiters);
        existing = List.copyOf(existing);
        checks = List.copyOf(checks);
      }
    }
  }

  /// UPDATE.
  ///
  /// @param source emits the old row's columns, its address (int8), then every column of the new
  ///   row
  /// @param keyChanges whether the statement can change primary key columns
  /// @param existing over the columns of the old row
  /// @param checks over the columns of the new row
  /// @param returning over new row columns ++ (for FROM) nothing else; see `source`: input is the
  ///   whole source row
  record Update(
      long tableId,
      int tableVersion,
      PlanNode source,
      boolean keyChanges,
      List<RowCheck> existing,
      List<RowCheck> checks,
      RowValues returning,
      List<OutputColumn> output,
      List<SqlType> parameterTypes)
      implements StatementPlan {}

  /// DELETE.
  ///
  /// @param source emits the old row's columns, its address (int8), then any further columns
  ///   RETURNING needs (USING)
  /// @param existing over the columns of the old row
  /// @param returning over the whole source row
  record Delete(
      long tableId,
      int tableVersion,
      PlanNode source,
      List<RowCheck> existing,
      RowValues returning,
      List<OutputColumn> output,
      List<SqlType> parameterTypes)
      implements StatementPlan {}

  /// A statement whose WITH clause changes rows. The steps run first, in order; then `body`. All
  /// read the database as it was before the statement, and the rows of earlier steps as
  /// [PlanNode.SharedScan] of their ids: a query's rows, or what RETURNING gives.
  record Modifying(List<Step> steps, StatementPlan body) implements StatementPlan {
    public Modifying {
      steps = List.copyOf(steps);
    }

    @Override
    public List<OutputColumn> output() {
      return body.output();
    }

    @Override
    public List<SqlType> parameterTypes() {
      return body.parameterTypes();
    }
  }

  /// One table of such a WITH clause; a query runs when it is first read.
  record Step(int id, StatementPlan statement) {}

  /// MERGE. `rows` emits the number of the WHEN clause that takes a row (int4, from 1), the address
  /// of the matched row of the table (int8, NULL for none), then what the clauses need; rows no
  /// clause takes are left out. One step a clause that does something reads them as
  /// [PlanNode.SharedScan] of `rowsId`.
  record Merge(int rowsId, Query rows, List<StatementPlan> clauses, List<SqlType> parameterTypes)
      implements StatementPlan {
    public Merge {
      clauses = List.copyOf(clauses);
    }

    @Override
    public List<OutputColumn> output() {
      return List.of();
    }
  }

  /// Statements that change the catalog.
  record Ddl(
      DdlCommand command, String tag, List<OutputColumn> output, List<SqlType> parameterTypes)
      implements StatementPlan {}

  /// ALTER TABLE: rows are checked or rewritten where that is needed, then the definition changes.
  ///
  /// @param rows every row as it will be, if rows are looked at
  /// @param rewrite whether the rows are written anew
  /// @param checks that every row has to pass
  /// @param notNull ordinals that may not be NULL in any row
  /// @param missing values of new columns in rows that stay as they are, by ordinal
  record AlterTable(
      DdlCommand.ReplaceTable command,
      Optional<PlanNode> rows,
      boolean rewrite,
      List<RowCheck> checks,
      List<Integer> notNull,
      Map<Integer, Expression> missing,
      List<String> notices,
      String tag)
      implements StatementPlan {
    public AlterTable {
      checks = List.copyOf(checks);
      notNull = List.copyOf(notNull);
      missing = Map.copyOf(missing);
      notices = List.copyOf(notices);
    }

    @Override
    public List<OutputColumn> output() {
      return List.of();
    }

    @Override
    public List<SqlType> parameterTypes() {
      return List.of();
    }
  }

  /// CREATE TABLE AS and its kin: the table is made or emptied, then it gets its rows.
  ///
  /// @param table what `command` makes or empties
  /// @param tag of the command where rows are not counted
  record CreateTableAs(
      DdlCommand command, DdlCommand.QualifiedName table, Query query, boolean withData, String tag)
      implements StatementPlan {
    @Override
    public List<OutputColumn> output() {
      return List.of();
    }

    @Override
    public List<SqlType> parameterTypes() {
      return query.parameterTypes();
    }
  }

  /// EXPLAIN.
  record Explain(StatementPlan statement, ExplainOptions options, List<OutputColumn> output)
      implements StatementPlan {
    @Override
    public List<SqlType> parameterTypes() {
      return statement.parameterTypes();
    }
  }

  /// EXPLAIN's options.
  ///
  /// @param settings whether settings that matter to plans are shown where they are not at their
  ///   defaults
  record ExplainOptions(
      boolean analyze,
      boolean verbose,
      boolean costs,
      boolean timing,
      boolean summary,
      boolean settings,
      Format format) {
    /// Output format.
    public enum Format {
      TEXT,
      JSON,
      YAML,
      XML
    }
  }

  /// COPY FROM STDIN.
  ///
  /// @param columns ordinals of the columns in the stream, in order
  /// @param insert its source is one input row of the listed columns' types ([PlanNode.Values]
  ///   without rows is replaced by the stream)
  record CopyIn(
      Insert insert,
      List<Integer> columns,
      List<SqlType> streamTypes,
      CopyOptions options,
      Optional<Expression> where)
      implements StatementPlan {
    @Override
    public List<OutputColumn> output() {
      return List.of();
    }

    @Override
    public List<SqlType> parameterTypes() {
      return List.of();
    }
  }

  /// COPY … TO STDOUT.
  record CopyOut(StatementPlan source, CopyOptions options) implements StatementPlan {
    @Override
    public List<OutputColumn> output() {
      return List.of();
    }

    @Override
    public List<SqlType> parameterTypes() {
      return List.of();
    }
  }

  /// Everything the session does by itself: SET, SHOW, transactions, cursors, PREPARE, DISCARD, …
  record Session(SessionCommand command, List<OutputColumn> output, List<SqlType> parameterTypes)
      implements StatementPlan {}
}
