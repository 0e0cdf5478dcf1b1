package quiver.frontend.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.format.ObjectNames;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.SessionState;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.execution.function.SessionContext;
import quiver.execution.function.catalog.CatalogNames;
import quiver.execution.library.StatementFunctions;
import quiver.execution.runtime.StatisticsCollector;
import quiver.frontend.activity.SessionActivity;
import quiver.frontend.activity.SessionView;
import quiver.frontend.activity.SettingRow;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.setting.SessionSettings;
import quiver.frontend.statement.Committer;
import quiver.frontend.statement.Committer.Outcome;
import quiver.frontend.statement.DeferredChecks;
import quiver.frontend.statement.QueryRunner;
import quiver.frontend.statement.SoleChannel;
import quiver.frontend.statement.StatementScope;
import quiver.frontend.transaction.PendingChecks;
import quiver.frontend.transaction.Transaction;
import quiver.planner.context.PlanningContext;
import quiver.planner.parser.ParsedStatement;
import quiver.planner.parser.node.Statement;
import quiver.rpc.RootCoordinatorService.Moment;

/// One session: what the protocol's messages do. Used by the session's thread only, except for
/// [#cancelStatement], [#stopWith] and [#activity].
public final class Session implements SessionView {
  private final SessionServices services;
  private final SessionIdentity identity;
  private final Client client;
  private final Sessions sessions;
  private final RoleDefinition role;
  private final SessionRoles roles;
  private final SearchPath searchPath = new SearchPath();
  private final SessionSettings settings;
  private final SessionTransaction transaction;
  private final Portals portals = new Portals();
  private final PreparedStatements statements = new PreparedStatements();
  private final SequenceState sequences;
  private final SessionCommands commands;
  private final StatementRunner runner;
  private final QueryRunner queries;
  private final SessionLocks locks;
  private final TemporaryObjects temporary;
  private final SessionNotifications notifications;
  private final ObjectNames objectNames = new SessionObjectNames();
  private final ImplicitRun implicitRun = new ImplicitRun();
  private final RunningMessage running;
  private final RandomSequence randomSequence = new RandomSequence();
  private final SnapshotChoice snapshots;
  private final SessionKey key;
  private long lastSnapshot;
  private @Nullable Portal reading;

  private long overlayCount;
  private @Nullable DatumFormat format;
  private Map<String, String> formatSettings = Map.of();
  private long planningNanos;

  /// Names of catalog objects at the moment they are asked for.
  private final class SessionObjectNames implements ObjectNames {
    @Override
    public Optional<String> nameOf(BaseType regType, long oid) {
      return names().nameOf(regType, oid);
    }

    @Override
    public long oidOf(BaseType regType, String name) {
      return names().oidOf(regType, name);
    }

    private CatalogNames names() {
      CatalogImage catalog = catalog();
      return new CatalogNames(context(catalog, state(catalog)));
    }
  }

  /// Parameter types and result columns of a statement.
  ///
  /// @param columns empty: no rows are returned
  public record Description(List<SqlType> parameters, Optional<List<OutputColumn>> columns) {}

  /// @param role who has logged in
  public Session(
      SessionServices services,
      SessionIdentity identity,
      RoleDefinition role,
      Client client,
      Sessions sessions) {
    this.services = services;
    this.identity = identity;
    this.client = client;
    this.sessions = sessions;
    this.roles = new SessionRoles(role, () -> catalog());
    this.role = role;
    this.settings = new SessionSettings(services.parameters(), roles, client::parameterStatus);
    this.transaction =
        new SessionTransaction(
            services.statements().root(),
            new Committer(services.statements()),
            settings,
            portals,
            this::send,
            () -> locks().endTransaction(),
            this::check);
    this.running = new RunningMessage(services, identity, settings, transaction);
    this.notifications =
        new SessionNotifications(sessions.notifications(), client, identity.pid(), transaction);
    this.temporary = new TemporaryObjects(services.temporarySchemas());
    this.locks = new SessionLocks(services.advisoryLocks(), identity.pid(), running::check);
    this.sequences = new SequenceState(services.statements().root());
    this.key = new SessionKey(settings, services.statements().cluster());
    this.commands = new SessionCommands(services, this);
    this.snapshots =
        new SnapshotChoice(
            services.statements().root(),
            services.statements().cluster(),
            services.newestMoment(),
            services.nanoTime());
    this.runner = new StatementRunner(services, this, commands);
    this.queries = new QueryRunner(services.statements());
  }

  /// Who and where this session is.
  public SessionIdentity identity() {
    return identity;
  }

  /// The configuration parameters.
  public SessionSettings variables() {
    return settings;
  }

  /// Begins with the values ALTER ROLE has set for the one who logged in; what is not valid any
  /// more is left out.
  public void applyRoleSettings() {
    role.settings()
        .forEach((name, value) -> {
          try {
            settings.setAtStartup(name, value);
          } catch (QuiverException e) {
            client.notice(Notice.warning(e.state(), e.message()));
          }
        });
  }

  /// The command in the name of the current role.
  DdlCommand.As inOwnName(DdlCommand command) {
    CatalogImage catalog = catalog();
    return new DdlCommand.As(
        roles.currentRoleId(catalog, settings.values()),
        roles.sessionRoleId(catalog, settings.values()),
        command);
  }

  /// ReadyForQuery's letter.
  public char status() {
    return transaction.status();
  }

  SessionTransaction transaction() {
    return transaction;
  }

  PreparedStatements statements() {
    return statements;
  }

  Portals portals() {
    return portals;
  }

  StatementRunner runner() {
    return runner;
  }

  SequenceState sequences() {
    return sequences;
  }

  Client client() {
    return client;
  }

  /// Sends a notice unless the client does not want its level.
  void send(Notice notice) {
    if (notice.reaches(settings.value("client_min_messages"))) {
      client.notice(notice);
    }
  }

  /// The running statement cannot be run again behind the client's back.
  void forbidReplay() {
    implicitRun.forbid();
  }

  /// How the session wants values printed. The settings are an immutable map: a change is another
  /// map.
  @SuppressWarnings("ReferenceEquality")
  public DatumFormat format() {
    DatumFormat current = format;
    if (current == null || formatSettings != settings.values()) {
      formatSettings = settings.values();
      current = DatumFormat.of(formatSettings, 0, objectNames);
      format = current;
    }
    return new DatumFormat(current.settings().withNow(transactionMicros()));
  }

  // --- statements ------------------------------------------------------------------------------

  /// Simple query: runs every statement of the text and ends the implicit transaction.
  ///
  /// @throws QuiverException what the first failing statement failed with; the caller calls [#fail]
  public void simpleQuery(String text) {
    closePortal("");
    statements.remove("");
    running.begin(text);
    try {
      List<ParsedStatement> parsed = services.planner().parse(text);
      if (parsed.isEmpty()) {
        client.emptyQuery();
      }
      for (ParsedStatement statement : parsed) {
        StatementSource source = new StatementSource(statement, text, List.of());
        requireNotAborted(statement.statement());
        perform(Optional.empty(), () -> runSimple(source));
      }
      finishImplicit();
    } finally {
      running.end();
    }
  }

  /// A query string comes without values; the parameters inside PREPARE are of what it prepares.
  private static void requireNoParameters(ParsedStatement statement) {
    if (statement.statement() instanceof Statement.Prepare) {
      return;
    }
    statement
        .firstParameter()
        .ifPresent(use -> {
          throw new QuiverException(
                  SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", use.number())
              .at(use.position());
        });
  }

  private void runSimple(StatementSource source) {
    requireNoParameters(source.statement());
    transaction.ensureOpen(running.startMicros());
    snapshots.begin(Optional.empty(), Optional.empty());
    try {
      sendSimple(prepare("", source, false));
    } finally {
      var _ = snapshots.end();
    }
  }

  private void sendSimple(PreparedStatement statement) {
    try (StatementResult result = run(statement, new Object[0])) {
      int[] formats = simpleFormats(statement, result);
      if (result.returnsRows()) {
        client.rowDescription(result.columns(), formats);
      }
      long count = result.send(client, 0, formats, format());
      client.commandComplete(result.tag(count));
    }
  }

  /// Text, except for rows fetched from a binary cursor.
  private int[] simpleFormats(PreparedStatement statement, StatementResult result) {
    int[] formats = new int[result.columns().size()];
    if (statement.plan() instanceof StatementPlan.Session(var command, var o, var p)
        && cursorName(command)
            .flatMap(portals::find)
            .filter(portal -> portal.kind().binary())
            .isPresent()) {
      Arrays.fill(formats, 1);
    }
    return formats;
  }

  private static Optional<String> cursorName(SessionCommand command) {
    return switch (command) {
      case SessionCommand.Fetch fetch -> Optional.of(fetch.name());
      case SessionCommand.FetchFrom fetch -> Optional.of(fetch.name());
      default -> Optional.empty();
    };
  }

  /// Parse.
  ///
  /// @param typeOids 0: to be inferred
  public void parse(String name, String text, int[] typeOids) {
    running.begin(text);
    try {
      if (!name.isEmpty()) {
        statements.requireFree(name);
      }
      List<SqlType> types = new ArrayList<>();
      for (int oid : typeOids) {
        types.add(declaredType(oid));
      }
      List<ParsedStatement> parsed = services.planner().parse(text);
      if (parsed.size() > 1) {
        throw new QuiverException(
            SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
      }
      if (parsed.isEmpty()) {
        statements.keep(
            new PreparedStatement(
                name, Optional.empty(), Optional.empty(), List.of(), false, services.nowMicros()));
        return;
      }
      requireNotAborted(parsed.getFirst().statement());
      ensureImplicit();
      statements.keep(prepare(name, new StatementSource(parsed.getFirst(), text, types), false));
    } finally {
      running.end();
    }
  }

  private SqlType declaredType(int oid) {
    return oid == 0
        ? SqlType.UNKNOWN
        : catalog()
            .sqlType(Integer.toUnsignedLong(oid))
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_OBJECT,
                    "type with OID %s does not exist",
                    Integer.toUnsignedString(oid)));
  }

  private PreparedStatement prepare(String name, StatementSource source, boolean fromSql) {
    PlannedStatement planned = plan(source);
    return new PreparedStatement(
        name,
        Optional.of(source),
        Optional.of(planned),
        runner.describe(planned.plan()),
        fromSql,
        running.startMicros());
  }

  /// Plans a text that is part of another statement.
  PreparedStatement prepare(String name, String text, List<SqlType> types, boolean fromSql) {
    List<ParsedStatement> parsed = services.planner().parse(text);
    if (parsed.size() != 1) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement");
    }
    return prepare(name, new StatementSource(parsed.getFirst(), text, types), fromSql);
  }

  /// PREPARE.
  void prepareFromSql(String name, List<SqlType> types, String text) {
    statements.requireFree(name);
    try {
      statements.keep(prepare(name, text, types, true));
    } catch (QuiverException e) {
      throw inOuterText(e, text);
    }
  }

  /// An error of a text that is part of the running one, pointing into the latter.
  private QuiverException inOuterText(QuiverException error, String text) {
    String outer = running.text();
    int at = outer.lastIndexOf(text);
    return error.position() == 0 || at < 0
        ? error
        : error.at(error.position() + outer.codePointCount(0, at));
  }

  /// The catalog as the open transaction sees it.
  CatalogImage catalog() {
    return overlaid(snapshots.definitions());
  }

  private CatalogImage overlaid(CatalogImage inForce) {
    return transaction
        .open()
        .map(open -> open.catalog(inForce, this::nextOverlayVersion))
        .orElse(inForce);
  }

  /// Versions of catalogs that only this session sees are negative and hold its number.
  private long nextOverlayVersion() {
    overlayCount++;
    return -(((long) identity.pid() << 32) | (overlayCount & 0xffff_ffffL));
  }

  private PlannedStatement plan(StatementSource source) {
    temporary.expect(source.statement().statement());
    CatalogImage catalog = catalog();
    long begin = services.nanoTime().getAsLong();
    PlannedStatement planned = services.planner().plan(source, catalog, state(catalog));
    planningNanos = services.nanoTime().getAsLong() - begin;
    return planned;
  }

  /// How long the last statement's planning took, or finding its plan.
  long planningNanos() {
    return planningNanos;
  }

  /// Plans again if the catalog has changed since.
  ///
  /// @throws QuiverException `0A000` if the result columns are not the same any more
  void refresh(PreparedStatement statement) {
    PlannedStatement planned = statement.planned().orElseThrow();
    CatalogImage catalog = catalog();
    if (planned.catalogVersion() == services.planner().version(catalog, temporary.schema())
        && planned
            .rowSecuritySubject()
            .equals(PlanningContext.rowSecuritySubject(catalog, settings.values()))) {
      return;
    }
    StatementSource source = statement.source().orElseThrow();
    PlannedStatement again =
        services
            .planner()
            .plan(
                new StatementSource(source.statement(), source.query(), planned.parameterTypes()),
                catalog,
                state(catalog));
    List<OutputColumn> columns = runner.describe(again.plan());
    boolean same = columns.size() == statement.description().size();
    for (int i = 0; same && i < columns.size(); i++) {
      same = columns.get(i).type().equals(statement.description().get(i).type());
    }
    if (!same) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "cached plan must not change result type");
    }
    statement.replacePlan(again);
  }

  private Portal requirePortal(String name) {
    return portals
        .find(name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_CURSOR_NAME, "portal \"%s\" does not exist", name));
  }

  /// Bind.
  ///
  /// @param values null entries are NULL
  public void bind(
      String portalName,
      String statementName,
      int[] formats,
      List<byte @Nullable []> values,
      int[] resultFormats) {
    running.beginAgain();
    SnapshotChoice.Begun begun = SnapshotChoice.Begun.NOTHING;
    try {
      PreparedStatement statement = statements.require(statementName);
      if (formats.length > 1 && formats.length != values.size()) {
        throw new QuiverException(
            SqlState.PROTOCOL_VIOLATION,
            "bind message has %d parameter formats but %d parameters",
            formats.length,
            values.size());
      }
      List<SqlType> types =
          statement.planned().map(PlannedStatement::parameterTypes).orElse(List.of());
      if (types.size() != values.size()) {
        throw new QuiverException(
            SqlState.PROTOCOL_VIOLATION,
            "bind message supplies %d parameters, but prepared statement \"%s\" requires %d",
            values.size(),
            statementName,
            types.size());
      }
      if (statement.source().isPresent()) {
        requireNotAborted(statement.source().get().statement().statement());
        ensureImplicit();
        snapshots.forgetKept();
        begin(Optional.empty(), statement);
        try {
          refresh(statement);
        } finally {
          begun = snapshots.end();
        }
        int columnCount = runner.describe(statement.plan()).size();
        if (resultFormats.length > 1 && resultFormats.length != columnCount) {
          throw new QuiverException(
              SqlState.PROTOCOL_VIOLATION,
              "bind message has %d result formats but query has %d columns",
              resultFormats.length,
              columnCount);
        }
      }
      @Nullable Object[] parameters = new @Nullable Object[values.size()];
      for (int i = 0; i < parameters.length; i++) {
        int code = formats.length == 0 ? 0 : formats[formats.length == 1 ? 0 : i];
        byte @Nullable [] value = values.get(i);
        parameters[i] = value == null ? null : format().parse(types.get(i), code, value, i + 1);
      }
      for (int code : resultFormats) {
        DatumFormat.requireCode(code);
      }
      Portal portal =
          new Portal(
              portalName,
              statement,
              parameters,
              resultFormats,
              Portal.Kind.PROTOCOL,
              statement.source().map(s -> s.statement().text()).orElse(""),
              running.startMicros());
      portals.add(portal);
      snapshots.keep(portal, begun);
    } finally {
      running.end();
    }
  }

  /// Describe of a statement.
  public Description describeStatement(String name) {
    PreparedStatement statement = statements.require(name);
    if (statement.planned().isEmpty()) {
      return new Description(List.of(), Optional.empty());
    }
    requireNotAbortedForRows(statement);
    ensureImplicit();
    refresh(statement);
    PlannedStatement planned = statement.planned().orElseThrow();
    return new Description(planned.parameterTypes(), resultColumns(planned));
  }

  private Optional<List<OutputColumn>> resultColumns(PlannedStatement planned) {
    return runner.returnsRows(planned.plan())
        ? Optional.of(runner.describe(planned.plan()))
        : Optional.empty();
  }

  private void requireNotAbortedForRows(PreparedStatement statement) {
    if (transaction.isFailed() && runner.returnsRows(statement.plan())) {
      throw aborted();
    }
  }

  /// Describe of a portal: the columns and their formats; empty when it returns no rows.
  public Optional<Map.Entry<List<OutputColumn>, int[]>> describePortal(String name) {
    Portal portal = requirePortal(name);
    if (portal.statement().planned().isEmpty()) {
      return Optional.empty();
    }
    requireNotAbortedForRows(portal.statement());
    return resultColumns(portal.statement().planned().orElseThrow())
        .map(columns -> Map.entry(columns, portal.formats(columns.size())));
  }

  /// Execute.
  ///
  /// @param rowCountMax 0 for all
  public void execute(String portalName, int rowCountMax) {
    Portal portal = requirePortal(portalName);
    if (portal.statement().source().isEmpty()) {
      client.emptyQuery();
      return;
    }
    running.begin(portal.text());
    try {
      requireNotAborted(portal.statement().source().orElseThrow().statement().statement());
      ensureImplicit();
      perform(Optional.of(portal), () -> executePortal(portal, rowCountMax));
    } finally {
      running.end();
    }
  }

  private void executePortal(Portal portal, int rowCountMax) {
    transaction.ensureOpen(running.startMicros());
    StatementResult result = portal.result();
    if (result == null) {
      result = run(portal.statement(), portal.parameters(), snapshots.kept(portal));
      portal.start(result);
    } else if (portal.isFinished() && !result.returnsRows()) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "portal \"%s\" cannot be run", portal.name());
    }
    int[] formats = portal.formats(result.columns().size());
    long count = result.send(client, rowCountMax, formats, format());
    if (rowCountMax != 0 && count == rowCountMax && result.returnsRows()) {
      client.portalSuspended();
    } else {
      portal.finish();
      client.commandComplete(result.tag(count));
    }
  }

  /// A cursor's rows; begins to run a portal of the protocol.
  StatementResult started(Portal portal) {
    StatementResult result = portal.result();
    if (result == null) {
      result = run(portal.statement(), portal.parameters());
      portal.start(result);
    }
    return result;
  }

  /// Close of a statement; none is no error.
  public void closeStatement(String name) {
    statements.remove(name);
  }

  /// Close of a portal; none is no error.
  public void closePortal(String name) {
    portals.close(name);
  }

  /// CLOSE ALL.
  void closeCursors() {
    for (Portal portal : List.copyOf(portals.all())) {
      if (portal.kind().cursor()) {
        portals.close(portal.name());
      }
    }
  }

  /// Whether the current role may run a statement: found out once for each plan, which every GRANT
  /// makes anew.
  ///
  /// @throws QuiverException `42501`
  void requireRights(PreparedStatement statement) {
    PlannedStatement planned = statement.planned().orElseThrow();
    if (planned.demands().isEmpty()) {
      return;
    }
    CatalogImage catalog = catalog();
    long roleId = roles.currentRoleId(catalog, settings.values());
    if (!statement.isAllowedTo(planned, roleId)) {
      AccessChecks.check(planned.demands(), catalog, roleId);
      statement.allowTo(planned, roleId);
    }
    if (planned.refusal().isPresent()) {
      throw planned.refusal().get().error();
    }
  }

  /// Who has logged in.
  long loginRoleId() {
    return roles.sessionRoleId(catalog(), settings.values());
  }

  /// The transaction's idempotency key.
  SessionKey key() {
    return key;
  }

  /// What the current role may do.
  long currentRoleId(CatalogImage catalog) {
    return roles.currentRoleId(catalog, settings.values());
  }

  /// An error as the current role may see it.
  public QuiverException withoutHiddenValues(QuiverException error) {
    CatalogImage catalog = catalog();
    return new HiddenValues(catalog, currentRoleId(catalog)).without(error);
  }

  /// The channel of a statement that may be read at a moment of its own.
  private Optional<String> soleChannel(StatementPlan plan) {
    boolean isFree = transaction.open().filter(Transaction::isRepeatableRead).isEmpty();
    return isFree && (transaction.inBlock() || SnapshotChoice.isPlain(settings.values()))
        ? SoleChannel.of(plan, services.statements().cluster())
        : Optional.empty();
  }

  private void begin(Optional<SnapshotChoice.Begun> earlier, PreparedStatement statement) {
    snapshots.begin(earlier, statement.planned().flatMap(planned -> soleChannel(planned.plan())));
  }

  /// The running statement has changed definitions.
  void renewDefinitions() {
    snapshots.renew();
  }

  private StatementResult run(PreparedStatement statement, @Nullable Object[] values) {
    return run(statement, values, Optional.empty());
  }

  private StatementResult run(
      PreparedStatement statement,
      @Nullable Object[] values,
      Optional<SnapshotChoice.Begun> earlier) {
    begin(earlier, statement);
    try {
      return runBegun(statement, values);
    } finally {
      var _ = snapshots.end();
      snapshots.forgetKept();
    }
  }

  private StatementResult runBegun(PreparedStatement statement, @Nullable Object[] values) {
    refresh(statement);
    requireRights(statement);
    statement.countExecution();
    Transaction.Mark before = transaction.current().mark();
    for (int attempt = 1; ; attempt++) {
      PlannedStatement planned = statement.planned().orElseThrow();
      try {
        takeKey(statement, planned.plan(), values);
        return runner.run(planned.plan(), parameters(planned, values));
      } catch (QuiverException e) {
        boolean stale = false;
        if (e.state() == SqlState.SERIALIZATION_FAILURE && transaction.isOpen()) {
          // The channel may know a definition that the catalog will show in a moment.
          snapshots.renew();
          services.statements().root().settle();
          stale =
              services.planner().version(catalog(), temporary.schema()) != planned.catalogVersion();
        }
        if (!stale || attempt == ImplicitRun.REPLAY_COUNT_MAX) {
          throw key.afterFailure(transaction.open(), e);
        }
        transaction.current().rewind(before);
        snapshots.renew();
        refresh(statement);
      }
    }
  }

  private void takeKey(PreparedStatement statement, StatementPlan plan, @Nullable Object[] values) {
    if (key.isWanted(transaction.current())) {
      String text = statement.source().map(source -> source.statement().text()).orElse("");
      key.beforeStatement(
          transaction.current(), loginRoleId(), plan, new SessionKey.Asked(text, values), format());
    }
  }

  /// The client's parameters and then the plan's constants.
  static @Nullable Object[] parameters(PlannedStatement planned, @Nullable Object[] values) {
    if (planned.constants().isEmpty()) {
      return values;
    }
    @Nullable Object[] all = Arrays.copyOf(values, values.length + planned.constants().size());
    for (int i = 0; i < planned.constants().size(); i++) {
      all[values.length + i] = planned.constants().get(i);
    }
    return all;
  }

  /// The value of an expression without columns.
  @Nullable Object evaluate(Expression expression) {
    return queries.value(expression, scope(new Object[0], Optional.empty()));
  }

  /// One execution of a statement at its snapshot.
  StatementScope scope(@Nullable Object[] parameters, Optional<StatisticsCollector> statistics) {
    return scope(snapshots.forChange(), parameters, statistics);
  }

  /// Checks constraints for what the transaction has changed before.
  void check(List<PendingChecks.Check> checks) {
    if (!checks.isEmpty()) {
      new DeferredChecks(services.statements(), scope(new Object[0], Optional.empty())).run(checks);
    }
  }

  /// One execution of a statement that only reads.
  StatementScope readScope(StatementPlan plan, @Nullable Object[] parameters) {
    Optional<String> channel = soleChannel(plan);
    Moment moment =
        transaction.inBlock()
            ? snapshots.forReadInBlock(channel)
            : snapshots.forRead(settings.values(), channel);
    return scope(moment, parameters, Optional.empty());
  }

  /// `quiver.session_token` as SHOW gives it.
  long sessionToken() {
    return snapshots.token(settings.values());
  }

  private StatementScope scope(
      Moment now, @Nullable Object[] parameters, Optional<StatisticsCollector> statistics) {
    CatalogImage catalog = overlaid(services.statements().root().catalogAt(now));
    Transaction open = transaction.current();
    long snapshot = open.snapshot(now::timestamp);
    lastSnapshot = snapshot;
    SessionState state = state(catalog);
    SessionContext context = context(catalog, state);
    DatumFormat printing = format();
    return new StatementScope(
        open,
        snapshot,
        snapshots.isIndex(now),
        parameters,
        state,
        running::check,
        catalog,
        new StatementFunctions(context, printing.settings()),
        services.systemViews().open(catalog, state, this),
        statistics,
        printing);
  }

  SessionState state(CatalogImage catalog) {
    return new SessionState(
        SessionRoles.currentUser(settings.values()),
        services.database(),
        searchPath.of(catalog, settings, roles, temporary.schema()),
        identity.pid(),
        transactionMicros(),
        running.startMicros(),
        settings.values(),
        temporary.schema());
  }

  private long transactionMicros() {
    return transaction.open().map(Transaction::startMicros).orElse(running.startMicros());
  }

  // --- transactions ----------------------------------------------------------------------------

  private void requireNotAborted(Statement statement) {
    boolean ends =
        statement instanceof Statement.Commit
            || statement instanceof Statement.Rollback
            || statement instanceof Statement.RollbackToSavepoint;
    if (transaction.isFailed() && !ends) {
      throw aborted();
    }
  }

  private static QuiverException aborted() {
    return new QuiverException(
        SqlState.IN_FAILED_SQL_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  private void ensureImplicit() {
    if (!transaction.isOpen()) {
      implicitRun.reset();
      client.startHold();
    }
    transaction.ensureOpen(running.startMicros());
  }

  /// Runs a statement, and again with everything before it in the same implicit transaction when it
  /// meets a concurrent change.
  private void perform(Optional<Portal> portal, Runnable work) {
    if (transaction.inBlock()) {
      work.run();
      return;
    }
    ensureImplicit();
    int from = client.heldPosition();
    try {
      work.run();
      if (!transaction.inBlock() && transaction.isOpen()) {
        implicitRun.add(from, client.heldPosition(), portal, work);
      }
    } catch (QuiverException e) {
      if (e.state() != SqlState.SERIALIZATION_FAILURE || !canReplay()) {
        throw e;
      }
      transaction.rollback();
      implicitRun.add(from, client.heldPosition(), portal, work);
      implicitRun.replay(client);
    }
  }

  private boolean canReplay() {
    return !transaction.inBlock() && implicitRun.isReplayable() && client.isHeld();
  }

  /// Commits the implicit transaction, if there is one: at the end of a simple query and at Sync.
  private void finishImplicit() {
    try {
      for (int attempt = 1; transaction.isOpen() && !transaction.inBlock(); attempt++) {
        boolean replay = canReplay() && attempt <= ImplicitRun.REPLAY_COUNT_MAX;
        if (!(transaction.commit(format(), running::check)
            instanceof Outcome.Refused(var error, var retryable))) {
          break;
        }
        if (!retryable || !replay) {
          throw error;
        }
        backOff(attempt);
        running.restart();
        transaction.ensureOpen(running.startMicros());
        implicitRun.replay(client);
      }
    } finally {
      client.endHold();
      implicitRun.reset();
      if (!transaction.isOpen()) {
        key.ended();
      }
    }
  }

  /// Lets the others finish: the wait grows with every attempt and differs between sessions.
  private void backOff(int attempt) {
    long range = 50_000L << Math.min(attempt, 6);
    LockSupport.parkNanos(range / 2 + services.statements().random().nextLong(range));
  }

  /// Sync.
  public void sync() {
    snapshots.forgetKept();
    running.beginAgain();
    try {
      finishImplicit();
    } finally {
      running.end();
    }
  }

  /// A message has failed.
  public void fail() {
    transaction.fail();
    if (!transaction.inBlock()) {
      client.endHold();
      implicitRun.reset();
      key.ended();
    }
  }

  /// The connection is going away.
  public void close() {
    notifications.unlisten(Optional.empty());
    portals.closeAll();
    transaction.rollback();
    locks.releaseAll();
    statements.clear();
    temporary.close();
  }

  /// Whether the session waits inside a transaction block.
  public boolean inBlock() {
    return transaction.inBlock();
  }

  // --- cancel and activity ---------------------------------------------------------------------

  /// Throws when the running statement is to stop. For the session's thread.
  public void checkCancelled() {
    running.check();
  }

  /// What `random()` gives.
  RandomSequence randomSequence() {
    return randomSequence;
  }

  /// The message that is being worked on.
  RunningMessage running() {
    return running;
  }

  /// Stops the running statement, if there is one. For any thread.
  public void cancelStatement() {
    running.cancel();
  }

  /// Stops the running statement and every later one with a reason of the caller's: the session
  /// ends. For any thread.
  public void stopWith(QuiverException because) {
    running.stopWith(because);
  }

  /// A row of `pg_stat_activity`. For any thread.
  public SessionActivity activity() {
    return running.activity();
  }

  // --- what views and functions see ------------------------------------------------------------

  @Override
  public List<PreparedStatementRow> preparedStatements() {
    return statements.rows();
  }

  @Override
  public List<CursorRow> cursors() {
    List<CursorRow> rows = new ArrayList<>();
    for (Portal portal : portals.all()) {
      rows.add(
          new CursorRow(
              portal.name(),
              portal.text(),
              portal.kind().holdable(),
              portal.kind().binary(),
              portal.kind().scrollable(),
              portal.createdMicros()));
    }
    rows.sort(Comparator.comparing(CursorRow::name));
    return rows;
  }

  @Override
  public List<SettingRow> settings() {
    return settings.rows();
  }

  Optional<String> setting(String name) {
    try {
      return Optional.of(settings.show(name).getValue());
    } catch (QuiverException e) {
      if (e.state() != SqlState.UNDEFINED_OBJECT) {
        throw e;
      }
      return Optional.empty();
    }
  }

  String setSetting(String name, String value, boolean local) {
    settings.set(name, List.of(value), local);
    return settings.show(name).getValue();
  }

  /// `pg_cancel_backend`, `pg_terminate_backend`.
  ///
  /// @return whether there is such a session
  /// @throws QuiverException `42501`
  boolean signalBackend(int pid, boolean terminate) {
    CatalogImage catalog = catalog();
    BackendSignals.requireAllowed(sessions.userOf(pid), catalog, currentRoleId(catalog), terminate);
    return terminate ? sessions.terminate(pid) : sessions.cancel(pid);
  }

  /// FOR UPDATE, FOR SHARE: what is locked must be unchanged when the transaction commits.
  void keepRows(TableDefinition table, long[] addresses, boolean exclusive) {
    Transaction open = transaction.current();
    if (open.isReadOnly()) {
      throw new QuiverException(
          SqlState.READ_ONLY_SQL_TRANSACTION,
          "cannot execute SELECT FOR %s in a read-only transaction",
          exclusive ? "UPDATE" : "SHARE");
    }
    open.noteWrite(lastSnapshot);
    open.keep(table, addresses, exclusive);
    Portal cursor = reading;
    if (cursor != null) {
      cursor.noteRows(table.id(), addresses);
    }
  }

  /// Rows that are locked from now on are those of a cursor; null: of no cursor.
  void setReading(@Nullable Portal cursor) {
    reading = cursor;
  }

  SessionNotifications notifications() {
    return notifications;
  }

  /// Sends the client the notifications that have come.
  ///
  /// @return whether there were any
  public boolean deliverNotifications() {
    return notifications.deliver();
  }

  TemporaryObjects temporary() {
    return temporary;
  }

  SessionLocks locks() {
    return locks;
  }

  /// `pg_sleep`.
  void sleep(double seconds) {
    long until = services.nanoTime().getAsLong() + (long) (seconds * 1e9);
    for (long left = until - services.nanoTime().getAsLong();
        left > 0;
        left = until - services.nanoTime().getAsLong()) {
      running.check();
      LockSupport.parkNanos(Math.min(left, 20_000_000L));
    }
    running.check();
  }

  private SessionContext context(CatalogImage catalog, SessionState state) {
    return new StatementSession(this, services, state, catalog);
  }
}
