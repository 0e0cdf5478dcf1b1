package quiver.planner.physical;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.expression.ColumnMapping;
import quiver.common.expression.Expression;
import quiver.common.function.ComparisonKind;
import quiver.common.plan.IndexAccess;
import quiver.common.plan.IndexAccess.Condition;
import quiver.common.plan.IndexAccess.Operation;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// Finds the index that answers most of a filter. Whether it is worth using is decided where the
/// rows are, segment by segment, when the values are known.
final class IndexSelection {
  private static final int NOWHERE = -1;

  private final TableDefinition table;
  private final List<Integer> ordinals;

  /// @param ordinals the columns a scan emits
  IndexSelection(TableDefinition table, List<Integer> ordinals) {
    this.table = table;
    this.ordinals = ordinals;
  }

  /// An index and how much it narrows the rows down, roughly.
  private record Candidate(IndexAccess access, int score) {}

  Optional<IndexAccess> choose(Optional<Expression> filter) {
    if (filter.isEmpty()) {
      return Optional.empty();
    }
    List<Expression> conjuncts = conjuncts(filter.get());
    List<Candidate> candidates = new ArrayList<>();
    for (IndexDefinition index : table.indexes()) {
      if (isUsable(index, conjuncts)) {
        candidate(index, conjuncts).ifPresent(candidates::add);
      }
    }
    return candidates.stream()
        .max(Comparator.comparingInt(Candidate::score))
        .map(Candidate::access);
  }

  /// Whether the filter could let more indexes be used, were the values of its parameters known.
  boolean dependsOnValues(Optional<Expression> filter) {
    return filter.isPresent()
        && table.indexes().stream()
            .flatMap(index -> index.predicate().stream())
            .map(this::here)
            .anyMatch(predicate -> {
              Implication implication = new Implication(conjuncts(filter.get()));
              return !implication.proves(predicate) && implication.dependsOnValues(predicate);
            });
  }

  static List<Expression> conjuncts(Expression filter) {
    return filter instanceof Expression.And(var terms) ? terms : List.of(filter);
  }

  private boolean isUsable(IndexDefinition index, List<Expression> conjuncts) {
    boolean built =
        switch (index.method()) {
          case BTREE, HASH, GIN -> true;
          default -> false;
        };
    return built
        && index.state() == IndexDefinition.State.VALID
        && index
            .predicate()
            .map(predicate -> new Implication(conjuncts).proves(here(predicate)))
            .orElse(true);
  }

  /// An index's expression over the scan's columns.
  private Expression here(IndexExpression expression) {
    return ColumnMapping.map(
        expression.expression(), i -> positionOf(expression.columnIds().get(i)));
  }

  private int positionOf(int columnId) {
    int position = ordinals.indexOf(table.ordinalOfId(columnId));
    return position < 0 ? NOWHERE : position;
  }

  private List<Expression> keys(IndexDefinition index) {
    List<Expression> keys = new ArrayList<>();
    for (IndexKey key : index.keys()) {
      keys.add(
          key.expression()
              .map(this::here)
              .orElseGet(() ->
                  new Expression.InputColumn(
                      positionOf(key.columnId().orElseThrow()), key.type(table))));
    }
    return keys;
  }

  private Optional<Candidate> candidate(IndexDefinition index, List<Expression> conjuncts) {
    IndexAccess access = access(index, conjuncts);
    return access.conjuncts().isEmpty() || (index.primary() && !hasList(access))
        ? Optional.empty()
        : Optional.of(new Candidate(access, score(index, access)));
  }

  /// What of the conjuncts an index answers; maybe nothing.
  private IndexAccess access(IndexDefinition index, List<Expression> conjuncts) {
    List<Expression> keys = keys(index);
    List<Condition> found = new ArrayList<>();
    for (Expression conjunct : conjuncts) {
      for (int key = 0; key < keys.size(); key++) {
        boolean paths = index.keys().get(key).operatorClass().equals("jsonb_path_ops");
        condition(index.method(), keys.get(key), key, conjunct)
            .filter(one -> !paths || one.operation() == Operation.CONTAINS)
            .ifPresent(found::add);
      }
    }
    boolean sorted = index.method() == IndexMethod.BTREE;
    List<Condition> used = sorted ? leading(found, keys.size()) : found;
    return new IndexAccess(
        index.id(),
        index.name(),
        index.method(),
        index.keys().stream().map(key -> key.type(table)).toList(),
        index.keys().stream().map(IndexKey::operatorClass).toList(),
        used,
        sorted ? RowBounds.of(index, keys, equalities(used), conjuncts) : List.of());
  }

  /// Whether a list of keys is asked for. Of a primary key minima and maxima find ranges well
  /// enough without an index in memory.
  private static boolean hasList(IndexAccess access) {
    return access.conditions().stream().anyMatch(one -> one.operation() == Operation.EQUAL_ANY);
  }

  private static int equalities(List<Condition> conditions) {
    return (int) conditions.stream().filter(one -> isEquality(one.operation())).count();
  }

  private static int score(IndexDefinition index, IndexAccess access) {
    int score = access.rowBounds().isEmpty() ? 0 : score(Operation.LESS);
    for (Condition condition : access.conditions()) {
      score += score(condition.operation());
    }
    boolean pinned =
        index.isUniqueAtOnce()
            && access.conditions().stream()
                    .filter(one -> one.operation() == Operation.EQUAL)
                    .count()
                == index.keys().size();
    return pinned ? score + 1000 : score;
  }

  private static int score(Operation operation) {
    return switch (operation) {
      case EQUAL -> 20;
      case EQUAL_ANY, NULL -> 15;
      case HAS_ALL_KEYS, CONTAINS -> 12;
      case HAS_KEY, HAS_ELEMENT -> 10;
      case LIKE, STARTS_WITH -> 9;
      case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> 8;
      case OVERLAPS, HAS_ANY_KEY -> 7;
      case NOT_NULL -> 1;
    };
  }

  /// What a sorted index can use: equalities of the first keys, then bounds of the next.
  private static List<Condition> leading(List<Condition> found, int keyCount) {
    List<Condition> used = new ArrayList<>();
    for (int key = 0; key < keyCount; key++) {
      List<Condition> here = new ArrayList<>();
      for (Condition condition : found) {
        if (condition.key() == key) {
          here.add(condition);
        }
      }
      Optional<Condition> equality =
          here.stream().filter(one -> isEquality(one.operation())).findFirst();
      if (equality.isPresent()) {
        used.add(equality.get());
        continue;
      }
      Set<Operation> taken = new HashSet<>();
      for (Condition condition : here) {
        if (taken.add(condition.operation())) {
          used.add(condition);
        }
      }
      break;
    }
    return used;
  }

  private static boolean isEquality(Operation operation) {
    return switch (operation) {
      case EQUAL, EQUAL_ANY, NULL -> true;
      default -> false;
    };
  }

  // ---- what a conjunct asks of a key

  private static Optional<Condition> condition(
      IndexMethod method, Expression key, int position, Expression conjunct) {
    Optional<Asked> asked =
        switch (method) {
          case GIN -> document(key, conjunct);
          case HASH ->
              compared(key, conjunct)
                  .filter(one ->
                      one.operation() == Operation.EQUAL || one.operation() == Operation.EQUAL_ANY);
          default -> compared(key, conjunct);
        };
    return asked.map(one -> new Condition(position, one.operation(), one.value(), conjunct));
  }

  private record Asked(Operation operation, Expression value) {}

  private static Optional<Asked> compared(Expression key, Expression conjunct) {
    return switch (conjunct) {
      case Expression.IsNull(var operand) when isSame(operand, key) ->
          Optional.of(new Asked(Operation.NULL, nothing(key)));
      case Expression.Not(Expression.IsNull(var operand)) when isSame(operand, key) ->
          Optional.of(new Asked(Operation.NOT_NULL, nothing(key)));
      case Expression.Call call when call.arguments().size() == 2 -> comparison(key, call);
      case Expression.AnyAll any
          when !any.all()
              && isKey(any.left(), key)
              && isValue(any.array())
              && ComparisonKind.of(any.comparison())
                  .filter(kind -> kind == ComparisonKind.EQ)
                  .isPresent()
              && sameOrder(key.type(), any.comparison().arguments().getLast()) ->
          Optional.of(new Asked(Operation.EQUAL_ANY, any.array()));
      // A bare truth value.
      case Expression.InputColumn column
          when isSame(column, key) && key.type().sameTypeAs(SqlType.BOOL) ->
          Optional.of(new Asked(Operation.EQUAL, new Expression.Constant(true, SqlType.BOOL)));
      case Expression.Not(Expression.InputColumn column)
          when isSame(column, key) && key.type().sameTypeAs(SqlType.BOOL) ->
          Optional.of(new Asked(Operation.EQUAL, new Expression.Constant(false, SqlType.BOOL)));
      default -> Optional.empty();
    };
  }

  private static Expression nothing(Expression key) {
    return new Expression.Constant(null, key.type());
  }

  private static Optional<Asked> comparison(Expression key, Expression.Call call) {
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    String name = call.function().name();
    if (isKey(left, key) && isValue(right)) {
      if (name.equals("textlike")) {
        return Optional.of(new Asked(Operation.LIKE, right));
      }
      if (name.equals("starts_with")) {
        return Optional.of(new Asked(Operation.STARTS_WITH, right));
      }
    }
    Optional<ComparisonKind> kind = ComparisonKind.of(call.function());
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    if (isKey(left, key) && isValue(right) && sameOrder(key.type(), right.type())) {
      return operation(kind.get()).map(operation -> new Asked(operation, right));
    }
    if (isKey(right, key) && isValue(left) && sameOrder(key.type(), left.type())) {
      return operation(kind.get().swapped()).map(operation -> new Asked(operation, left));
    }
    return Optional.empty();
  }

  private static Optional<Operation> operation(ComparisonKind kind) {
    return switch (kind) {
      case EQ -> Optional.of(Operation.EQUAL);
      case NE -> Optional.empty();
      case LT -> Optional.of(Operation.LESS);
      case LE -> Optional.of(Operation.LESS_OR_EQUAL);
      case GT -> Optional.of(Operation.GREATER);
      case GE -> Optional.of(Operation.GREATER_OR_EQUAL);
    };
  }

  private static Optional<Asked> document(Expression key, Expression conjunct) {
    if (conjunct instanceof Expression.AnyAll any
        && !any.all()
        && isKey(any.array(), key)
        && isValue(any.left())
        && ComparisonKind.of(any.comparison())
            .filter(kind -> kind == ComparisonKind.EQ)
            .isPresent()) {
      return Optional.of(new Asked(Operation.HAS_ELEMENT, any.left()));
    }
    if (!(conjunct instanceof Expression.Call call) || call.arguments().size() != 2) {
      return Optional.empty();
    }
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    if (isKey(left, key) && isValue(right)) {
      return switch (call.function().name()) {
        case "jsonb_contains", "arraycontains", "array_eq" -> asked(Operation.CONTAINS, right);
        case "arrayoverlap" -> asked(Operation.OVERLAPS, right);
        case "jsonb_exists" -> asked(Operation.HAS_KEY, right);
        case "jsonb_exists_any" -> asked(Operation.HAS_ANY_KEY, right);
        case "jsonb_exists_all" -> asked(Operation.HAS_ALL_KEYS, right);
        default -> Optional.empty();
      };
    }
    if (isKey(right, key) && isValue(left)) {
      return switch (call.function().name()) {
        case "jsonb_contained", "arraycontained" -> asked(Operation.CONTAINS, left);
        case "arrayoverlap" -> asked(Operation.OVERLAPS, left);
        default -> Optional.empty();
      };
    }
    return Optional.empty();
  }

  private static Optional<Asked> asked(Operation operation, Expression value) {
    return Optional.of(new Asked(operation, value));
  }

  /// Whether an expression is the key, maybe relabelled: varchar compares as text.
  static boolean isKey(Expression expression, Expression key) {
    return isSame(expression, key)
        || (expression instanceof Expression.Cast(var operand, var type, _)
            && isSame(operand, key)
            && type.modifier() == SqlType.NO_MODIFIER
            && isText(type)
            && isText(key.type()));
  }

  static boolean isSame(Expression expression, Expression key) {
    return key instanceof Expression.InputColumn(int wanted, _)
        ? expression instanceof Expression.InputColumn(int column, _) && column == wanted
        : expression.equals(key);
  }

  private static boolean isText(SqlType type) {
    return !type.array() && (type.base() == BaseType.TEXT || type.base() == BaseType.VARCHAR);
  }

  /// Only values that cannot fail: an error of another expression belongs to the first row.
  static boolean isValue(Expression expression) {
    return switch (expression) {
      case Expression.Constant _, Expression.Parameter _, Expression.OuterColumn _ -> true;
      case Expression.ArrayOf(var elements, _) ->
          elements.stream().allMatch(IndexSelection::isValue);
      default -> false;
    };
  }

  /// Whether values of two types are ordered by the same rule.
  static boolean sameOrder(SqlType a, SqlType b) {
    return a.sameTypeAs(b)
        || (isText(a) && isText(b))
        || (!a.array()
            && !b.array()
            && ((a.base().name().startsWith("INT") && b.base().name().startsWith("INT"))
                || (a.base().name().startsWith("FLOAT") && b.base().name().startsWith("FLOAT"))));
  }

  // ---- order

  /// One key of an ORDER BY, over the scan's columns.
  record Wanted(Expression value, boolean descending, boolean nullsFirst) {}

  /// The index that gives rows in this order, if all of it comes from one index's neighbouring
  /// keys; keys before and between them are equal to something.
  Optional<IndexAccess.Order> order(
      List<Wanted> keys, Expression limit, Optional<Expression> filter) {
    List<Expression> conjuncts = filter.map(IndexSelection::conjuncts).orElse(List.of());
    Optional<IndexAccess.Order> best = Optional.empty();
    int bestScore = -1;
    for (IndexDefinition index : table.indexes()) {
      if (index.method() == IndexMethod.BTREE && isUsable(index, conjuncts)) {
        IndexAccess access = access(index, conjuncts);
        Optional<Boolean> backward = direction(index, access, keys, conjuncts);
        if (backward.isPresent() && score(index, access) > bestScore) {
          bestScore = score(index, access);
          best = Optional.of(new IndexAccess.Order(access, backward.get(), limit));
        }
      }
    }
    return best;
  }

  /// Whether the order is that of the index read backward; empty: it is not the index's.
  private Optional<Boolean> direction(
      IndexDefinition index, IndexAccess access, List<Wanted> wanted, List<Expression> conjuncts) {
    List<Expression> keys = keys(index);
    boolean forward = true;
    boolean backward = true;
    int key = 0;
    for (Wanted next : wanted) {
      if (isPinned(access, keys, next.value())) {
        continue;
      }
      while (key < keys.size() && !isSame(next.value(), keys.get(key)) && isFixed(access, key)) {
        key++;
      }
      if (key == keys.size() || !isSame(next.value(), keys.get(key))) {
        return Optional.empty();
      }
      IndexKey given = index.keys().get(key);
      boolean noNulls = isNeverNull(given, next.value(), conjuncts);
      boolean same = given.descending() == next.descending();
      forward &= same && (noNulls || given.nullsFirst() == next.nullsFirst());
      backward &= !same && (noNulls || given.nullsFirst() != next.nullsFirst());
      key++;
    }
    return forward || backward ? Optional.of(!forward) : Optional.empty();
  }

  private boolean isNeverNull(IndexKey key, Expression value, List<Expression> conjuncts) {
    return (key.columnId().isPresent()
            && table.columns().get(table.ordinalOfId(key.columnId().get())).notNull())
        || new Implication(conjuncts).proves(new Expression.Not(new Expression.IsNull(value)));
  }

  /// Whether a value is a key that has one value only.
  private static boolean isPinned(IndexAccess access, List<Expression> keys, Expression value) {
    return access.conditions().stream()
        .anyMatch(one ->
            (one.operation() == Operation.EQUAL || one.operation() == Operation.NULL)
                && isSame(value, keys.get(one.key())));
  }

  /// Whether every range of the access has one value of the key.
  private static boolean isFixed(IndexAccess access, int key) {
    return access.conditions().stream()
        .anyMatch(one -> one.key() == key && isEquality(one.operation()));
  }
}
