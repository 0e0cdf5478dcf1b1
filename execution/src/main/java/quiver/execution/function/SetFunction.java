package quiver.execution.function;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// A set-returning function. Stateless, safe for every thread.
@FunctionalInterface
public interface SetFunction {
  /// The rows of one call, made while they are read: `generate_series` may be endless for all
  /// practical purposes. Each row is a fresh array with one datum per output column of the function
  /// ([quiver.common.function.FunctionRegistry#outputColumns], or one when it names none).
  ///
  /// @param arguments as for [ScalarFunction]; a strict function is not called with NULL
  Iterator<@Nullable Object[]> call(FunctionContext context, @Nullable Object[] arguments);
}
