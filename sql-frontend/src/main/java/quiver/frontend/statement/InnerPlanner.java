package quiver.frontend.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.plan.SessionState;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;

/// Plans SQL that a statement runs by itself. Thread-safe.
public interface InnerPlanner {
  /// @param sql one statement
  /// @param parameterTypes of `$1 …`
  Planned plan(
      String sql, List<SqlType> parameterTypes, CatalogImage catalog, SessionState session);

  /// A plan.
  ///
  /// @param constants follow the parameters
  record Planned(StatementPlan plan, List<@Nullable Object> constants) {}
}
