package quiver.execution.library;

import java.util.Optional;
import quiver.common.format.FormatSettings;
import quiver.common.format.ObjectNames;
import quiver.common.type.BaseType;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.SessionContext;
import quiver.execution.function.SessionFormats;
import quiver.execution.function.catalog.CatalogNames;

/// What the functions of one statement may use: its session, and format settings made once, which
/// know the catalog's names.
public record StatementFunctions(SessionContext session, FormatSettings format)
    implements FunctionContext {
  public static StatementFunctions of(SessionContext session) {
    return new StatementFunctions(session, SessionFormats.of(session).withNames(names(session)));
  }

  /// Names of objects as the session sees them.
  public static ObjectNames names(SessionContext session) {
    return new ObjectNames() {
      @Override
      public Optional<String> nameOf(BaseType regType, long oid) {
        return new CatalogNames(session).nameOf(regType, oid);
      }

      @Override
      public long oidOf(BaseType regType, String name) {
        return new CatalogNames(session).oidOf(regType, name);
      }
    };
  }
}
