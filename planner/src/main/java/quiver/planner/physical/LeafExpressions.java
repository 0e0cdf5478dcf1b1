package quiver.planner.physical;

import java.util.Set;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;
import quiver.common.function.FunctionSignature;
import quiver.common.function.Volatility;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Which expressions can be computed next to the rows: not those that change something, that differ
/// from call to call, or that need the catalog or the session's state.
public final class LeafExpressions {
  private static final Set<String> SESSION_FUNCTIONS =
      Set.of(
          "current_setting",
          "current_schema",
          "current_schemas",
          "current_database",
          "current_user",
          "session_user",
          "format_type",
          "col_description",
          "obj_description",
          "shobj_description",
          "version",
          "txid_current",
          "cursor_row");

  private LeafExpressions() {}

  public static boolean isLeaf(RexNode node) {
    boolean[] leaf = {true};
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitCall(RexCall call) {
            leaf[0] &=
                switch (Rex.form(call)) {
                  case Form.Call(var function, _) -> isLeaf(function);
                  case Form.Cast _ ->
                      !needsCatalog(Rex.type(call))
                          && !needsCatalog(Rex.type(call.getOperands().getFirst()));
                  case null, default -> true;
                };
            return super.visitCall(call);
          }
        });
    return leaf[0];
  }

  private static boolean isLeaf(FunctionSignature function) {
    String name = function.name();
    return function.volatility() != Volatility.VOLATILE
        && !SESSION_FUNCTIONS.contains(name)
        && !name.startsWith("has_")
        && !name.startsWith("to_reg")
        && (!name.startsWith("pg_") || function.volatility() == Volatility.IMMUTABLE);
  }

  private static boolean needsCatalog(SqlType type) {
    return switch (type.base()) {
      case REGCLASS,
          REGPROC,
          REGPROCEDURE,
          REGOPER,
          REGOPERATOR,
          REGTYPE,
          REGNAMESPACE,
          REGROLE,
          REGCOLLATION,
          REGCONFIG,
          REGDICTIONARY ->
          true;
      default -> type.base() == BaseType.ACLITEM;
    };
  }
}
