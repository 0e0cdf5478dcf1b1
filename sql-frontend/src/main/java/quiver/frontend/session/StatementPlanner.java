package quiver.frontend.session;

import java.util.List;
import quiver.common.catalog.CatalogImage;
import quiver.common.plan.SessionState;
import quiver.planner.parser.ParsedStatement;

/// From text to plan. Thread-safe.
public interface StatementPlanner {
  /// Splits and parses a query string.
  ///
  /// @throws quiver.common.error.QuiverException `42601` with a position
  List<ParsedStatement> parse(String query);

  /// Plans one statement, or takes its plan from the cache.
  PlannedStatement plan(StatementSource source, CatalogImage catalog, SessionState session);
}
