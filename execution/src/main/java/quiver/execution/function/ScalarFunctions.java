package quiver.execution.function;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;

/// The implementations of all scalar functions, by [FunctionSignature#key]. Immutable.
public final class ScalarFunctions {
  private final Map<String, Function<CallTypes, ScalarFunction>> functions;

  private ScalarFunctions(Map<String, Function<CallTypes, ScalarFunction>> functions) {
    this.functions = Map.copyOf(functions);
  }

  /// The functions of this package and those of others.
  ///
  /// @param others by key; this package's win over them
  /// @param packages add theirs
  public static ScalarFunctions with(
      List<Map<String, ScalarFunction>> others, List<Consumer<FunctionTable>> packages) {
    FunctionTable table = new FunctionTable();
    ComparisonFunctions.addTo(table);
    ArithmeticFunctions.addTo(table);
    MathFunctions.addTo(table);
    CastFunctions.addTo(table);
    StringFunctions.addTo(table);
    ByteFunctions.addTo(table);
    HashFunctions.addTo(table);
    NetworkFunctions.addTo(table);
    RangeFunctions.addTo(table);
    HstoreFunctions.addTo(table);
    UuidFunctions.addTo(table);
    MoneyFunctions.addTo(table);
    DateTimeFunctions.addTo(table);
    ArrayFunctions.addTo(table);
    EnumFunctions.addTo(table);
    DomainFunctions.addTo(table);
    ElementAssignments.addTo(table);
    JsonBuilders.addTo(table);
    SystemFunctions.addTo(table);
    TemplateFunctions.addTo(table);
    packages.forEach(each -> each.accept(table));
    Map<String, Function<CallTypes, ScalarFunction>> all = new HashMap<>();
    for (Map<String, ScalarFunction> other : others) {
      other.forEach((key, implementation) -> all.put(key, _ -> implementation));
    }
    all.putAll(table.build());
    return new ScalarFunctions(all);
  }

  /// The keys that have an implementation.
  public Set<String> keys() {
    return functions.keySet();
  }

  /// The implementation of a function for one call's types.
  ///
  /// @throws QuiverException `0A000` naming the function if there is none
  public ScalarFunction scalar(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    Function<CallTypes, ScalarFunction> implementation = functions.get(function.key());
    if (implementation == null) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "function %s is not supported", function.key());
    }
    return implementation.apply(new CallTypes(argumentTypes, resultType));
  }
}
