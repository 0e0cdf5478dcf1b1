package quiver.execution.aggregate;

import java.util.List;
import java.util.function.Supplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;

/// Chooses the accumulator of an aggregate.
public final class Accumulators {
  private Accumulators() {}

  /// An empty accumulator.
  ///
  /// @param argumentTypes of the columns that will be added
  /// @param json asked for by the aggregates that need it
  /// @throws QuiverException `0A000` if the aggregate is not known
  public static Accumulator create(
      FunctionSignature function, List<SqlType> argumentTypes, Supplier<JsonConversion> json) {
    SqlType first = argumentTypes.isEmpty() ? SqlType.UNKNOWN : argumentTypes.getFirst();
    return switch (function.name()) {
      case "count", "regr_count" -> new CountAccumulator();
      case "sum" -> sum(function, first);
      case "avg" -> average(function, first);
      case "min" -> new ExtremeAccumulator(first, false);
      case "max" -> new ExtremeAccumulator(first, true);
      case "range_agg" -> new RangeAccumulator(false, false);
      case "range_intersect_agg" ->
          new RangeAccumulator(true, RangeFamily.ofRange(first.base()).isPresent());
      case "bool_and", "every", "bit_and" -> logic(LogicAccumulator.Rule.AND, first);
      case "bool_or", "bit_or" -> logic(LogicAccumulator.Rule.OR, first);
      case "bit_xor" -> logic(LogicAccumulator.Rule.XOR, first);
      case "string_agg" -> new StringAccumulator(first.base() == BaseType.BYTEA);
      case "array_agg" -> new ArrayAccumulator(first.base(), first.array());
      case "json_agg" -> new JsonAccumulator(false, false, argumentTypes, json.get());
      case "jsonb_agg" -> new JsonAccumulator(true, false, argumentTypes, json.get());
      case "json_object_agg" -> new JsonAccumulator(false, true, argumentTypes, json.get());
      case "jsonb_object_agg" -> new JsonAccumulator(true, true, argumentTypes, json.get());
      case "stddev", "stddev_samp" ->
          spread(
              first,
              NumericAccumulator.Result.DEVIATION_SAMPLE,
              FloatAccumulator.Result.DEVIATION_SAMPLE);
      case "stddev_pop" ->
          spread(
              first,
              NumericAccumulator.Result.DEVIATION_POPULATION,
              FloatAccumulator.Result.DEVIATION_POPULATION);
      case "variance", "var_samp" ->
          spread(
              first,
              NumericAccumulator.Result.VARIANCE_SAMPLE,
              FloatAccumulator.Result.VARIANCE_SAMPLE);
      case "var_pop" ->
          spread(
              first,
              NumericAccumulator.Result.VARIANCE_POPULATION,
              FloatAccumulator.Result.VARIANCE_POPULATION);
      case "corr" -> new FloatAccumulator(FloatAccumulator.Result.CORRELATION);
      case "covar_pop" -> new FloatAccumulator(FloatAccumulator.Result.COVARIANCE_POPULATION);
      case "covar_samp" -> new FloatAccumulator(FloatAccumulator.Result.COVARIANCE_SAMPLE);
      case "regr_avgx" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_AVERAGE_X);
      case "regr_avgy" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_AVERAGE_Y);
      case "regr_intercept" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_INTERCEPT);
      case "regr_r2" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_R2);
      case "regr_slope" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_SLOPE);
      case "regr_sxx" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_SXX);
      case "regr_sxy" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_SXY);
      case "regr_syy" -> new FloatAccumulator(FloatAccumulator.Result.REGRESSION_SYY);
      case "percentile_cont" ->
          new OrderedSetAccumulator(OrderedSetAccumulator.Kind.CONTINUOUS, argumentTypes.getLast());
      case "percentile_disc" ->
          new OrderedSetAccumulator(OrderedSetAccumulator.Kind.DISCRETE, argumentTypes.getLast());
      case "mode" -> new OrderedSetAccumulator(OrderedSetAccumulator.Kind.MODE, first);
      default -> throw unknown(function);
    };
  }

  private static QuiverException unknown(FunctionSignature function) {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED, "aggregate %s is not supported", function.key());
  }

  private static Accumulator sum(FunctionSignature function, SqlType type) {
    return switch (type.base()) {
      case INT2, INT4 -> new IntegerSumAccumulator(IntegerSumAccumulator.Result.BIGINT_SUM);
      case INT8 -> new IntegerSumAccumulator(IntegerSumAccumulator.Result.NUMERIC_SUM);
      case MONEY -> new IntegerSumAccumulator(IntegerSumAccumulator.Result.BIGINT_SUM);
      case NUMERIC -> new NumericAccumulator(NumericAccumulator.Result.SUM);
      case FLOAT4 -> new FloatAccumulator(FloatAccumulator.Result.SUM_REAL);
      case FLOAT8 -> new FloatAccumulator(FloatAccumulator.Result.SUM);
      case INTERVAL -> new IntervalAccumulator(false);
      case VECTOR -> new VectorAccumulator(false, false);
      case HALFVEC -> new VectorAccumulator(false, true);
      default -> throw unknown(function);
    };
  }

  private static Accumulator average(FunctionSignature function, SqlType type) {
    return switch (type.base()) {
      case INT2, INT4, INT8 ->
          new IntegerSumAccumulator(IntegerSumAccumulator.Result.NUMERIC_AVERAGE);
      case NUMERIC -> new NumericAccumulator(NumericAccumulator.Result.AVERAGE);
      case FLOAT4, FLOAT8 -> new FloatAccumulator(FloatAccumulator.Result.AVERAGE);
      case INTERVAL -> new IntervalAccumulator(true);
      case VECTOR -> new VectorAccumulator(true, false);
      case HALFVEC -> new VectorAccumulator(true, true);
      default -> throw unknown(function);
    };
  }

  private static Accumulator logic(LogicAccumulator.Rule rule, SqlType type) {
    return type.base() == BaseType.BIT || type.base() == BaseType.VARBIT
        ? new BitStringAccumulator(rule)
        : new LogicAccumulator(rule, type);
  }

  private static Accumulator spread(
      SqlType type, NumericAccumulator.Result exact, FloatAccumulator.Result approximate) {
    return type.base() == BaseType.FLOAT4 || type.base() == BaseType.FLOAT8
        ? new FloatAccumulator(approximate)
        : new NumericAccumulator(exact);
  }
}
