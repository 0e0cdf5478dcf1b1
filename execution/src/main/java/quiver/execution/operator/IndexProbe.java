package quiver.execution.operator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.IndexMethod;
import quiver.common.plan.IndexAccess;
import quiver.common.plan.IndexAccess.Condition;
import quiver.common.plan.IndexAccess.Operation;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;
import quiver.common.value.KeyHash;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.index.DocumentTerms;
import quiver.execution.index.IndexQuery;
import quiver.execution.index.KeyRange;
import quiver.execution.index.LikePrefix;
import quiver.execution.index.ScalarIndex;
import quiver.execution.indexkey.EntryTerms;
import quiver.execution.source.SegmentSnapshot;

/// Asks an index for the rows that may pass a scan's filter. Immutable.
final class IndexProbe {
  /// Rows are picked by number if they are fewer than a part of the segment: reading a row alone
  /// costs several times as much as reading it with its neighbours.
  private static final int PICKED_PART = 8;

  /// Ranges that lists of values may make of an index's keys.
  private static final int RANGE_COUNT_MAX = 10_000;

  private final IndexAccess access;
  private final List<CompiledExpression> values;
  private final List<List<CompiledExpression>> rowBounds;

  IndexProbe(IndexAccess access, ExpressionCompiler compiler) {
    this.access = access;
    this.values = compiler.compileAll(access.conditions().stream().map(Condition::value).toList());
    this.rowBounds =
        access.rowBounds().stream().map(bound -> compiler.compileAll(bound.values())).toList();
  }

  /// The question with its values bound, for one execution.
  ///
  /// @param query empty: the values restrict nothing
  record Bound(long indexId, boolean none, Optional<IndexQuery> query) {
    /// At most how many rows of a segment may pass; all, if there is no telling.
    long estimate(SegmentSnapshot segment) {
      if (none) {
        return 0;
      }
      Optional<ScalarIndex> index =
          query.isEmpty() ? Optional.empty() : segment.scalarIndex(indexId);
      return index.map(one -> one.estimate(query.get())).orElse(Long.MAX_VALUE);
    }

    /// The rows of a segment that may pass, ascending, visible or not; empty when it is better to
    /// scan it.
    Optional<int[]> rows(SegmentSnapshot segment) {
      if (none) {
        return Optional.of(new int[0]);
      }
      Optional<ScalarIndex> index =
          query.isEmpty() ? Optional.empty() : segment.scalarIndex(indexId);
      return index
          .filter(one -> one.estimate(query.get()) <= segment.rowCount() / PICKED_PART)
          .map(one -> one.rows(query.get()));
    }
  }

  Bound bind(EvaluationScope scope) {
    List<@Nullable Object> bound = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Object value = values.get(i).value(scope);
      boolean needed =
          switch (access.conditions().get(i).operation()) {
            case NULL, NOT_NULL -> false;
            default -> true;
          };
      if (needed && value == null) {
        return new Bound(access.indexId(), true, Optional.empty());
      }
      bound.add(value);
    }
    Ends ends = new Ends();
    for (int i = 0; i < rowBounds.size(); i++) {
      if (!ends.add(access.rowBounds().get(i), rowBounds.get(i), scope)) {
        return new Bound(access.indexId(), true, Optional.empty());
      }
    }
    return new Bound(
        access.indexId(),
        false,
        access.method() == IndexMethod.BTREE ? ranges(bound, ends) : terms(bound));
  }

  /// Ends of a range that several keys make together.
  private static final class Ends {
    private KeyRange.@Nullable RowBound start;
    private KeyRange.@Nullable RowBound end;

    /// Whether some row can be within.
    boolean add(
        IndexAccess.RowBound bound, List<CompiledExpression> values, EvaluationScope scope) {
      List<Object> known = new ArrayList<>();
      for (CompiledExpression value : values) {
        Object one = value.value(scope);
        if (one == null) {
          break;
        }
        known.add(one);
      }
      boolean inclusive = bound.inclusive() || known.size() < values.size();
      KeyRange.RowBound made = new KeyRange.RowBound(known, inclusive);
      if (bound.start()) {
        start = made;
      } else {
        end = made;
      }
      return !known.isEmpty();
    }
  }

  // ---- sorted

  private Optional<IndexQuery> ranges(List<@Nullable Object> bound, Ends ends) {
    List<List<@Nullable Object>> prefixes = new ArrayList<>();
    prefixes.add(List.of());
    KeyRange.@Nullable Bound lower = null;
    KeyRange.@Nullable Bound upper = null;
    boolean notNull = false;
    for (int i = 0; i < bound.size(); i++) {
      Condition condition = access.conditions().get(i);
      DatumOrder order = DatumOrder.of(access.keyTypes().get(condition.key()));
      Object value = bound.get(i);
      switch (condition.operation()) {
        case EQUAL, NULL -> prefixes = extended(prefixes, Arrays.asList(value));
        case EQUAL_ANY -> prefixes = extended(prefixes, members(value));
        case GREATER, GREATER_OR_EQUAL ->
            lower =
                higher(
                    order,
                    lower,
                    bound(value, condition.operation() == Operation.GREATER_OR_EQUAL));
        case LESS, LESS_OR_EQUAL ->
            upper =
                lowerOf(
                    order, upper, bound(value, condition.operation() == Operation.LESS_OR_EQUAL));
        case LIKE, STARTS_WITH -> {
          String text = (String) Objects.requireNonNull(value);
          String prefix = condition.operation() == Operation.LIKE ? LikePrefix.of(text) : text;
          lower = higher(order, lower, new KeyRange.Bound(prefix, true));
          Optional<String> end = LikePrefix.after(prefix);
          if (end.isPresent()) {
            upper = lowerOf(order, upper, new KeyRange.Bound(end.get(), false));
          }
        }
        case NOT_NULL -> notNull = true;
        case CONTAINS, OVERLAPS, HAS_ELEMENT, HAS_KEY, HAS_ANY_KEY, HAS_ALL_KEYS ->
            throw new IllegalStateException("a sorted index does not know " + condition);
      }
      if (prefixes.size() > RANGE_COUNT_MAX) {
        return Optional.empty();
      }
    }
    List<KeyRange> ranges = new ArrayList<>(prefixes.size());
    for (List<@Nullable Object> prefix : prefixes) {
      ranges.add(new KeyRange(prefix, lower, upper, notNull, ends.start, ends.end));
    }
    return Optional.of(new IndexQuery.Ranges(ranges));
  }

  private static KeyRange.Bound bound(@Nullable Object value, boolean inclusive) {
    return new KeyRange.Bound(Objects.requireNonNull(value), inclusive);
  }

  private static KeyRange.Bound higher(
      DatumOrder order, KeyRange.@Nullable Bound known, KeyRange.Bound bound) {
    return known == null || order.compare(known.value(), bound.value()) < 0 ? bound : known;
  }

  private static KeyRange.Bound lowerOf(
      DatumOrder order, KeyRange.@Nullable Bound known, KeyRange.Bound bound) {
    return known == null || order.compare(known.value(), bound.value()) > 0 ? bound : known;
  }

  private static List<List<@Nullable Object>> extended(
      List<List<@Nullable Object>> prefixes, List<@Nullable Object> values) {
    List<List<@Nullable Object>> longer = new ArrayList<>();
    for (List<@Nullable Object> prefix : prefixes) {
      for (Object value : values) {
        List<@Nullable Object> one = new ArrayList<>(prefix);
        one.add(value);
        longer.add(one);
        if (longer.size() > RANGE_COUNT_MAX) {
          return longer;
        }
      }
    }
    return longer;
  }

  private static List<@Nullable Object> members(@Nullable Object array) {
    List<@Nullable Object> members = new ArrayList<>();
    if (array instanceof ArrayValue values) {
      for (Object element : values.elements()) {
        if (element != null) {
          members.add(element);
        }
      }
    }
    return members;
  }

  // ---- terms

  private Optional<IndexQuery> terms(List<@Nullable Object> bound) {
    List<long[]> sets = new ArrayList<>();
    for (int i = 0; i < bound.size(); i++) {
      Condition condition = access.conditions().get(i);
      Object value = bound.get(i);
      SqlType type = access.keyTypes().get(condition.key());
      long seed = EntryTerms.seed(condition.key());
      switch (condition.operation()) {
        case EQUAL -> sets.add(new long[] {hash(type, value)});
        case EQUAL_ANY ->
            sets.add(members(value).stream().mapToLong(one -> hash(type, one)).toArray());
        case CONTAINS -> {
          for (long term : parts(condition, seed, value)) {
            sets.add(new long[] {term});
          }
        }
        case OVERLAPS -> sets.add(parts(condition, seed, value));
        case HAS_ELEMENT ->
            sets.add(new long[] {KeyHash.mix(seed, KeyHash.of(SqlType.of(type.base()), value))});
        case HAS_KEY -> sets.add(new long[] {DocumentTerms.key(seed, String.valueOf(value))});
        case HAS_ANY_KEY ->
            sets.add(
                members(value).stream()
                    .mapToLong(one -> DocumentTerms.key(seed, String.valueOf(one)))
                    .toArray());
        case HAS_ALL_KEYS -> {
          for (Object one : members(value)) {
            sets.add(new long[] {DocumentTerms.key(seed, String.valueOf(one))});
          }
        }
        case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL, NULL, NOT_NULL, LIKE, STARTS_WITH ->
            throw new IllegalStateException("an index of terms does not know " + condition);
      }
    }
    return sets.isEmpty() ? Optional.empty() : Optional.of(new IndexQuery.Terms(sets));
  }

  private static long hash(SqlType type, @Nullable Object value) {
    return KeyHash.mix(0, KeyHash.of(type, value));
  }

  private long[] parts(Condition condition, long seed, @Nullable Object value) {
    List<Long> terms = new ArrayList<>();
    EntryTerms.documentTerms(access.operatorClasses().get(condition.key()))
        .each(seed, value, terms::add);
    return terms.stream().mapToLong(Long::longValue).distinct().toArray();
  }
}
