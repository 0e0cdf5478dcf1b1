package quiver.common.function;

import java.util.List;
import quiver.common.type.SqlType;

/// An operator expression with its overload chosen.
///
/// @param operandTypes what each operand is to be converted to (implicitly): one or two
public record ResolvedOperator(
    OperatorSignature operator, List<SqlType> operandTypes, SqlType result) {
  public ResolvedOperator {
    operandTypes = List.copyOf(operandTypes);
  }

  public FunctionSignature function() {
    return operator.function();
  }
}
