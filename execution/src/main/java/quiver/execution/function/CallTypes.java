package quiver.execution.function;

import java.util.List;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;

/// The actual types of one call: what polymorphic functions (`"any"`, `anyelement`) need to know.
public record CallTypes(List<SqlType> arguments, SqlType result) {
  public CallTypes {
    arguments = List.copyOf(arguments);
  }

  /// The declared types of a function that is not polymorphic.
  static CallTypes declared(FunctionSignature function) {
    return new CallTypes(function.arguments(), function.result());
  }

  SqlType argument(int index) {
    return arguments.get(index);
  }
}
