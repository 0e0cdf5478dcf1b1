package quiver.common.function;

import java.util.Set;

/// Which aggregates can be computed in two phases: partial states next to the rows, one final state
/// in the front end. The planner asks before it plans PARTIAL and FINAL.
///
/// Aggregates that collect every value (array_agg, string_agg, json…) are left out: their states
/// are as large as the rows, and their order would depend on the placement of rows. A call with
/// DISTINCT or ORDER BY inside is never distributable, whatever the function.
public final class DistributedAggregates {
  private static final Set<String> NAMES =
      Set.of(
          "count",
          "sum",
          "avg",
          "min",
          "max",
          "bool_and",
          "bool_or",
          "every",
          "bit_and",
          "bit_or",
          "bit_xor",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "variance",
          "var_pop",
          "var_samp",
          "corr",
          "covar_pop",
          "covar_samp",
          "regr_avgx",
          "regr_avgy",
          "regr_count",
          "regr_intercept",
          "regr_r2",
          "regr_slope",
          "regr_sxx",
          "regr_sxy",
          "regr_syy");

  private DistributedAggregates() {}

  /// Whether the aggregate has partial states.
  public static boolean isDistributable(FunctionSignature function) {
    return function.kind() == FunctionKind.AGGREGATE && NAMES.contains(function.name());
  }
}
