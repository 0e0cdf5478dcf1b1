package quiver.frontend;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.SystemCatalog;
import quiver.common.function.FunctionRegistry;
import quiver.common.plan.SessionState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.frontend.session.PlannedStatement;
import quiver.frontend.session.StatementPlanner;
import quiver.frontend.session.StatementSource;
import quiver.planner.PlanCache;
import quiver.planner.Planner;
import quiver.planner.PreparedPlan;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.node.Statement;

/// The planner as sessions use it. Safe for every thread.
final class CachingPlanner implements StatementPlanner {
  /// Plans a front end keeps, over all sessions.
  private static final int PLAN_COUNT_MAX = 2048;

  private final SystemCatalog systemCatalog;
  private final String database;
  private final PlanVersions versions = new PlanVersions();
  private final Planner planner = new Planner(FunctionRegistry.standard());
  private final PlanCache plans = new PlanCache(planner, PLAN_COUNT_MAX);

  CachingPlanner(SystemCatalog systemCatalog, String database) {
    this.systemCatalog = systemCatalog;
    this.database = database;
  }

  /// Loads what planning needs on a thread that ends by itself: the first statement finds it there.
  void warmUpInBackground() {
    Thread.ofPlatform().daemon().name("quiver-planner-warm-up").start(planner::warmUp);
  }

  @Override
  public List<ParsedStatement> parse(String query) {
    return plans.parse(query);
  }

  @Override
  public long version(CatalogImage catalog, String temporarySchema) {
    return versions.of(catalog, temporarySchema);
  }

  @Override
  public PlannedStatement plan(StatementSource source, CatalogImage catalog, SessionState session) {
    List<Optional<SqlType>> types =
        source.declaredTypes().stream()
            .map(type ->
                type.base() == BaseType.UNKNOWN ? Optional.<SqlType>empty() : Optional.of(type))
            .toList();
    PreparedPlan plan =
        plans.plan(
            withoutInnerParameters(source.statement()),
            source.query(),
            new PlanningContext(
                catalog,
                systemCatalog,
                session.searchPath(),
                types,
                session.settings(),
                database,
                session.temporarySchema(),
                version(catalog, session.temporarySchema())));
    return new PlannedStatement(
        plan.plan(),
        plan.parameterTypes(),
        plan.constants(),
        plan.catalogVersion(),
        plan.demands(),
        plan.refusal(),
        PlanningContext.rowSecuritySubject(catalog, session.settings()));
  }

  /// The parameters inside PREPARE are those of the statement it prepares.
  private static ParsedStatement withoutInnerParameters(ParsedStatement statement) {
    return statement.statement() instanceof Statement.Prepare
        ? statement.withoutParameters()
        : statement;
  }
}
