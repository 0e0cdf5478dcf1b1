package quiver.frontend;

import java.util.List;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.SystemCatalog;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionState;
import quiver.frontend.session.PlannedStatement;
import quiver.frontend.session.StatementPlanner;
import quiver.frontend.session.StatementSource;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.PostgresParser;

/// The planner with its cache. Safe for every thread.
record CachingPlanner(SystemCatalog systemCatalog, String database) implements StatementPlanner {
  @Override
  public List<ParsedStatement> parse(String query) {
    return PostgresParser.parse(query);
  }

  @Override
  public PlannedStatement plan(StatementSource source, CatalogImage catalog, SessionState session) {
    throw new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED, "planning of statements is not supported yet");
  }
}
