package quiver.planner.binder;

import java.util.Optional;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;
import quiver.common.function.CastMethod;
import quiver.common.function.CastSignature;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.Volatility;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Whether an expression gives the same value for the same row for ever: PostgreSQL's
/// `contain_mutable_functions`.
final class Mutability {
  private Mutability() {}

  static boolean isImmutable(RexNode node, FunctionRegistry registry) {
    boolean[] immutable = {true};
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitCall(RexCall call) {
            immutable[0] &=
                switch (Rex.form(call)) {
                  case Form.Call(var function, _) -> isImmutable(function);
                  case Form.IsDistinct(var equality) -> isImmutable(equality);
                  case Form.AnyAll(var comparison, _) -> isImmutable(comparison);
                  case Form.Cast _ ->
                      isWritten(call.getOperands().getFirst())
                          || isImmutable(
                              Rex.type(call.getOperands().getFirst()), Rex.type(call), registry);
                  case null, default -> true;
                };
            return super.visitCall(call);
          }
        });
    return immutable[0];
  }

  /// A string of the statement itself: read once, when the statement is.
  private static boolean isWritten(RexNode node) {
    return Rex.constantOf(node) != null && Rex.type(node).base() == BaseType.UNKNOWN;
  }

  /// Whether two evaluations for the same row may differ.
  static boolean isVolatile(RexNode node) {
    return node instanceof RexCall call
        && ((Rex.form(call) instanceof Form.Call(var function, _)
                && function.volatility() == Volatility.VOLATILE)
            || call.getOperands().stream().anyMatch(Mutability::isVolatile));
  }

  private static boolean isImmutable(FunctionSignature function) {
    return function.volatility() == Volatility.IMMUTABLE;
  }

  private static boolean isImmutable(SqlType source, SqlType target, FunctionRegistry registry) {
    if (source.sameTypeAs(target)) {
      return true;
    }
    Optional<CastSignature> cast = registry.cast(source, target);
    if (cast.isPresent() && cast.get().method() == CastMethod.FUNCTION) {
      return cast.get().function().map(Mutability::isImmutable).orElse(true);
    }
    if (cast.isPresent() && cast.get().method() == CastMethod.BINARY) {
      return true;
    }
    return !readsSettings(source.base()) && !readsSettings(target.base());
  }

  /// Whether the text of a value depends on the session or the catalog.
  private static boolean readsSettings(BaseType type) {
    return switch (type) {
      case DATE,
          TIME,
          TIMESTAMP,
          TIMESTAMPTZ,
          TIMETZ,
          INTERVAL,
          REGPROC,
          REGPROCEDURE,
          REGOPER,
          REGOPERATOR,
          REGCLASS,
          REGTYPE,
          REGNAMESPACE,
          REGROLE,
          REGCOLLATION,
          REGCONFIG,
          RECORD ->
          true;
      default -> false;
    };
  }
}
