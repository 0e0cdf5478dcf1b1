package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.plan.DistanceRange;
import quiver.common.plan.PlanNode;
import quiver.common.plan.RelationAlias;
import quiver.common.plan.SortKey;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.rows.HeapCopies;
import quiver.execution.search.MadeQueries;
import quiver.execution.source.BatchStream;

/// `quiver_index_recall`: how many of the true nearest rows a vector index finds with the settings
/// of the session, over all segments, growing ones too. A query lies half-way between a row and one
/// of its nearest, since a stored row finds its own neighbours too easily.
public final class IndexRecall {
  /// Rows asked for by one query of a measurement.
  public static final int ROWS_MAX = 1_000;

  /// Queries of one measurement.
  public static final int QUERIES_MAX = 10_000;

  private static final int NEIGHBOR_COUNT = 32;

  /// Fibonacci hashing: the range over the golden ratio (Knuth, The Art of Computer Programming,
  /// 6.4).
  private static final long HASH_RANGE = 1 << 16;

  private static final long HASH_FACTOR = 40_503;

  private final QueryRunner queries;
  private final Function<@Nullable Object[], StatementScope> scopes;
  private final TableDefinition table;
  private final IndexDefinition index;
  private final int ordinal;

  /// @param scopes makes the scope of one execution from its parameters
  public IndexRecall(
      QueryRunner queries,
      Function<@Nullable Object[], StatementScope> scopes,
      TableDefinition table,
      IndexDefinition index) {
    List<Integer> columns = index.keyColumnIds();
    if (!index.isVector() || columns.size() != 1 || index.predicate().isPresent()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "recall of index \"%s\", which is not a vector index over a whole column",
          index.name());
    }
    this.queries = queries;
    this.scopes = scopes;
    this.table = table;
    this.index = index;
    this.ordinal = table.ordinalOfId(columns.getFirst());
  }

  private SqlType type() {
    return table.columns().get(ordinal).type();
  }

  /// The share of the true `k` nearest rows that the index finds.
  ///
  /// @param rowCount rows of the table, about
  /// @return 0 to 1; NaN when there is nothing to find
  public double measure(int k, int queryCount, long rowCount) {
    check("number of rows", k, ROWS_MAX);
    check("number of queries", queryCount, QUERIES_MAX);
    long found = 0;
    long wanted = 0;
    PlanNode neighbors = search(NEIGHBOR_COUNT, Optional.of(index.fileId()));
    PlanNode exact = search(k, Optional.empty());
    PlanNode indexed = search(k, Optional.of(index.fileId()));
    for (Object row : sample(queryCount, rowCount)) {
      Object query = between(row, neighbors);
      List<Double> truth = distances(exact, query);
      if (truth.isEmpty()) {
        continue;
      }
      double last = truth.getLast();
      long hits =
          distances(indexed, query).stream()
              .filter(distance -> distance <= last + 1e-6 * Math.abs(last))
              .count();
      wanted += truth.size();
      found += Math.min(hits, truth.size());
    }
    return wanted == 0 ? Double.NaN : (double) found / wanted;
  }

  private static void check(String what, int value, int max) {
    if (value < 1 || value > max) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "%s must be between 1 and %d", what, max);
    }
  }

  /// The vectors of about `count` rows spread over the table.
  private List<Object> sample(int count, long rowCount) {
    Expression address = new Expression.InputColumn(1, SqlType.INT8);
    // Every n-th row would follow what is periodic in the rows: a multiplicative hash does not.
    Expression hash =
        call(
            "int8mod(int8,int8)",
            SqlType.INT8,
            call(
                "int8mul(int8,int8)",
                SqlType.INT8,
                call("int8mod(int8,int8)", SqlType.INT8, address, number(HASH_RANGE)),
                number(HASH_FACTOR)),
            number(HASH_RANGE));
    Expression filter =
        call(
            "int8lt(int8,int8)",
            SqlType.BOOL,
            hash,
            number(1 + HASH_RANGE * count / Math.max(1, rowCount)));
    PlanNode rows =
        new PlanNode.TableScan(
            table.id(),
            table.version(),
            List.of(ordinal),
            List.of(type()),
            true,
            Optional.of(filter),
            List.of());
    PlanNode limited =
        new PlanNode.Limit(
            new PlanNode.Gather(rows, List.of()),
            Optional.of(number(count)),
            Optional.empty(),
            List.of());
    List<Object> vectors = new ArrayList<>();
    for (RowBatch batch : run(limited)) {
      add(batch.column(0), batch.rowCount(), vectors);
    }
    return vectors;
  }

  private static void add(Column column, int rowCount, List<Object> vectors) {
    for (int row = 0; row < rowCount; row++) {
      Object vector = column.valueAt(row);
      if (vector != null) {
        vectors.add(vector);
      }
    }
  }

  private Object between(Object row, PlanNode neighbors) {
    List<Object> near = new ArrayList<>();
    for (RowBatch batch : run(neighbors, row)) {
      add(batch.column(0), batch.rowCount(), near);
    }
    if (near.isEmpty()) {
      return row;
    }
    Object other = near.get(near.size() * 3 / 4);
    return MadeQueries.between(row, other);
  }

  /// The distance as an expression, where a search does not compute it itself.
  private Optional<Expression> distance() {
    String type = type().base().sqlName();
    if (type().base() == BaseType.VECTOR) {
      return Optional.empty();
    }
    String name =
        switch (index.metric().orElseThrow()) {
          case L2 -> "l2_distance";
          case INNER_PRODUCT -> type + "_negative_inner_product";
          case COSINE -> "cosine_distance";
          case L1 -> "l1_distance";
          case HAMMING -> "hamming_distance";
          case JACCARD -> "jaccard_distance";
        };
    return Optional.of(
        call(
            name + "(" + type + "," + type + ")",
            SqlType.FLOAT8,
            new Expression.InputColumn(0, type()),
            new Expression.Parameter(0, type())));
  }

  private PlanNode search(int k, Optional<Long> indexId) {
    PlanNode search =
        new PlanNode.VectorSearch(
            table.id(),
            table.version(),
            List.of(ordinal),
            List.of(type()),
            false,
            ordinal,
            index.metric().orElseThrow(),
            indexId,
            new Expression.Parameter(0, type()),
            distance(),
            Optional.of(number(k)),
            DistanceRange.ALL,
            Optional.empty(),
            "recall",
            Optional.empty(),
            RelationAlias.NONE);
    return new PlanNode.Limit(
        new PlanNode.Gather(search, List.of(new SortKey(1, false, false))),
        Optional.of(number(k)),
        Optional.empty(),
        List.of());
  }

  private List<Double> distances(PlanNode search, Object query) {
    List<Double> distances = new ArrayList<>();
    for (RowBatch batch : run(search, query)) {
      DoubleColumn column = (DoubleColumn) batch.column(1);
      for (int row = 0; row < batch.rowCount(); row++) {
        if (!column.nulls().isNull(row) && !Double.isNaN(column.values()[row])) {
          distances.add(column.values()[row]);
        }
      }
    }
    return distances;
  }

  private List<RowBatch> run(PlanNode plan, @Nullable Object... parameters) {
    List<RowBatch> batches = new ArrayList<>();
    try (BatchStream stream = queries.open(plan, scopes.apply(parameters))) {
      for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
        batches.add(HeapCopies.of(batch.get()));
      }
    }
    return batches;
  }

  private static Expression number(long value) {
    return new Expression.Constant(value, SqlType.INT8);
  }

  private static Expression call(String key, SqlType type, Expression... arguments) {
    FunctionSignature function = FunctionRegistry.standard().function(key).orElseThrow();
    return new Expression.Call(function, List.of(arguments), type);
  }
}
