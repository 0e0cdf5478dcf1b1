package quiver.execution.function.catalog;

import java.util.HashMap;
import java.util.Map;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.execution.function.ScalarFunction;

/// Collects implementations by [FunctionSignature#key]. Used by one thread.
final class FunctionTable {
  private final FunctionRegistry registry = FunctionRegistry.standard();
  private final Map<String, ScalarFunction> functions = new HashMap<>();

  /// Implements every scalar overload of a name; the implementation looks at the number of its
  /// arguments.
  FunctionTable all(String name, ScalarFunction implementation) {
    for (FunctionSignature signature : registry.functions(name)) {
      if (signature.kind() == FunctionKind.SCALAR) {
        functions.put(signature.key(), implementation);
      }
    }
    return this;
  }

  /// Implements one overload.
  FunctionTable one(String key, ScalarFunction implementation) {
    functions.put(
        registry
            .function(key)
            .orElseThrow(() -> new IllegalArgumentException("not in the registry: " + key))
            .key(),
        implementation);
    return this;
  }

  Map<String, ScalarFunction> build() {
    return Map.copyOf(functions);
  }
}
