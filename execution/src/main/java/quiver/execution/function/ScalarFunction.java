package quiver.execution.function;

import org.jspecify.annotations.Nullable;

/// A scalar function, one call at a time. Stateless, safe for every thread.
@FunctionalInterface
public interface ScalarFunction {
  /// @param arguments datums as the signature says; null for NULL (never, if the signature is
  ///   strict); a variadic call passes each value on its own
  /// @return null for NULL
  @Nullable Object call(FunctionContext context, @Nullable Object[] arguments);
}
