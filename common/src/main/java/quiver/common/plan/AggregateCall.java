package quiver.common.plan;

import java.util.List;
import java.util.Optional;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;

/// One aggregate or window function call.
///
/// @param arguments input columns; for ordered-set aggregates the direct arguments come first
/// @param filter input column of type bool that must be true
/// @param order ORDER BY inside the call, or WITHIN GROUP's
public record AggregateCall(
    FunctionSignature function,
    List<Integer> arguments,
    boolean distinct,
    Optional<Integer> filter,
    List<SortKey> order,
    SqlType type) {
  public AggregateCall {
    arguments = List.copyOf(arguments);
    order = List.copyOf(order);
  }
}
