package quiver.common.value;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

class DatumOrderTest {
  /// Values in ascending order, all different.
  private static void ascending(SqlType type, Object... values) {
    DatumOrder order = DatumOrder.of(type);
    for (int i = 0; i < values.length; i++) {
      for (int j = 0; j < values.length; j++) {
        assertThat(Integer.signum(order.compare(values[i], values[j])))
            .as("%s against %s", values[i], values[j])
            .isEqualTo(Integer.compare(i, j));
        assertThat(order.equal(values[i], values[j])).isEqualTo(i == j);
      }
    }
  }

  private static void equal(SqlType type, Object left, Object right) {
    DatumOrder order = DatumOrder.of(type);
    assertThat(order.compare(left, right)).isZero();
    assertThat(order.equal(left, right)).isTrue();
    assertThat(order.hash(left)).isEqualTo(order.hash(right));
  }

  @Test
  void numbers() {
    ascending(
        SqlType.FLOAT8,
        Double.NEGATIVE_INFINITY,
        -1.0,
        0.0,
        1.0,
        Double.POSITIVE_INFINITY,
        Double.NaN);
    equal(SqlType.FLOAT8, 0.0, -0.0);
    equal(SqlType.FLOAT8, Double.NaN, Double.longBitsToDouble(0x7ff8000000000001L));
    ascending(
        SqlType.NUMERIC,
        Numeric.NEGATIVE_INFINITY,
        Numeric.of("-1"),
        Numeric.of("0.00"),
        Numeric.of("1e3"),
        Numeric.POSITIVE_INFINITY,
        Numeric.NAN);
    equal(SqlType.NUMERIC, Numeric.of("1.50"), Numeric.of("1.5"));
    equal(SqlType.NUMERIC, Numeric.of("100"), Numeric.of("100.000"));
  }

  @Test
  void texts() {
    ascending(SqlType.TEXT, "", "A", "a", "aa", "ä", "\uffff", "😀");
    equal(SqlType.of(BaseType.BPCHAR), "a  ", "a");
  }

  @Test
  void intervals() {
    SqlType interval = SqlType.of(BaseType.INTERVAL);
    equal(interval, new Interval(1, 0, 0), new Interval(0, 30, 0));
    equal(interval, new Interval(0, 1, 0), new Interval(0, 0, Interval.MICROS_PER_DAY));
    equal(interval, new Interval(1, -30, 0), Interval.ZERO);
    ascending(interval, new Interval(0, 0, -1), Interval.ZERO, new Interval(0, 0, 1));
  }

  @Test
  void uuidsAreUnsigned() {
    ascending(
        SqlType.of(BaseType.UUID),
        new UUID(0, 1),
        new UUID(1, 0),
        new UUID(-1, 0),
        new UUID(-1, -1));
  }

  @Test
  void vectorsAndArrays() {
    ascending(
        SqlType.VECTOR, new float[] {-1}, new float[] {1}, new float[] {1, -5}, new float[] {2});
    equal(SqlType.VECTOR, new float[] {0f}, new float[] {-0f});
    SqlType array = SqlType.arrayOf(BaseType.INT4);
    ascending(
        array,
        ArrayValue.empty(BaseType.INT4),
        ArrayValue.of(BaseType.INT4, 1L),
        ArrayValue.of(BaseType.INT4, 1L, 2L),
        ArrayValue.of(BaseType.INT4, 1L, (Object) null));
  }

  @Test
  void jsonb() {
    ascending(
        SqlType.of(BaseType.JSONB),
        Jsonb.parse("[]"),
        Jsonb.parse("null"),
        Jsonb.parse("\"a\""),
        Jsonb.parse("1"),
        Jsonb.parse("1.5"),
        Jsonb.parse("false"),
        Jsonb.parse("true"),
        Jsonb.parse("[1]"),
        Jsonb.parse("[1, 2]"),
        Jsonb.parse("{}"),
        Jsonb.parse("{\"a\": 1}"));
    equal(SqlType.of(BaseType.JSONB), Jsonb.parse("{\"a\":1.0}"), Jsonb.parse("{\"a\":1}"));
    assertThat(Jsonb.parse("{\"bb\":1, \"a\":2, \"c\":3, \"a\":4}").toString())
        .isEqualTo("{\"a\": 4, \"c\": 3, \"bb\": 1}");
  }

  @Test
  void nullsGoLast() {
    DatumOrder order = DatumOrder.of(SqlType.INT4);
    assertThat(order.compareNullsLast(null, 1L)).isPositive();
    assertThat(order.compareNullsLast(1L, null)).isNegative();
    assertThat(order.compareNullsLast(null, null)).isZero();
    assertThat(
            List.of(
                DatumOrder.isOrdered(SqlType.INT4),
                DatumOrder.isOrdered(SqlType.of(BaseType.JSON))))
        .containsExactly(true, false);
  }
}
