package quiver.planner.calcite;

import java.util.function.Supplier;
import org.apache.calcite.plan.Strong;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.jspecify.annotations.Nullable;
import quiver.common.function.Volatility;

/// An operator whose meaning is a [Form]. Calcite sees its operands, whether it is deterministic,
/// whether NULL in gives NULL out, and which calls are equalities (for join keys); nothing else, so
/// that no rule of Calcite's changes what PostgreSQL would compute.
public final class OpaqueOperator extends SqlSpecialOperator {
  private final Form form;

  public OpaqueOperator(Form form) {
    super(nameOf(form), kindOf(form));
    this.form = form;
  }

  public Form form() {
    return form;
  }

  private static String nameOf(Form form) {
    return switch (form) {
      case Form.Call(var function, _) -> function.key();
      case Form.VariadicCall(var function) -> function.key() + " VARIADIC";
      case Form.Constant(var value, var type) -> value + ":" + type.typeName();
      case Form.Parameter(int index) -> "$" + (index + 1);
      case Form.Outer(int scope, int index) -> "outer" + scope + "." + index;
      case Form.IsDistinct _ -> "IS DISTINCT FROM";
      case Form.Case _ -> "CASE";
      case Form.Coalesce _ -> "COALESCE";
      case Form.Cast(var context) -> "CAST " + context;
      case Form.AnyAll(var comparison, boolean all) -> comparison.key() + (all ? " ALL" : " ANY");
      case Form.ArrayOf _ -> "ARRAY";
      case Form.Subscript(var bounds) -> "SUBSCRIPT" + bounds;
      case Form.RowOf _ -> "ROW";
      case Form.Placeholder(var kind, int number) -> kind + "#" + number;
    };
  }

  private static SqlKind kindOf(Form form) {
    return form instanceof Form.Call(var function, var symbol)
            && symbol.equals("=")
            && function.arguments().size() == 2
        ? SqlKind.EQUALS
        : SqlKind.OTHER_FUNCTION;
  }

  /// Equalities are equal to themselves with their sides swapped: Calcite compares them so.
  @Override
  public @Nullable SqlOperator reverse() {
    return getKind() == SqlKind.EQUALS ? this : null;
  }

  @Override
  public boolean isDeterministic() {
    return switch (form) {
      case Form.Call(var function, _) -> function.volatility() != Volatility.VOLATILE;
      case Form.VariadicCall(var function) -> function.volatility() != Volatility.VOLATILE;
      case Form.Placeholder _ -> false;
      default -> true;
    };
  }

  @Override
  public @Nullable Supplier<Strong.Policy> getStrongPolicyInference() {
    boolean strict =
        switch (form) {
          case Form.Call(var function, _) -> function.strict();
          case Form.Cast _ -> true;
          default -> false;
        };
    return () -> strict ? Strong.Policy.ANY : Strong.Policy.AS_IS;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OpaqueOperator operator && form.equals(operator.form);
  }

  @Override
  public int hashCode() {
    return form.hashCode();
  }
}
