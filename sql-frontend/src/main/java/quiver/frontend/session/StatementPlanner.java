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

  /// The version of a catalog as far as plans depend on it.
  ///
  /// @param temporarySchema of the session; empty: none
  default long version(CatalogImage catalog, String temporarySchema) {
    return catalog.version();
  }

  /// Plans one statement, or takes its plan from the cache.
  PlannedStatement plan(StatementSource source, CatalogImage catalog, SessionState session);
}
