package quiver.execution.function;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.Privilege;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.AclText;
import quiver.common.value.ArrayValue;

/// The rows of `aclexplode`.
final class AclRows {
  private AclRows() {}

  static Iterator<@Nullable Object[]> of(FunctionContext context, @Nullable Object[] arguments) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    if (!(arguments[0] instanceof ArrayValue acl)) {
      return rows.iterator();
    }
    for (Object text : acl.elements()) {
      AclItem item =
          AclText.parse(String.valueOf(text), context.session().catalog())
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.INVALID_TEXT_REPRESENTATION, "invalid aclitem: \"%s\"", text));
      for (Privilege privilege : Privilege.values()) {
        if (privilege.isIn(item.privileges())) {
          rows.add(
              new @Nullable Object[] {
                item.grantorId(),
                item.granteeId(),
                privilege.name(),
                privilege.isIn(item.grantable())
              });
        }
      }
    }
    return rows.iterator();
  }
}
