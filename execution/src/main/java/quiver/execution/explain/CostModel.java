package quiver.execution.explain;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.Expression;
import quiver.common.plan.IndexAccess;
import quiver.common.plan.JoinKind;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;

/// What a plan is expected to cost, in PostgreSQL's unit: reading one page of a table in order.
/// Rows of tables are counted; shares of rows are what ANALYZE has found, or guessed. Used by one
/// thread for one plan.
final class CostModel {
  private static final double PAGE_BYTES = 8192;
  private static final double ROW_OVERHEAD_BYTES = 28;
  private static final double PAGE = 1;
  private static final double RANDOM_PAGE = 4;
  private static final double ROW = 0.01;
  private static final double INDEX_ROW = 0.005;
  private static final double OPERATION = 0.0025;
  private static final double TEXT_BYTES = 32;
  private static final double FUNCTION_ROWS = 1000;
  private static final double GROUP_COUNT = 200;
  private static final double UNCOUNTED_PAGES = 10;
  private static final double RECURSION_ROUNDS = 10;

  private final CatalogImage catalog;
  private final LongUnaryOperator rowCounts;
  private final @Nullable Object[] parameters;
  private final IdentityHashMap<PlanNode, Estimate> known = new IdentityHashMap<>();
  private final Map<Integer, Estimate> shared = new HashMap<>();

  /// @param rowCounts of tables, by id
  /// @param parameters values of `$1 …`; may be shorter than the plan's
  CostModel(CatalogImage catalog, LongUnaryOperator rowCounts, @Nullable Object[] parameters) {
    this.catalog = catalog;
    this.rowCounts = rowCounts;
    this.parameters = parameters;
  }

  /// @param startup before the first row
  /// @param total for all rows
  /// @param width of a row in bytes
  record Estimate(double startup, double total, double rows, int width) {
    private Estimate rounded() {
      return new Estimate(startup, total, Math.max(1, Math.rint(rows)), width);
    }

    private Estimate plus(double more, double newRows, int newWidth) {
      return new Estimate(startup, total + more, Math.max(1, newRows), newWidth);
    }

    private Estimate blocking(double more, double newRows, int newWidth) {
      return new Estimate(total, total + more, Math.max(1, newRows), newWidth);
    }
  }

  Estimate of(PlanNode node) {
    Estimate estimate = known.get(node);
    if (estimate == null) {
      estimate = estimated(node).rounded();
      known.put(node, estimate);
    }
    return estimate;
  }

  private Estimate estimated(PlanNode node) {
    int width = width(node);
    return switch (node) {
      case PlanNode.TableScan scan -> scan(scan, width);
      case PlanNode.VectorSearch search -> search(search, width);
      case PlanNode.Gather gather -> of(gather.fragment());
      case PlanNode.SystemScan scan -> {
        double share = Math.pow(0.01, Math.min(2, scan.wanted().size()));
        yield new Estimate(0, FUNCTION_ROWS * ROW, Math.max(1, FUNCTION_ROWS * share), width);
      }
      case PlanNode.Values values ->
          new Estimate(
              0, ROW * Math.max(1, values.rows().size()), Math.max(1, values.rows().size()), width);
      case PlanNode.TableFunction _ -> new Estimate(0, FUNCTION_ROWS * ROW, FUNCTION_ROWS, width);
      case PlanNode.Filter filter -> {
        Estimate input = of(filter.input());
        yield input.plus(
            input.rows() * OPERATION,
            input.rows() * share(filter.condition(), filter.input()),
            width);
      }
      case PlanNode.Project project -> {
        Estimate input = of(project.input());
        long computed =
            project.expressions().stream()
                .filter(one -> !(one instanceof Expression.InputColumn))
                .count();
        yield input.plus(input.rows() * computed * OPERATION, input.rows(), width);
      }
      case PlanNode.ProjectSet project -> {
        Estimate input = of(project.input());
        yield input.plus(input.rows() * FUNCTION_ROWS * ROW, input.rows() * FUNCTION_ROWS, width);
      }
      case PlanNode.HashJoin join -> hashJoin(join, width);
      case PlanNode.NestedLoopJoin join -> {
        Estimate left = of(join.left());
        Estimate right = of(join.right());
        double pairs = left.rows() * right.rows();
        double share = join.condition().map(one -> share(one, join)).orElse(1.0);
        yield new Estimate(
            left.startup() + right.startup(),
            left.total() + right.total() + pairs * (ROW + OPERATION),
            joined(join.kind(), left, right, pairs * share),
            width);
      }
      case PlanNode.Apply apply -> {
        Estimate left = of(apply.left());
        Estimate right = of(apply.right());
        double pairs = left.rows() * right.rows();
        yield new Estimate(
            left.startup() + right.startup(),
            left.total() + left.rows() * right.total() + pairs * ROW,
            joined(apply.kind(), left, right, pairs),
            width);
      }
      case PlanNode.Aggregate aggregate -> aggregate(aggregate, width);
      case PlanNode.Window window -> {
        Estimate input = of(window.input());
        double sort = sorting(input.rows());
        yield input.blocking(
            sort + input.rows() * (ROW + window.calls().size() * OPERATION), input.rows(), width);
      }
      case PlanNode.Sort sort -> {
        Estimate input = of(sort.input());
        double rows = Math.min(input.rows(), limit(sort.limit(), input.rows()));
        // Few rows are kept in a heap.
        double work =
            2 * rows < input.rows() ? sorting(input.rows(), 2 * rows) : sorting(input.rows());
        yield new Estimate(
            input.total() + work,
            input.total() + work + rows * OPERATION,
            Math.max(1, rows),
            width);
      }
      case PlanNode.Limit limit -> limited(limit, width);
      case PlanNode.DistinctOn distinct -> {
        Estimate input = of(distinct.input());
        yield input.plus(input.rows() * OPERATION, Math.min(input.rows(), GROUP_COUNT), width);
      }
      case PlanNode.SetOperation operation -> setOperation(operation, width);
      case PlanNode.SingleRow single -> of(single.input()).plus(0, 1, width);
      case PlanNode.LockRows lock -> {
        Estimate input = of(lock.input());
        yield input.plus(input.rows() * ROW, input.rows(), width);
      }
      case PlanNode.Shared cte -> {
        Estimate definition = of(cte.definition());
        shared.put(cte.id(), definition);
        Estimate body = of(cte.body());
        yield new Estimate(
            definition.total() + body.startup(),
            definition.total() + body.total(),
            body.rows(),
            width);
      }
      case PlanNode.RecursiveUnion union -> {
        Estimate base = of(union.base());
        shared.put(union.id(), base);
        Estimate step = of(union.step());
        yield new Estimate(
            base.startup(),
            base.total() + RECURSION_ROUNDS * step.total(),
            base.rows() + RECURSION_ROUNDS * step.rows(),
            width);
      }
      case PlanNode.SharedScan scan -> {
        Estimate made = shared.get(scan.id());
        double rows = made == null ? FUNCTION_ROWS : made.rows();
        yield new Estimate(0, rows * ROW, rows, width);
      }
    };
  }

  // ---- tables

  /// Rows of a table; as PostgreSQL guesses for one that nobody has counted.
  private double rows(long tableId) {
    long counted = rowCounts.applyAsLong(tableId);
    if (counted > 0) {
      return counted;
    }
    List<SqlType> types =
        catalog
            .table(tableId)
            .map(table -> table.columns().stream().map(ColumnDefinition::type).toList())
            .orElse(List.of());
    return UNCOUNTED_PAGES * Math.floor((PAGE_BYTES - 24) / (width(types) + ROW_OVERHEAD_BYTES));
  }

  private Estimate scan(PlanNode.TableScan scan, int width) {
    double all = rows(scan.tableId());
    double pages = pages(scan.tableId(), all, width);
    double conditions = scan.filter().map(CostModel::terms).orElse(0.0);
    if (!scan.keyEquals().isEmpty()) {
      return new Estimate(0.15, 0.15 + RANDOM_PAGE + ROW + INDEX_ROW, 1, width);
    }
    double passing = Math.max(1, all * scan.filter().map(one -> share(one, scan)).orElse(1.0));
    Optional<IndexAccess> access = scan.order().map(IndexAccess.Order::access).or(scan::access);
    if (access.isEmpty()) {
      return new Estimate(0, pages * PAGE + all * (ROW + conditions * OPERATION), passing, width);
    }
    boolean unique = isUnique(scan.tableId(), access.get());
    double found =
        unique
            ? 1
            : Math.max(
                1,
                access.get().conjuncts().stream()
                    .mapToDouble(one -> share(one, scan))
                    .reduce(all, (a, b) -> a * b));
    passing = unique ? 1 : Math.min(passing, found);
    double read = found;
    if (scan.order().isPresent()) {
      double wanted = limit(Optional.of(scan.order().get().limit()), found);
      read = Math.min(found, wanted * found / passing);
      passing = Math.min(passing, wanted);
    }
    double fetched = Math.min(pages, read);
    double total = 0.29 + fetched * RANDOM_PAGE + read * (INDEX_ROW + ROW + conditions * OPERATION);
    return new Estimate(0.29, total, passing, width);
  }

  private boolean isUnique(long tableId, IndexAccess access) {
    long equal =
        access.conditions().stream()
            .filter(one -> one.operation() == IndexAccess.Operation.EQUAL)
            .count();
    return catalog
        .table(tableId)
        .flatMap(table ->
            table.indexes().stream().filter(one -> one.id() == access.indexId()).findFirst())
        .filter(IndexDefinition::unique)
        .filter(index -> index.keys().size() == equal)
        .isPresent();
  }

  private Estimate search(PlanNode.VectorSearch search, int width) {
    double all = rows(search.tableId());
    double passing = Math.max(1, all * search.filter().map(one -> share(one, search)).orElse(1.0));
    double rows = Math.min(passing, limit(search.limit(), passing));
    double compared =
        search.indexId().isPresent()
            ? Math.min(all, Math.max(rows, 64) * Math.log(all + Math.E))
            : passing;
    double pages = Math.ceil(compared * (width + ROW_OVERHEAD_BYTES) / PAGE_BYTES);
    double total = pages * PAGE + compared * (ROW + OPERATION) + sorting(rows);
    return new Estimate(total, total + rows * ROW, Math.max(1, rows), width);
  }

  /// Pages of a table: those of the last ANALYZE, as the table has grown since.
  private double pages(long tableId, double rowCount, int width) {
    return Math.max(
        1,
        Math.ceil(
            catalog
                .statistics(tableId)
                .analysis()
                .filter(analysis -> analysis.rowCount() > 0)
                .map(analysis -> analysis.pageCount() * rowCount / analysis.rowCount())
                .orElse(rowCount * (width + ROW_OVERHEAD_BYTES) / PAGE_BYTES)));
  }

  private double share(Expression condition, PlanNode input) {
    return new Selectivity(index -> column(input, index), parameters).of(condition);
  }

  /// What is known of a column that a node emits.
  private Optional<KnownColumn> column(PlanNode node, int index) {
    return switch (node) {
      case PlanNode.TableScan scan -> column(scan.tableId(), scan.ordinals(), index);
      case PlanNode.VectorSearch search -> column(search.tableId(), search.ordinals(), index);
      case PlanNode.Gather gather -> column(gather.fragment(), index);
      case PlanNode.Filter filter -> column(filter.input(), index);
      case PlanNode.Sort sort -> column(sort.input(), index);
      case PlanNode.Limit limit -> column(limit.input(), index);
      case PlanNode.Project project ->
          project.expressions().get(index) instanceof Expression.InputColumn(int input, var _)
              ? column(project.input(), input)
              : Optional.empty();
      case PlanNode.HashJoin join -> either(join.left(), join.right(), index);
      case PlanNode.NestedLoopJoin join -> either(join.left(), join.right(), index);
      case PlanNode.Apply apply -> either(apply.left(), apply.right(), index);
      case PlanNode.Aggregate aggregate
          when aggregate.phase() != PlanNode.AggregatePhase.FINAL
              && index < aggregate.keys().size() ->
          column(aggregate.input(), aggregate.keys().get(index));
      default -> Optional.empty();
    };
  }

  private Optional<KnownColumn> either(PlanNode left, PlanNode right, int index) {
    int width = left.outputTypes().size();
    return index < width ? column(left, index) : column(right, index - width);
  }

  private Optional<KnownColumn> column(long tableId, List<Integer> ordinals, int index) {
    if (index >= ordinals.size() || ordinals.get(index) < 0) {
      return Optional.empty();
    }
    return catalog
        .table(tableId)
        .filter(table -> ordinals.get(index) < table.columns().size())
        .flatMap(table -> {
          ColumnDefinition column = table.columns().get(ordinals.get(index));
          return catalog
              .statistics(tableId)
              .column(column)
              .map(profile -> new KnownColumn(profile, rows(tableId), isUnique(table, column)));
        });
  }

  private static boolean isUnique(TableDefinition table, ColumnDefinition column) {
    return table
            .primaryKey()
            .filter(key -> key.columnIds().equals(List.of(column.id())))
            .isPresent()
        || table.indexes().stream()
            .anyMatch(index ->
                index.unique()
                    && index.keys().size() == 1
                    && index.predicate().isEmpty()
                    && index.keys().getFirst().columnId().equals(Optional.of(column.id())));
  }

  // ---- above tables

  private Estimate hashJoin(PlanNode.HashJoin join, int width) {
    Estimate left = of(join.left());
    Estimate right = of(join.right());
    double matches = matches(join, left, right);
    double build = right.rows() * (ROW + join.rightKeys().size() * OPERATION);
    double probe = left.rows() * join.leftKeys().size() * OPERATION + matches * ROW;
    return new Estimate(
        right.total() + build,
        left.total() + right.total() + build + probe,
        joined(join.kind(), left, right, matches),
        width);
  }

  private double matches(PlanNode.HashJoin join, Estimate left, Estimate right) {
    double residual = join.residual().map(one -> share(one, join)).orElse(1.0);
    double share = 1;
    boolean known = false;
    for (int i = 0; i < join.leftKeys().size(); i++) {
      Optional<KnownColumn> one = column(join.left(), join.leftKeys().get(i));
      Optional<KnownColumn> other = column(join.right(), join.rightKeys().get(i));
      known |= one.isPresent() || other.isPresent();
      share *= KnownColumn.join(one.orElse(null), other.orElse(null));
    }
    return residual
        * (known ? left.rows() * right.rows() * share : Math.max(left.rows(), right.rows()));
  }

  private static double joined(JoinKind kind, Estimate left, Estimate right, double matches) {
    double rows =
        switch (kind) {
          case INNER -> matches;
          case LEFT -> Math.max(matches, left.rows());
          case RIGHT -> Math.max(matches, right.rows());
          case FULL -> Math.max(matches, Math.max(left.rows(), right.rows()));
          case SEMI, ANTI, NULL_AWARE_ANTI -> Math.min(left.rows(), Math.max(1, left.rows() / 2));
        };
    return Math.max(1, rows);
  }

  private Estimate aggregate(PlanNode.Aggregate aggregate, int width) {
    Estimate input = of(aggregate.input());
    int work = aggregate.keys().size() + aggregate.calls().size();
    double groups =
        aggregate.keys().isEmpty() ? 1 : Math.min(input.rows(), groups(aggregate, input));
    double cost = input.rows() * work * OPERATION;
    Estimate made = input.blocking(cost + groups * ROW, groups, width);
    return new Estimate(made.startup() + cost, made.total(), made.rows(), made.width());
  }

  private double groups(PlanNode.Aggregate aggregate, Estimate input) {
    if (aggregate.phase() == PlanNode.AggregatePhase.FINAL) {
      return input.rows();
    }
    double groups = 0;
    for (List<Integer> set : aggregate.groupingSets()) {
      double all = 1;
      for (int position : set) {
        all *=
            column(aggregate.input(), aggregate.keys().get(position))
                .map(known -> known.distinctIn(input.rows()))
                .orElse(GROUP_COUNT);
      }
      groups += all;
    }
    return Math.max(1, groups);
  }

  private Estimate limited(PlanNode.Limit limit, int width) {
    Estimate input = of(limit.input());
    double skipped = Math.min(input.rows(), limit(limit.offset(), 0));
    double rows = Math.min(input.rows() - skipped, limit(limit.limit(), input.rows()));
    double each = (input.total() - input.startup()) / input.rows();
    return new Estimate(
        input.startup() + skipped * each,
        input.startup() + (skipped + rows) * each,
        Math.max(1, rows),
        width);
  }

  private Estimate setOperation(PlanNode.SetOperation operation, int width) {
    double startup = 0;
    double total = 0;
    double rows = 0;
    for (PlanNode input : operation.inputs()) {
      Estimate one = of(input);
      startup = startup == 0 ? one.startup() : startup;
      total += one.total();
      rows += one.rows();
    }
    boolean append = operation.kind() == PlanNode.SetOperation.Kind.UNION && operation.all();
    double kept =
        append || operation.kind() == PlanNode.SetOperation.Kind.UNION
            ? rows
            : of(operation.inputs().getFirst()).rows();
    return new Estimate(
        append ? startup : total, total + rows * OPERATION, Math.max(1, kept), width);
  }

  // ---- numbers

  private static double sorting(double rows) {
    return sorting(rows, rows);
  }

  /// @param kept rows each row is compared with, by halving
  private static double sorting(double rows, double kept) {
    return 2 * OPERATION * rows * Math.log(Math.max(2, kept)) / Math.log(2);
  }

  private double limit(Optional<Expression> limit, double otherwise) {
    if (limit.isEmpty()) {
      return otherwise;
    }
    return switch (limit.get()) {
      case Expression.Constant(Long value, var _) -> Math.max(0, value);
      case Expression.Parameter(int index, var _)
          when index < parameters.length && parameters[index] instanceof Long value ->
          Math.max(0, value);
      case Expression.Constant _ -> otherwise;
      // PostgreSQL's guess where it does not know.
      default -> Math.max(1, otherwise / 10);
    };
  }

  private static double terms(Expression filter) {
    return filter instanceof Expression.And(var terms) ? terms.size() : 1;
  }

  private int width(PlanNode node) {
    List<SqlType> types = node.outputTypes();
    double bytes = 0;
    for (int i = 0; i < types.size(); i++) {
      SqlType type = types.get(i);
      bytes +=
          column(node, i)
              .map(known -> (double) known.profile().averageWidth())
              .orElseGet(() -> bytes(type));
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  private static int width(List<SqlType> types) {
    double bytes = 0;
    for (SqlType type : types) {
      bytes += bytes(type);
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  private static double bytes(SqlType type) {
    int length = type.base().typeLength();
    if (type.array() || length == 0) {
      return TEXT_BYTES;
    }
    if (length > 0) {
      return length;
    }
    boolean sized = type.modifier() != SqlType.NO_MODIFIER;
    return switch (type.base()) {
      case VECTOR -> sized ? 4.0 * type.modifier() + 8 : TEXT_BYTES;
      case HALFVEC -> sized ? 2.0 * type.modifier() + 8 : TEXT_BYTES;
      default -> TEXT_BYTES;
    };
  }
}
