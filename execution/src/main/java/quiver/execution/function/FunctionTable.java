package quiver.execution.function;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;

/// Collects implementations by [FunctionSignature#key]. Used by one thread.
public final class FunctionTable {
  private final FunctionRegistry registry = FunctionRegistry.standard();
  private final Map<String, Function<CallTypes, ScalarFunction>> functions = new HashMap<>();

  public FunctionRegistry registry() {
    return registry;
  }

  /// Implements every scalar overload of a name.
  public FunctionTable all(String name, ScalarFunction implementation) {
    return allTyped(name, _ -> implementation);
  }

  /// As [#all], made anew for the types of each call.
  public FunctionTable allTyped(String name, Function<CallTypes, ScalarFunction> implementation) {
    boolean found = false;
    for (FunctionSignature signature : registry.functions(name)) {
      if (signature.kind() == FunctionKind.SCALAR) {
        functions.put(signature.key(), implementation);
        found = true;
      }
    }
    if (!found) {
      throw new IllegalArgumentException("not in the registry: " + name);
    }
    return this;
  }

  /// Implements one overload.
  public FunctionTable one(String key, ScalarFunction implementation) {
    return oneTyped(key, _ -> implementation);
  }

  public FunctionTable oneTyped(String key, Function<CallTypes, ScalarFunction> implementation) {
    if (registry.function(key).isEmpty()) {
      throw new IllegalArgumentException("not in the registry: " + key);
    }
    functions.put(key, implementation);
    return this;
  }

  Map<String, Function<CallTypes, ScalarFunction>> build() {
    return Map.copyOf(functions);
  }
}
