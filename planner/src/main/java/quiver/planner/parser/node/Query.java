package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// A query. WITH, ORDER BY, LIMIT, OFFSET and locking belong to the query they follow and are in
/// its [Clauses]; as in PostgreSQL, parentheses add no level.
public sealed interface Query {
  /// The clauses any query can have.
  Clauses clauses();

  /// 1-based character position of the first word.
  int position();

  /// The same query with other clauses.
  Query withClauses(Clauses clauses);

  /// @param with null without WITH
  /// @param limit null without LIMIT or with LIMIT ALL
  /// @param withTies FETCH FIRST … WITH TIES
  /// @param asOf of `FOR SYSTEM_TIME AS OF asOf`: when all tables without a moment of their own are
  ///   read, else null
  record Clauses(
      @Nullable With with,
      List<OrderItem> orderBy,
      @Nullable SqlNode limit,
      boolean withTies,
      @Nullable SqlNode offset,
      List<Locking> locking,
      @Nullable SqlNode asOf) {
    /// A query without any of them.
    public static final Clauses NONE =
        new Clauses(null, List.of(), null, false, null, List.of(), null);

    public Clauses {
      orderBy = List.copyOf(orderBy);
      locking = List.copyOf(locking);
    }
  }

  /// UNION, INTERSECT, EXCEPT.
  enum SetOperator {
    UNION,
    INTERSECT,
    EXCEPT
  }

  /// SELECT. `TABLE t` arrives as `SELECT * FROM t`.
  ///
  /// @param distinctOn expressions of DISTINCT ON, empty for plain DISTINCT
  /// @param from comma list, empty without FROM
  record Select(
      Clauses clauses,
      boolean distinct,
      List<SqlNode> distinctOn,
      List<SelectItem> items,
      List<FromItem> from,
      @Nullable SqlNode where,
      List<GroupingElement> groupBy,
      boolean groupByDistinct,
      @Nullable SqlNode having,
      List<WindowSpecification.Named> windows,
      int position)
      implements Query {
    public Select {
      distinctOn = List.copyOf(distinctOn);
      items = List.copyOf(items);
      from = List.copyOf(from);
      groupBy = List.copyOf(groupBy);
      windows = List.copyOf(windows);
    }

    @Override
    public Select withClauses(Clauses newClauses) {
      return new Select(
          newClauses,
          distinct,
          distinctOn,
          items,
          from,
          where,
          groupBy,
          groupByDistinct,
          having,
          windows,
          position);
    }
  }

  /// `VALUES (…), (…)`; a value may be [Expression.Default] (only INSERT allows it).
  record Values(Clauses clauses, List<List<SqlNode>> rows, int position) implements Query {
    public Values {
      rows = List.copyOf(rows);
    }

    @Override
    public Values withClauses(Clauses newClauses) {
      return new Values(newClauses, rows, position);
    }
  }

  /// `left UNION [ALL] right` and its kin.
  record SetOperation(
      Clauses clauses, SetOperator operator, boolean all, Query left, Query right, int position)
      implements Query {
    @Override
    public SetOperation withClauses(Clauses newClauses) {
      return new SetOperation(newClauses, operator, all, left, right, position);
    }
  }

  /// The WITH clause.
  record With(boolean recursive, List<CommonTable> tables) {
    public With {
      tables = List.copyOf(tables);
    }
  }

  /// What is written about materialisation.
  enum Materialization {
    DEFAULT,
    MATERIALIZED,
    NOT_MATERIALIZED
  }

  /// `SEARCH DEPTH | BREADTH FIRST BY columns SET sequence`.
  record Search(
      boolean breadth, List<SqlIdentifier> columns, SqlIdentifier sequence, int position) {
    public Search {
      columns = List.copyOf(columns);
    }
  }

  /// `CYCLE columns SET mark [TO value DEFAULT otherwise] USING path`; the values are null where
  /// none are written.
  record Cycle(
      List<SqlIdentifier> columns,
      SqlIdentifier mark,
      @Nullable SqlNode value,
      @Nullable SqlNode otherwise,
      SqlIdentifier path,
      int position) {
    public Cycle {
      columns = List.copyOf(columns);
    }
  }

  /// One table of WITH; the statement is a SELECT, INSERT, UPDATE or DELETE.
  record CommonTable(
      SqlIdentifier name,
      List<SqlIdentifier> columns,
      Materialization materialization,
      Statement statement,
      @Nullable Search search,
      @Nullable Cycle cycle) {
    public CommonTable {
      columns = List.copyOf(columns);
    }

    /// Whether there is a SEARCH or a CYCLE clause.
    public boolean isTracked() {
      return search != null || cycle != null;
    }
  }

  /// Strength of a locking clause.
  enum LockStrength {
    KEY_SHARE,
    SHARE,
    NO_KEY_UPDATE,
    UPDATE
  }

  /// What happens when a row is locked.
  enum LockWait {
    WAIT,
    NOWAIT,
    SKIP_LOCKED
  }

  /// `FOR strength [OF tables] [NOWAIT | SKIP LOCKED]`.
  record Locking(LockStrength strength, List<SqlIdentifier> tables, LockWait whenLocked) {
    public Locking {
      tables = List.copyOf(tables);
    }
  }
}
