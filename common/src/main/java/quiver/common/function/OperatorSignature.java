package quiver.common.function;

import java.util.Optional;
import quiver.common.type.SqlType;

/// One operator: a symbol over operand types, and the function behind it.
///
/// @param left empty for a prefix operator
/// @param function also carries the result type
/// @param commutatorOid the operator with swapped operands, 0 for none
/// @param negatorOid the operator with the negated result, 0 for none
/// @param mergeable an equality merge joins may use
/// @param hashable an equality hash joins and hash aggregates may use
public record OperatorSignature(
    int oid,
    String symbol,
    Optional<SqlType> left,
    SqlType right,
    FunctionSignature function,
    int commutatorOid,
    int negatorOid,
    boolean mergeable,
    boolean hashable) {
  public SqlType result() {
    return function.result();
  }
}
