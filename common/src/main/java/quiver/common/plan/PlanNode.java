package quiver.common.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.expression.Expression;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;

/// A physical operator. A plan is a tree of these; the part below a [Gather] is a leaf fragment
/// that runs on every query node that holds rows of its table, the part above runs in the front
/// end. Both parts are executed by the same engine.
public sealed interface PlanNode {
  /// Types of the output columns, in order.
  List<SqlType> outputTypes();

  /// Rows of a stored table visible at the statement's snapshot. Output: the columns `ordinals` of
  /// the table ([HiddenColumns] among them), then, if `withAddress`, the row address (int8, see
  /// [quiver.common.column.RowAddress]).
  ///
  /// @param tableVersion the definition the plan was made for
  /// @param filter over the output columns; only rows for which it is true are emitted
  /// @param keyEquals one expression (without input columns) per primary key column: only the row
  ///   with this key
  /// @param access an index that may find rows for the filter
  /// @param order an index by which only the first rows need be given; there may be more, in any
  ///   order
  /// @param asOf without input columns: the moment whose rows are read instead, as a timestamptz
  ///   or, an int8, as a timestamp of the oracle
  record TableScan(
      long tableId,
      int tableVersion,
      List<Integer> ordinals,
      List<SqlType> columnTypes,
      boolean withAddress,
      Optional<Expression> filter,
      List<Expression> keyEquals,
      Optional<IndexAccess> access,
      Optional<IndexAccess.Order> order,
      Optional<Expression> asOf,
      RelationAlias alias)
      implements PlanNode {
    public TableScan {
      ordinals = List.copyOf(ordinals);
      columnTypes = List.copyOf(columnTypes);
      keyEquals = List.copyOf(keyEquals);
    }

    /// A scan without an index.
    public TableScan(
        long tableId,
        int tableVersion,
        List<Integer> ordinals,
        List<SqlType> columnTypes,
        boolean withAddress,
        Optional<Expression> filter,
        List<Expression> keyEquals) {
      this(
          tableId,
          tableVersion,
          ordinals,
          columnTypes,
          withAddress,
          filter,
          keyEquals,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          RelationAlias.NONE);
    }

    /// The scan reading an index in order.
    public TableScan inOrder(IndexAccess.Order newOrder, Optional<Expression> newFilter) {
      return new TableScan(
          tableId,
          tableVersion,
          ordinals,
          columnTypes,
          withAddress,
          newFilter,
          keyEquals,
          access,
          Optional.of(newOrder),
          asOf,
          alias);
    }

    @Override
    public List<SqlType> outputTypes() {
      return withAddress ? append(columnTypes, SqlType.INT8) : columnTypes;
    }
  }

  /// The `limit` rows nearest to `query`, nearest first, among those for which `filter` is true and
  /// whose distance is in `range`. Output: as [TableScan], then the distance (float8). Rows whose
  /// vector is NULL follow last, in any order, when rows with vectors run out.
  ///
  /// @param vectorOrdinal the vector column (position in the table's columns), if `distance` is
  ///   empty
  /// @param indexId the index to use; empty: exact search
  /// @param query without input columns; NULL: all distances are NULL
  /// @param distance over the columns read, where it is not that of a `vector(n)` column
  /// @param limit int8, without input columns: LIMIT plus OFFSET; empty: all rows, in about this
  ///   order if nothing bounds them, since an index gives them as it finds them
  /// @param reason why this strategy was planned, for EXPLAIN
  /// @param asOf as in [TableScan]
  record VectorSearch(
      long tableId,
      int tableVersion,
      List<Integer> ordinals,
      List<SqlType> columnTypes,
      boolean withAddress,
      int vectorOrdinal,
      DistanceMetric metric,
      Optional<Long> indexId,
      Expression query,
      Optional<Expression> distance,
      Optional<Expression> limit,
      DistanceRange range,
      Optional<Expression> filter,
      String reason,
      Optional<Expression> asOf,
      RelationAlias alias)
      implements PlanNode {
    public VectorSearch {
      ordinals = List.copyOf(ordinals);
      columnTypes = List.copyOf(columnTypes);
    }

    /// A search in a `vector(n)` column.
    public VectorSearch(
        long tableId,
        int tableVersion,
        List<Integer> ordinals,
        List<SqlType> columnTypes,
        boolean withAddress,
        int vectorOrdinal,
        DistanceMetric metric,
        Optional<Long> indexId,
        Expression query,
        Optional<Expression> limit,
        DistanceRange range,
        Optional<Expression> filter,
        String reason) {
      this(
          tableId,
          tableVersion,
          ordinals,
          columnTypes,
          withAddress,
          vectorOrdinal,
          metric,
          indexId,
          query,
          Optional.empty(),
          limit,
          range,
          filter,
          reason,
          Optional.empty(),
          RelationAlias.NONE);
    }

    @Override
    public List<SqlType> outputTypes() {
      List<SqlType> types = withAddress ? append(columnTypes, SqlType.INT8) : columnTypes;
      return append(types, SqlType.FLOAT8);
    }
  }

  /// Runs `fragment` on every query node that holds rows of its table and in the transaction's own
  /// uncommitted rows, and merges: by `order` if given (each fragment's rows are already in that
  /// order), else as they come.
  record Gather(PlanNode fragment, List<SortKey> order) implements PlanNode {
    public Gather {
      order = List.copyOf(order);
    }

    @Override
    public List<SqlType> outputTypes() {
      return fragment.outputTypes();
    }
  }

  /// Rows of a virtual relation of `pg_catalog` or `information_schema`.
  ///
  /// @param ordinals the relation's columns to emit
  /// @param wanted values of columns, by ordinal, that rows may be chosen by; a filter above
  ///   demands them as well
  record SystemScan(
      String schema,
      String relation,
      List<Integer> ordinals,
      Map<Integer, Expression> wanted,
      List<SqlType> outputTypes,
      RelationAlias alias)
      implements PlanNode {
    public SystemScan {
      ordinals = List.copyOf(ordinals);
      wanted = Map.copyOf(wanted);
      outputTypes = List.copyOf(outputTypes);
    }
  }

  /// Constant rows; expressions have no input columns. Zero columns and one row: SELECT without
  /// FROM.
  record Values(List<List<Expression>> rows, List<SqlType> outputTypes) implements PlanNode {
    public Values {
      rows = rows.stream().map(List::copyOf).toList();
      outputTypes = List.copyOf(outputTypes);
    }
  }

  /// Set-returning functions in FROM, side by side (ROWS FROM; shorter ones padded with NULL);
  /// arguments may use [Expression.OuterColumn]. `ordinality` adds an int8 column.
  record TableFunction(
      List<Expression.Call> calls,
      boolean ordinality,
      List<SqlType> outputTypes,
      RelationAlias alias)
      implements PlanNode {
    public TableFunction {
      calls = List.copyOf(calls);
      outputTypes = List.copyOf(outputTypes);
    }
  }

  record Filter(PlanNode input, Expression condition) implements PlanNode {
    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  record Project(PlanNode input, List<Expression> expressions) implements PlanNode {
    public Project {
      expressions = List.copyOf(expressions);
    }

    @Override
    public List<SqlType> outputTypes() {
      return expressions.stream().map(Expression::type).toList();
    }
  }

  /// Select list with set-returning functions: per input row, the functions run in lock step;
  /// scalar items repeat.
  ///
  /// @param items a [Expression.Call] of kind SET_RETURNING at the top level, or a scalar
  ///   expression
  record ProjectSet(PlanNode input, List<Expression> items) implements PlanNode {
    public ProjectSet {
      items = List.copyOf(items);
    }

    @Override
    public List<SqlType> outputTypes() {
      return items.stream().map(Expression::type).toList();
    }
  }

  /// Hash join on `leftKeys[i] = rightKeys[i]` (by the equality of their common type) and
  /// `residual` over left ++ right columns.
  record HashJoin(
      JoinKind kind,
      PlanNode left,
      PlanNode right,
      List<Integer> leftKeys,
      List<Integer> rightKeys,
      Optional<Expression> residual)
      implements PlanNode {
    public HashJoin {
      leftKeys = List.copyOf(leftKeys);
      rightKeys = List.copyOf(rightKeys);
    }

    @Override
    public List<SqlType> outputTypes() {
      return joined(kind, left, right);
    }
  }

  /// Nested loop over a materialised right side.
  record NestedLoopJoin(
      JoinKind kind, PlanNode left, PlanNode right, Optional<Expression> condition)
      implements PlanNode {
    @Override
    public List<SqlType> outputTypes() {
      return joined(kind, left, right);
    }
  }

  /// For every left row, `right` runs with [Expression.OuterColumn] of `applyId` bound to that row.
  /// Kinds: INNER, LEFT, SEMI, ANTI. The right side may contain [Gather].
  ///
  /// @param guard over the left columns: where it is not true, the right side has no rows and does
  ///   not run
  record Apply(
      int applyId,
      JoinKind kind,
      PlanNode left,
      PlanNode right,
      Optional<Expression> condition,
      Optional<Expression> guard)
      implements PlanNode {
    public Apply(
        int applyId, JoinKind kind, PlanNode left, PlanNode right, Optional<Expression> condition) {
      this(applyId, kind, left, right, condition, Optional.empty());
    }

    @Override
    public List<SqlType> outputTypes() {
      return joined(kind, left, right);
    }
  }

  /// Phase of a distributed aggregation.
  enum AggregatePhase {
    /// Rows in, results out.
    SINGLE,
    /// Rows in, states out: keys, then one state column (bytea, opaque) per call.
    PARTIAL,
    /// Output of PARTIAL in, results out.
    FINAL
  }

  /// Hash aggregation. Output: the key columns of the widest grouping set, then one column per
  /// call; with more than one grouping set, keys outside the current set are NULL and a last int8
  /// column holds the GROUPING() bits of all keys (first key = highest bit). No keys and SINGLE or
  /// FINAL: exactly one row.
  ///
  /// @param groupingSets positions into `keys`; exactly one, all keys, for plain GROUP BY
  record Aggregate(
      PlanNode input,
      AggregatePhase phase,
      List<Integer> keys,
      List<List<Integer>> groupingSets,
      List<AggregateCall> calls,
      List<SqlType> outputTypes)
      implements PlanNode {
    public Aggregate {
      keys = List.copyOf(keys);
      groupingSets = groupingSets.stream().map(List::copyOf).toList();
      calls = List.copyOf(calls);
      outputTypes = List.copyOf(outputTypes);
    }
  }

  /// Output: the input columns, then one column per call. All calls share partition, order and
  /// frame.
  record Window(
      PlanNode input,
      List<Integer> partitionKeys,
      List<SortKey> order,
      WindowFrame frame,
      List<AggregateCall> calls)
      implements PlanNode {
    public Window {
      partitionKeys = List.copyOf(partitionKeys);
      order = List.copyOf(order);
      calls = List.copyOf(calls);
    }

    @Override
    public List<SqlType> outputTypes() {
      List<SqlType> types = new ArrayList<>(input.outputTypes());
      calls.forEach(call -> types.add(call.type()));
      return List.copyOf(types);
    }
  }

  /// Sort; with `limit` (int8, no input columns: LIMIT plus OFFSET) only that many rows are kept.
  ///
  /// @param reason for EXPLAIN: why it is not a search by a vector index, where one could be
  ///   expected
  record Sort(
      PlanNode input, List<SortKey> keys, Optional<Expression> limit, Optional<String> reason)
      implements PlanNode {
    public Sort {
      keys = List.copyOf(keys);
    }

    public Sort(PlanNode input, List<SortKey> keys, Optional<Expression> limit) {
      this(input, keys, limit, Optional.empty());
    }

    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  /// LIMIT and OFFSET: int8 expressions without input columns; NULL means none. Negative: 2201W,
  /// 2201X. With `tiesOn` not empty, WITH TIES on these columns of the sorted input.
  record Limit(
      PlanNode input, Optional<Expression> limit, Optional<Expression> offset, List<Integer> tiesOn)
      implements PlanNode {
    public Limit {
      tiesOn = List.copyOf(tiesOn);
    }

    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  /// The first row of each run of equal `keys`, the input being sorted by them: DISTINCT ON.
  record DistinctOn(PlanNode input, List<Integer> keys) implements PlanNode {
    public DistinctOn {
      keys = List.copyOf(keys);
    }

    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  /// UNION ALL, or the set and bag forms of INTERSECT and EXCEPT. (UNION is an Aggregate over UNION
  /// ALL.)
  record SetOperation(Kind kind, boolean all, List<PlanNode> inputs) implements PlanNode {
    public SetOperation {
      inputs = List.copyOf(inputs);
    }

    /// The operation.
    public enum Kind {
      UNION,
      INTERSECT,
      EXCEPT
    }

    @Override
    public List<SqlType> outputTypes() {
      return inputs.getFirst().outputTypes();
    }
  }

  /// At most one row, padded with a row of NULLs when there is none; a second row is `21000`.
  /// Scalar subqueries.
  record SingleRow(PlanNode input) implements PlanNode {
    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  /// The input's rows; the stored rows they come from are kept as they are until the transaction
  /// commits, or it fails: FOR UPDATE and FOR SHARE.
  record LockRows(PlanNode input, List<RowLock> locks) implements PlanNode {
    public LockRows {
      locks = List.copyOf(locks);
    }

    @Override
    public List<SqlType> outputTypes() {
      return input.outputTypes();
    }
  }

  /// Rows of one table.
  ///
  /// @param column of the input that holds the row's address; NULL: no row
  /// @param exclusive FOR UPDATE and FOR NO KEY UPDATE: nobody else may lock them
  record RowLock(long tableId, int column, boolean exclusive) {}

  /// A subplan that runs once and is read by every [SharedScan] with its id: a materialised CTE.
  record Shared(int id, PlanNode definition, PlanNode body) implements PlanNode {
    @Override
    public List<SqlType> outputTypes() {
      return body.outputTypes();
    }
  }

  /// WITH RECURSIVE: the rows of `base`, then those of `step`, again and again over the rows of the
  /// round before ([SharedScan] of `id`), until a round gives none. With `distinct` a row counts
  /// once.
  record RecursiveUnion(int id, boolean distinct, PlanNode base, PlanNode step)
      implements PlanNode {
    @Override
    public List<SqlType> outputTypes() {
      return base.outputTypes();
    }
  }

  /// Reads the result of the enclosing [Shared] with this id, the rows of the last round of a
  /// [RecursiveUnion], or rows the front end holds: of an earlier step of
  /// [StatementPlan.Modifying], or the input of a [RowValues.Plan].
  record SharedScan(int id, List<SqlType> outputTypes, RelationAlias alias) implements PlanNode {
    public SharedScan {
      outputTypes = List.copyOf(outputTypes);
    }
  }

  private static List<SqlType> append(List<SqlType> types, SqlType last) {
    List<SqlType> all = new ArrayList<>(types);
    all.add(last);
    return List.copyOf(all);
  }

  private static List<SqlType> joined(JoinKind kind, PlanNode left, PlanNode right) {
    return switch (kind) {
      case SEMI, ANTI, NULL_AWARE_ANTI -> left.outputTypes();
      case INNER, LEFT, RIGHT, FULL -> {
        List<SqlType> types = new ArrayList<>(left.outputTypes());
        types.addAll(right.outputTypes());
        yield List.copyOf(types);
      }
    };
  }

  /// The type of the opaque state columns between PARTIAL and FINAL.
  SqlType STATE_TYPE = SqlType.of(BaseType.BYTEA);
}
