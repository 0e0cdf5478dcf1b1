package quiver.common.function;

import java.util.List;
import quiver.common.type.SqlType;

/// A call with its overload chosen.
///
/// @param argumentTypes what each given argument is to be converted to (implicitly); as many as
///   arguments were given, polymorphic types and a variadic tail replaced by actual types. UNKNOWN
///   where a literal stays as it is (`"any"`)
/// @param result the actual result type, without modifier
public record ResolvedFunction(
    FunctionSignature function, List<SqlType> argumentTypes, SqlType result) {
  public ResolvedFunction {
    argumentTypes = List.copyOf(argumentTypes);
  }
}
