package quiver.execution.function;

import org.jspecify.annotations.Nullable;
import quiver.common.value.ArrayValue;
import quiver.common.value.DomainValues;

/// What the binder makes of a cast to a domain.
final class DomainFunctions {
  private DomainFunctions() {}

  static void addTo(FunctionTable table) {
    table.one(
        "quiver_domain_check(anyelement,text,_bool,_text)", (_, arguments) -> checked(arguments));
  }

  /// The value, if all conditions of the domain hold, which may be NULL for it.
  private static @Nullable Object checked(@Nullable Object[] arguments) {
    ArrayValue conditions = Arguments.array(arguments, 2);
    @Nullable Object[] constraints = Arguments.array(arguments, 3).elements();
    for (int i = 0; i < conditions.size(); i++) {
      if (Boolean.FALSE.equals(conditions.elements()[i])) {
        throw DomainValues.violation(Arguments.text(arguments, 1), Arguments.text(constraints, i));
      }
    }
    return arguments[0];
  }
}
