package quiver.frontend;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.RoleDefinition;
import quiver.common.format.DateTimes;
import quiver.common.function.FunctionRegistry;
import quiver.common.plan.SessionState;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.function.SessionContext.SystemRelationName;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.source.SystemRelations;
import quiver.frontend.activity.SessionView;
import quiver.frontend.auth.Authenticator;
import quiver.frontend.auth.LoginAttempts;
import quiver.frontend.catalog.RelationColumns;
import quiver.frontend.catalog.SystemState;
import quiver.frontend.catalog.VirtualRelations;
import quiver.frontend.pgwire.PgServer;
import quiver.frontend.session.AdvisoryLockTable;
import quiver.frontend.session.AutomaticAnalysis;
import quiver.frontend.session.PlannedStatement;
import quiver.frontend.session.SessionServices;
import quiver.frontend.session.Sessions;
import quiver.frontend.session.SnapshotChoice;
import quiver.frontend.session.StatementPlanner;
import quiver.frontend.session.StatementSource;
import quiver.frontend.session.TemporarySchemas;
import quiver.frontend.setting.Parameters;
import quiver.frontend.statement.InnerPlanner;
import quiver.frontend.statement.StatementServices;

/// The access layer of one process: accepts PostgreSQL clients, plans their statements, scatters
/// fragments to query nodes, hands writes to channel owners.
public final class FrontEnd implements AutoCloseable {
  /// How long sessions have to end their transactions before the server stops.
  private static final long DRAIN_SECONDS_MAX = 20;

  private final PgServer server;
  private final Optional<AutomaticAnalysis> analysis;

  private FrontEnd(PgServer server, Optional<AutomaticAnalysis> analysis) {
    this.server = server;
    this.analysis = analysis;
  }

  /// Starts to listen; the caller closes it.
  ///
  /// @throws java.io.UncheckedIOException when the address cannot be bound
  public static FrontEnd start(FrontEndConfig config, FrontEndBackend backend) {
    RelationColumns relations = RelationColumns.standard();
    CachingPlanner planner = new CachingPlanner(relations, config.database());
    planner.warmUpInBackground();
    return start(config, backend, planner);
  }

  static FrontEnd start(FrontEndConfig config, FrontEndBackend backend, StatementPlanner planner) {
    ThreadFactory fanOut = Thread.ofVirtual().name("quiver-gather-", 0).factory();
    ThreadFactory sessionThreads = Thread.ofVirtual().name("quiver-session-", 0).factory();
    Sessions sessions = new Sessions(config.connectionCountMax());
    StatementServices statements =
        new StatementServices(
            backend.root(),
            backend.cluster(),
            new FragmentExecutor(backend.functions()),
            new ExpressionCompiler(backend.functions()),
            (sql, types, catalog, session) -> {
              PlannedStatement planned =
                  planner.plan(
                      new StatementSource(planner.parse(sql).getFirst(), sql, types),
                      catalog,
                      withoutRowSecurity(catalog, session));
              return new InnerPlanner.Planned(planned.plan(), planned.constants());
            },
            backend.cpu(),
            config.queryMemoryBytes(),
            config.historyRetention(),
            config.spillDirectory(),
            fanOut,
            backend.random());
    Instant now = backend.clock().instant();
    SessionServices services =
        new SessionServices(
            statements,
            planner,
            new Parameters(
                config.serverVersion(), config.connectionCountMax(), config.tls().isPresent()),
            new Authenticator(
                config.hostRules(),
                new LoginAttempts(System::nanoTime),
                backend.clock(),
                backend.random()),
            new SnapshotChoice.Newest(),
            new TemporarySchemas(backend.root(), backend.process()),
            backend.clock(),
            System::nanoTime,
            new CatalogViews(config, backend, sessions),
            new AdvisoryLockTable(),
            config.database(),
            config.productVersion(),
            DateTimes.microsOf(now));
    PgServer server =
        PgServer.start(config.address(), config.tls(), services, sessions, sessionThreads);
    ThreadFactory analysisThreads = Thread.ofVirtual().name("quiver-analysis").factory();
    return new FrontEnd(
        server,
        config.automaticAnalysis()
            ? Optional.of(AutomaticAnalysis.start(services, sessions, analysisThreads))
            : Optional.empty());
  }

  /// Constraints are checked over all rows, whoever asks.
  private static SessionState withoutRowSecurity(CatalogImage catalog, SessionState session) {
    if (!catalog.security().hasRowSecurity()) {
      return session;
    }
    Map<String, String> settings = new HashMap<>(session.settings());
    settings.put("role", catalog.security().roleName(RoleDefinition.BOOTSTRAP_ID));
    return new SessionState(
        session.user(),
        session.database(),
        session.searchPath(),
        session.backendPid(),
        session.transactionMicros(),
        session.statementMicros(),
        settings,
        session.temporarySchema());
  }

  /// The port that was bound.
  public int port() {
    return server.port();
  }

  /// Stops to listen and lets sessions end what they are about. Transactions that are still open
  /// then are ended by [#close].
  public void drain() {
    server.drain(DRAIN_SECONDS_MAX);
  }

  /// Ends every session and stops to listen. Idempotent.
  @Override
  public void close() {
    analysis.ifPresent(AutomaticAnalysis::close);
    server.close();
  }

  /// pg_catalog and information_schema.
  private static final class CatalogViews implements SessionServices.SystemViews {
    private final FrontEndConfig config;
    private final FrontEndBackend backend;
    private final Sessions sessions;
    private final RelationColumns relations = RelationColumns.standard();

    CatalogViews(FrontEndConfig config, FrontEndBackend backend, Sessions sessions) {
      this.config = config;
      this.backend = backend;
      this.sessions = sessions;
    }

    @Override
    public SystemRelations open(CatalogImage catalog, SessionState session, SessionView view) {
      return new VirtualRelations(
          new SystemState(
              catalog,
              FunctionRegistry.standard(),
              backend.cluster(),
              sessions,
              view,
              config.database(),
              session.user(),
              config.productVersion(),
              session.relationPath(),
              session.temporarySchema()));
    }

    @Override
    public Optional<Long> oid(String schema, String name) {
      return relations.oid(schema, name);
    }

    @Override
    public Optional<SystemRelationName> name(long oid) {
      return relations.name(oid);
    }
  }
}
