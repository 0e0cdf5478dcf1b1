package quiver.execution.expression;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.execution.function.ScalarFunction;
import quiver.execution.rows.ColumnBuilder;

/// `left operator ANY (array)` and `ALL`. Equality with an array that is the same for every row
/// looks up a set.
final class AnyAllExpression extends CompiledExpression {
  private final FunctionSignature signature;
  private final ScalarFunction comparison;
  private final boolean all;
  private final CompiledExpression left;
  private final CompiledExpression array;
  private final boolean setSemantics;
  private final boolean hashable;

  AnyAllExpression(
      FunctionSignature signature,
      ScalarFunction comparison,
      boolean all,
      CompiledExpression left,
      CompiledExpression array) {
    super(SqlType.BOOL);
    this.signature = signature;
    this.comparison = comparison;
    this.all = all;
    this.left = left;
    this.array = array;
    this.setSemantics = !all && hasSetSemantics(signature, left.type());
    this.hashable = setSemantics && array.isRowIndependent();
  }

  private static boolean hasSetSemantics(FunctionSignature signature, SqlType left) {
    boolean equality =
        Comparison.of(signature).filter(operator -> operator == Comparison.EQ).isPresent();
    return equality
        && !left.array()
        && switch (left.base()) {
          case INT2, INT4, INT8, OID, DATE, TIMESTAMP, TIMESTAMPTZ, TEXT, VARCHAR, NAME ->
              sameDomain(signature);
          default -> false;
        };
  }

  private static boolean sameDomain(FunctionSignature signature) {
    BaseType a = signature.arguments().get(0).base();
    BaseType b = signature.arguments().get(1).base();
    return a == b || (isInteger(a) && isInteger(b));
  }

  private static boolean isInteger(BaseType type) {
    return type == BaseType.INT2 || type == BaseType.INT4 || type == BaseType.INT8;
  }

  /// The constant array of an equality, prepared for look-up.
  private record Members(
      boolean isNull, boolean isEmpty, boolean hasNull, long[] longs, Set<Object> objects) {
    static Members of(@Nullable Object value) {
      if (!(value instanceof ArrayValue array)) {
        return new Members(true, false, false, new long[0], Set.of());
      }
      Set<Object> objects = new HashSet<>();
      boolean hasNull = false;
      for (Object element : array.elements()) {
        if (element == null) {
          hasNull = true;
        } else {
          objects.add(element);
        }
      }
      boolean longs = !objects.isEmpty() && objects.iterator().next() instanceof Long;
      long[] sorted =
          longs ? objects.stream().mapToLong(o -> (Long) o).sorted().toArray() : new long[0];
      return new Members(false, array.size() == 0, hasNull, sorted, objects);
    }
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    if (rowCount == 0) {
      return ColumnBuilder.repeat(type(), null, 0);
    }
    return hashable ? lookUp(rows, scope) : compareEach(rows, scope);
  }

  private Column lookUp(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Members members = scope.once(this, () -> Members.of(array.value(scope)));
    if (members.isNull()) {
      return ColumnBuilder.repeat(type(), null, rowCount);
    }
    if (members.isEmpty()) {
      return ColumnBuilder.repeat(type(), false, rowCount);
    }
    Column column = left.evaluate(rows, scope);
    long[] values = new long[rowCount];
    long[] nulls = new long[(rowCount + 63) >>> 6];
    for (int row = 0; row < rowCount; row++) {
      boolean found =
          !column.isNull(row)
              && switch (column) {
                case LongColumn longs ->
                    Arrays.binarySearch(members.longs(), longs.values()[row]) >= 0;
                case ObjectColumn objects -> contains(members.objects(), objects.values()[row]);
                default -> contains(members.objects(), column.valueAt(row));
              };
      if (found) {
        values[row] = 1;
      } else if (members.hasNull() || column.isNull(row)) {
        nulls[row >>> 6] |= 1L << row;
      }
    }
    return new LongColumn(SqlType.BOOL, rowCount, values, Nulls.ofWords(nulls));
  }

  private static boolean contains(Set<Object> members, @Nullable Object value) {
    return value != null && members.contains(value);
  }

  private Column compareEach(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    Column column = left.evaluate(rows, scope);
    Column arrays = array.evaluate(rows, scope);
    ColumnBuilder result = new ColumnBuilder(SqlType.BOOL, rowCount);
    ArrayValue last = null;
    Members members = null;
    for (int row = 0; row < rowCount; row++) {
      if (arrays.valueAt(row) instanceof ArrayValue value) {
        if (isSame(value, last) && setSemantics) {
          // A subquery's array is one object for all rows: from the second on it is looked up.
          members = members == null ? Members.of(value) : members;
          result.set(row, member(members, column.valueAt(row)));
        } else {
          result.set(row, compare(column.valueAt(row), value, scope));
          last = value;
          members = null;
        }
      }
    }
    return result.build(rowCount);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(ArrayValue value, @Nullable ArrayValue last) {
    return value == last;
  }

  private static @Nullable Boolean member(Members members, @Nullable Object value) {
    if (members.isEmpty()) {
      return false;
    }
    if (contains(members.objects(), value)) {
      return true;
    }
    return (value == null || members.hasNull()) ? null : false;
  }

  private @Nullable Boolean compare(
      @Nullable Object value, ArrayValue elements, EvaluationScope scope) {
    if (elements.size() == 0) {
      return all;
    }
    if (value == null && signature.strict()) {
      return null;
    }
    boolean unknown = false;
    for (Object element : elements.elements()) {
      Object outcome =
          element == null && signature.strict()
              ? null
              : comparison.call(scope.functions(), new @Nullable Object[] {value, element});
      if (outcome == null) {
        unknown = true;
      } else if ((Boolean) outcome != all) {
        return !all;
      }
    }
    return unknown ? null : (Boolean) all;
  }
}
