package quiver.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static quiver.execution.operator.TestEngine.call;
import static quiver.execution.operator.TestEngine.column;
import static quiver.execution.operator.TestEngine.constant;
import static quiver.execution.operator.TestEngine.function;
import static quiver.execution.operator.TestEngine.row;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Numeric;

class ExpressionTest {
  private static final SqlType INTS = SqlType.arrayOf(BaseType.INT4);

  private final TestEngine engine = new TestEngine();

  /// The expression over each row of `rows`.
  private List<@Nullable Object> evaluate(
      Expression expression, List<SqlType> types, List<List<@Nullable Object>> rows) {
    PlanNode plan = new PlanNode.Project(TestEngine.values(types, rows), List.of(expression));
    List<@Nullable Object> results = new ArrayList<>();
    engine.run(plan).forEach(r -> results.add(r.getFirst()));
    return results;
  }

  private @Nullable Object evaluate(Expression expression) {
    return evaluate(expression, List.of(), List.of(row())).getFirst();
  }

  private static Expression bool(@Nullable Boolean value) {
    return constant(value, SqlType.BOOL);
  }

  private static Expression int4(@Nullable Long value) {
    return constant(value, SqlType.INT4);
  }

  @Test
  void logicIsThreeValued() {
    Boolean[] all = {true, false, null};
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Boolean a : all) {
      for (Boolean b : all) {
        rows.add(row(a, b));
      }
    }
    List<SqlType> types = List.of(SqlType.BOOL, SqlType.BOOL);
    List<Expression> both = List.of(column(0, SqlType.BOOL), column(1, SqlType.BOOL));
    assertThat(evaluate(new Expression.And(both), types, rows))
        .containsExactly(true, false, null, false, false, false, null, false, null);
    assertThat(evaluate(new Expression.Or(both), types, rows))
        .containsExactly(true, true, true, true, false, null, true, null, null);
    assertThat(
            evaluate(
                new Expression.Not(column(0, SqlType.BOOL)),
                types.subList(0, 1),
                List.of(row(true), row(false), row((Object) null))))
        .containsExactly(false, true, null);
  }

  @Test
  void filtersKeepOnlyTrue() {
    List<SqlType> types = List.of(SqlType.INT4);
    PlanNode values =
        TestEngine.values(types, List.of(row(1L), row((Object) null), row(3L), row(4L)));
    Expression large = call("int4gt(int4,int4)", column(0, SqlType.INT4), int4(2L));
    assertThat(engine.run(new PlanNode.Filter(values, large))).containsExactly(row(3L), row(4L));
    assertThat(engine.run(new PlanNode.Filter(values, new Expression.Not(large))))
        .containsExactly(row(1L));
    assertThat(
            engine.run(
                new PlanNode.Filter(
                    values,
                    new Expression.Or(
                        List.of(
                            new Expression.IsNull(column(0, SqlType.INT4)),
                            call("int4eq(int4,int4)", int4(4L), column(0, SqlType.INT4)))))))
        .containsExactly(row((Object) null), row(4L));
  }

  @Test
  void caseDividesOnlyWhereItsConditionHolds() {
    Expression x = column(0, SqlType.INT4);
    Expression guarded =
        new Expression.Case(
            List.of(
                new Expression.Branch(
                    call("int4ne(int4,int4)", x, int4(0L)),
                    call("int4div(int4,int4)", int4(12L), x))),
            int4(null),
            SqlType.INT4);
    assertThat(evaluate(guarded, List.of(SqlType.INT4), List.of(row(3L), row(0L), row(-5L))))
        .containsExactly(4L, null, -2L);
    Expression and =
        new Expression.And(
            List.of(
                call("int4ne(int4,int4)", x, int4(0L)),
                call("int4gt(int4,int4)", call("int4div(int4,int4)", int4(12L), x), int4(0L))));
    assertThat(evaluate(and, List.of(SqlType.INT4), List.of(row(3L), row(0L), row(-5L))))
        .containsExactly(true, false, false);
  }

  @Test
  void constantErrorsWaitForTheRowThatNeedsThem() {
    Expression bad = call("int4div(int4,int4)", int4(1L), int4(0L));
    Expression never =
        new Expression.Case(
            List.of(new Expression.Branch(bool(false), bad)), int4(7L), SqlType.INT4);
    assertThat(evaluate(never)).isEqualTo(7L);
    assertThat(evaluate(bad, List.of(SqlType.INT4), List.of())).isEmpty();
    assertThatThrownBy(() -> evaluate(bad))
        .isInstanceOf(QuiverException.class)
        .hasMessage("division by zero");
  }

  @Test
  void arithmeticChecksRanges() {
    assertThatThrownBy(() -> evaluate(call("int4pl(int4,int4)", int4(2147483647L), int4(1L))))
        .hasMessage("integer out of range");
    assertThatThrownBy(() -> evaluate(call("int4div(int4,int4)", int4(-2147483648L), int4(-1L))))
        .hasMessage("integer out of range");
    Expression max = constant(Long.MAX_VALUE, SqlType.INT8);
    assertThatThrownBy(() -> evaluate(call("int8mul(int8,int8)", max, max)))
        .hasMessage("bigint out of range");
    assertThat(
            evaluate(
                call(
                    "int8mod(int8,int8)",
                    constant(Long.MIN_VALUE, SqlType.INT8),
                    constant(-1L, SqlType.INT8))))
        .isEqualTo(0L);
    Expression huge = constant(1e308, SqlType.FLOAT8);
    assertThatThrownBy(() -> evaluate(call("float8mul(float8,float8)", huge, huge)))
        .hasMessage("value out of range: overflow");
    Expression tiny = constant(1e-308, SqlType.FLOAT8);
    assertThatThrownBy(() -> evaluate(call("float8mul(float8,float8)", tiny, tiny)))
        .hasMessage("value out of range: underflow");
    assertThatThrownBy(
            () -> evaluate(call("float8div(float8,float8)", huge, constant(0.0, SqlType.FLOAT8))))
        .hasMessage("division by zero");
    assertThat(evaluate(call("int4pl(int4,int4)", int4(null), int4(1L)))).isNull();
  }

  @Test
  void nanIsEqualToItselfAndLargest() {
    Expression nan = constant(Double.NaN, SqlType.FLOAT8);
    Expression infinity = constant(Double.POSITIVE_INFINITY, SqlType.FLOAT8);
    assertThat(evaluate(call("float8eq(float8,float8)", nan, nan))).isEqualTo(true);
    assertThat(evaluate(call("float8gt(float8,float8)", nan, infinity))).isEqualTo(true);
    assertThat(
            evaluate(
                call("float8lt(float8,float8)", nan, column(0, SqlType.FLOAT8)),
                List.of(SqlType.FLOAT8),
                List.of(row(1.0), row(Double.NaN))))
        .containsExactly(false, false);
  }

  @Test
  void anyAndAllFollowNullRules() {
    ArrayValue withNull = ArrayValue.of(BaseType.INT4, 1L, null, 3L);
    ArrayValue plain = ArrayValue.of(BaseType.INT4, 1L, 3L);
    assertThat(any(withNull, false)).containsExactly(true, null, null);
    assertThat(any(plain, false)).containsExactly(true, false, null);
    assertThat(any(ArrayValue.empty(BaseType.INT4), false)).containsExactly(false, false, false);
    assertThat(any(ArrayValue.empty(BaseType.INT4), true)).containsExactly(true, true, true);
    assertThat(any(null, false)).containsExactly(null, null, null);
    assertThat(any(plain, true)).containsExactly(false, false, null);
  }

  private List<@Nullable Object> any(@Nullable ArrayValue array, boolean all) {
    Expression test =
        new Expression.AnyAll(
            function("int4eq(int4,int4)"), all, column(0, SqlType.INT4), constant(array, INTS));
    return evaluate(test, List.of(SqlType.INT4), List.of(row(1L), row(2L), row((Object) null)));
  }

  @Test
  void setLookUpAgreesWithComparison() {
    SplittableRandom random = new SplittableRandom(7);
    for (int round = 0; round < 20; round++) {
      @Nullable Object[] elements = new @Nullable Object[random.nextInt(6)];
      for (int i = 0; i < elements.length; i++) {
        elements[i] = random.nextInt(5) == 0 ? null : (Object) (long) random.nextInt(6);
      }
      ArrayValue array = ArrayValue.of(BaseType.INT4, elements);
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        rows.add(row(random.nextInt(6) == 0 ? null : (Object) (long) random.nextInt(6), array));
      }
      List<SqlType> types = List.of(SqlType.INT4, INTS);
      Expression constantArray =
          new Expression.AnyAll(
              function("int4eq(int4,int4)"), false, column(0, SqlType.INT4), constant(array, INTS));
      Expression columnArray =
          new Expression.AnyAll(
              function("int4eq(int4,int4)"), false, column(0, SqlType.INT4), column(1, INTS));
      assertThat(evaluate(constantArray, types, rows))
          .isEqualTo(evaluate(columnArray, types, rows));
    }
  }

  @Test
  void coalesceStopsAtTheFirstValue() {
    Expression coalesce =
        new Expression.Coalesce(
            List.of(
                column(0, SqlType.INT4),
                call("int4div(int4,int4)", int4(10L), column(1, SqlType.INT4))),
            SqlType.INT4);
    assertThat(
            evaluate(
                coalesce,
                List.of(SqlType.INT4, SqlType.INT4),
                List.of(row(1L, 0L), row(null, 5L), row(null, null))))
        .containsExactly(1L, 2L, null);
  }

  @Test
  void isDistinctTreatsNullAsAValue() {
    Expression distinct =
        new Expression.IsDistinct(
            function("int4eq(int4,int4)"), column(0, SqlType.INT4), column(1, SqlType.INT4));
    assertThat(
            evaluate(
                distinct,
                List.of(SqlType.INT4, SqlType.INT4),
                List.of(row(1L, 1L), row(1L, null), row(null, null), row(1L, 2L))))
        .containsExactly(false, true, false, true);
  }

  @Test
  void subscriptsAndSlices() {
    ArrayValue array = ArrayValue.of(BaseType.INT4, 10L, 20L, 30L, 40L);
    assertThat(evaluate(at(array, 2L))).isEqualTo(20L);
    assertThat(evaluate(at(array, 5L))).isNull();
    assertThat(evaluate(at(array, null))).isNull();
    assertThat(evaluate(slice(array, 2L, 3L))).isEqualTo(ArrayValue.of(BaseType.INT4, 20L, 30L));
    assertThat(evaluate(slice(array, -5L, 1L))).isEqualTo(ArrayValue.of(BaseType.INT4, 10L));
    assertThat(evaluate(slice(array, 3L, 2L))).isEqualTo(ArrayValue.empty(BaseType.INT4));
    assertThat(evaluate(slice(array, null, 2L))).isNull();
  }

  private static Expression at(ArrayValue array, @Nullable Long index) {
    return new Expression.Subscript(
        constant(array, INTS),
        List.of(new Expression.SubscriptBound.At(int4(index))),
        SqlType.INT4);
  }

  private static Expression slice(ArrayValue array, @Nullable Long from, @Nullable Long to) {
    return new Expression.Subscript(
        constant(array, INTS),
        List.of(
            new Expression.SubscriptBound.Slice(Optional.of(int4(from)), Optional.of(int4(to)))),
        INTS);
  }

  @Test
  void arraysOfArraysMustHaveOneShape() {
    Expression one = constant(ArrayValue.of(BaseType.INT4, 1L, 2L), INTS);
    Expression other = constant(ArrayValue.of(BaseType.INT4, 3L), INTS);
    Object nested = evaluate(new Expression.ArrayOf(List.of(one, one), INTS));
    assertThat(nested)
        .isInstanceOfSatisfying(
            ArrayValue.class, array -> assertThat(array.dimensions()).containsExactly(2, 2));
    assertThatThrownBy(() -> evaluate(new Expression.ArrayOf(List.of(one, other), INTS)))
        .hasMessage("multidimensional arrays must have array expressions with matching dimensions");
  }

  @Test
  void castsConvertRowByRow() {
    Expression cast =
        new Expression.Cast(column(0, SqlType.INT4), SqlType.NUMERIC, CastContext.IMPLICIT);
    assertThat(evaluate(cast, List.of(SqlType.INT4), Arrays.asList(row(5L), row((Object) null))))
        .containsExactly(Numeric.of(5), null);
    Expression widened =
        new Expression.Cast(column(0, SqlType.INT4), SqlType.FLOAT8, CastContext.IMPLICIT);
    assertThat(evaluate(widened, List.of(SqlType.INT4), List.of(row(5L)))).containsExactly(5.0);
  }

  @Test
  void rowIndependentCallsRunOncePerExecution() {
    Expression constantCall = call("upper(text)", constant("abc", SqlType.TEXT));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (long i = 0; i < 3000; i++) {
      rows.add(row(i));
    }
    assertThat(evaluate(constantCall, List.of(SqlType.INT4), rows))
        .hasSize(3000)
        .containsOnly("ABC");
    assertThat(engine.library.calls).isEqualTo(1);
  }

  @Test
  void textComparesByCodePoint() {
    Expression less =
        call("text_lt(text,text)", column(0, SqlType.TEXT), constant("b", SqlType.TEXT));
    assertThat(
            evaluate(
                less,
                List.of(SqlType.TEXT),
                Arrays.asList(row("B"), row("a"), row("b"), row("é"), row((Object) null))))
        .containsExactly(true, true, false, false, null);
  }

  @Test
  void distancesFollowPgvector() {
    SqlType type = SqlType.of(BaseType.VECTOR, 3);
    Expression query = constant(new float[] {1, 0, 0}, type);
    List<List<@Nullable Object>> rows =
        Arrays.asList(
            row((Object) new float[] {1, 0, 0}),
            row((Object) new float[] {0, 3, 4}),
            row((Object) null));
    Expression vector = column(0, type);
    assertThat(evaluate(call("l2_distance(vector,vector)", vector, query), List.of(type), rows))
        .containsExactly(0.0, Math.sqrt(26), null);
    assertThat(evaluate(call("cosine_distance(vector,vector)", query, vector), List.of(type), rows))
        .containsExactly(0.0, 1.0, null);
    assertThat(evaluate(call("inner_product(vector,vector)", vector, query), List.of(type), rows))
        .containsExactly(1.0, 0.0, null);
    assertThatThrownBy(() ->
            evaluate(
                call(
                    "l2_distance(vector,vector)",
                    vector,
                    constant(new float[] {1, 2}, SqlType.VECTOR)),
                List.of(type),
                rows))
        .hasMessage("different vector dimensions 3 and 2");
  }
}
