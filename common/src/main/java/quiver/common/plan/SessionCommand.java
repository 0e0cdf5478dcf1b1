package quiver.common.plan;

import java.util.List;
import java.util.Optional;

/// A statement that only changes or shows the session.
public sealed interface SessionCommand {
  /// SET [LOCAL] name = values; empty values: DEFAULT.
  record Set(String name, List<String> values, boolean local) implements SessionCommand {
    public Set {
      values = List.copyOf(values);
    }
  }

  record Reset(String name) implements SessionCommand {}

  record ResetAll() implements SessionCommand {}

  record Show(String name) implements SessionCommand {}

  record ShowAll() implements SessionCommand {}

  /// BEGIN, START TRANSACTION, SET TRANSACTION and SET SESSION CHARACTERISTICS.
  ///
  /// @param isolation lower-case words, for example `repeatable read`
  record Begin(Optional<String> isolation, Optional<Boolean> readOnly, String tag)
      implements SessionCommand {}

  record SetTransaction(
      Optional<String> isolation, Optional<Boolean> readOnly, boolean sessionDefault)
      implements SessionCommand {}

  /// @param chain whether another transaction with the same modes begins at once
  record Commit(boolean chain) implements SessionCommand {}

  /// @param chain whether another transaction with the same modes begins at once
  record Rollback(boolean chain) implements SessionCommand {}

  record Listen(String channel) implements SessionCommand {}

  /// Empty channel: all of them.
  record Unlisten(Optional<String> channel) implements SessionCommand {}

  record Notify(String channel, String payload) implements SessionCommand {}

  /// LOCK TABLE.
  ///
  /// @param tables to lock, with the names messages show
  /// @param mode in upper case, for example `ACCESS EXCLUSIVE`
  record LockTable(List<LockedTable> tables, String mode, boolean nowait)
      implements SessionCommand {
    public LockTable {
      tables = List.copyOf(tables);
    }
  }

  /// A table of LOCK TABLE.
  record LockedTable(long tableId, String name) {}

  /// SET CONSTRAINTS.
  ///
  /// @param constraintIds empty: all
  record SetConstraints(Optional<List<Long>> constraintIds, boolean deferred)
      implements SessionCommand {
    public SetConstraints {
      constraintIds = constraintIds.map(List::copyOf);
    }
  }

  record Savepoint(String name) implements SessionCommand {}

  record ReleaseSavepoint(String name) implements SessionCommand {}

  record RollbackToSavepoint(String name) implements SessionCommand {}

  /// PREPARE; the text is planned by the session.
  record Prepare(String name, List<quiver.common.type.SqlType> types, String statement)
      implements SessionCommand {
    public Prepare {
      types = List.copyOf(types);
    }
  }

  /// EXECUTE; arguments are constant expressions, literals still of type `unknown`.
  ///
  /// @param positions where the arguments are in the text
  record Execute(
      String name, List<quiver.common.expression.Expression> arguments, List<Integer> positions)
      implements SessionCommand {
    public Execute {
      arguments = List.copyOf(arguments);
      positions = List.copyOf(positions);
    }
  }

  /// CREATE TABLE AS EXECUTE: the columns are those of the prepared query.
  ///
  /// @param command without columns
  /// @param columns names of the first columns
  record CreateTableAs(
      quiver.common.catalog.DdlCommand.CreateTable command,
      List<String> columns,
      Execute execute,
      boolean withData)
      implements SessionCommand {
    public CreateTableAs {
      columns = List.copyOf(columns);
    }
  }

  /// Empty name: ALL.
  record Deallocate(Optional<String> name) implements SessionCommand {}

  record DeclareCursor(String name, boolean binary, boolean hold, boolean scroll, String query)
      implements SessionCommand {}

  /// FETCH or MOVE forward `count` rows (empty: ALL).
  record Fetch(String name, Optional<Long> count, boolean move) implements SessionCommand {}

  /// FETCH or MOVE that is not simply forward.
  ///
  /// @param count BACKWARD: how many rows, `Long.MAX_VALUE` for ALL; ABSOLUTE, RELATIVE: which row,
  ///   negative ones from the end or backward
  record FetchFrom(String name, Direction direction, long count, boolean move)
      implements SessionCommand {}

  /// Where FETCH goes.
  enum Direction {
    FORWARD,
    BACKWARD,
    ABSOLUTE,
    RELATIVE
  }

  /// Empty name: ALL.
  record CloseCursor(Optional<String> name) implements SessionCommand {}

  /// DISCARD ALL, PLANS, SEQUENCES or TEMP.
  record Discard(String what) implements SessionCommand {}

  /// A statement that is accepted because it asks for what is already so, or for maintenance that
  /// the data coordinator does by itself (CREATE EXTENSION vector, …).
  ///
  /// @param notice shown to the client, if any
  record NoOperation(String tag, Optional<String> notice) implements SessionCommand {}

  /// A table of VACUUM or ANALYZE.
  ///
  /// @param columnIds to look at; empty: all
  record MaintainedTable(long tableId, List<Integer> columnIds) {
    public MaintainedTable {
      columnIds = List.copyOf(columnIds);
    }
  }

  /// ANALYZE and VACUUM.
  ///
  /// @param whole whether every table is meant
  /// @param skipped warnings about what was named and has no rows
  record Maintain(
      List<MaintainedTable> tables,
      boolean whole,
      List<String> skipped,
      boolean vacuum,
      boolean analyze,
      boolean verbose)
      implements SessionCommand {
    public Maintain {
      tables = List.copyOf(tables);
      skipped = List.copyOf(skipped);
    }
  }

  /// CLUSTER, or CHECKPOINT: flush and compact now.
  record Flush(List<Long> tableIds, String tag) implements SessionCommand {
    public Flush {
      tableIds = List.copyOf(tableIds);
    }
  }
}
