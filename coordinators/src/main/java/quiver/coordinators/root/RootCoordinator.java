package quiver.coordinators.root;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogImage.TableIndex;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.NewCheck;
import quiver.common.catalog.DdlCommand.NewColumn;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.coordinators.election.Leadership;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.MetaStore;

/// The root coordinator: commits definitions, gives out ids, timestamps and sequence values.
///
/// DDL commands run one after another under a lock; each becomes visible with one guarded commit.
/// Commands that concern rows also put a barrier into the log of the table's channel, by leaving a
/// [BarrierCommand] in the meta store for the channel's owner. What a crash interrupts is driven to
/// its end by [#resume].
public final class RootCoordinator implements RootCoordinatorService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RootCoordinator.class);

  /// The role a new catalog begins with, unless another is named.
  public static final String SUPERUSER_DEFAULT = "quiver";

  /// PostgreSQL's OID of the schema `public`.
  private static final long PUBLIC_ID = 2200;

  /// Columns of a table: PostgreSQL's MaxHeapAttributeNumber.
  private static final int COLUMN_COUNT_MAX = 1600;

  /// The lower half of ids of transactions that are one command.
  private static final long DDL_TRANSACTIONS = 0x6464_6c00_0000_0000L;

  private final TimestampOracle timestamps;
  private final IdSource ids;
  private final IdSource temporarySchemas;
  private final Sequences sequences;
  private final SecurityDefinitions security;
  private final IndexBuilds indexBuilds;
  private final DefinitionCommits commits;
  private final ThreadFactory threads;
  private final List<Thread> resumed = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closed;

  /// The catalog as the command that is being decided on sees and changes it.
  @GuardedBy("lock")
  private CatalogEditor catalog;

  /// The catalog in force.
  private final Catalog shared;

  private RootCoordinator(
      MetaStore store, InstantSource clock, Runnable checkLeading, ThreadFactory threads) {
    this.threads = threads;
    this.timestamps = new TimestampOracle(store, clock, checkLeading);
    this.ids = new IdSource(store, MetaKeys.ids("object"), CatalogImage.FIRST_USER_ID, 32);
    this.temporarySchemas = new IdSource(store, MetaKeys.ids("temporary-schema"), 1, 32);
    this.sequences = new Sequences(store);
    this.shared = new Catalog(store);
    this.catalog = new CatalogEditor(shared.image(), CatalogDelta.EMPTY);
    this.security = new SecurityDefinitions(ids);
    this.indexBuilds = new IndexBuilds(store);
    this.commits = new DefinitionCommits(store, shared, sequences, ids, this::checkOpen);
  }

  /// As the other one, with the usual superuser.
  public static RootCoordinator start(MetaStore store, InstantSource clock, ThreadFactory threads) {
    return start(store, clock, SUPERUSER_DEFAULT, threads);
  }

  /// Reads the catalog and takes over the timestamps. Timestamps and the catalog can be asked for
  /// at once; call [#resume] when the workers have started.
  ///
  /// @param superuser the role a new catalog begins with; in an old one, its role keeps its name
  /// @param threads makes the threads that finish interrupted index builds
  public static RootCoordinator start(
      MetaStore store, InstantSource clock, String superuser, ThreadFactory threads) {
    return start(new RootCoordinator(store, clock, () -> {}, threads), superuser);
  }

  /// As above, for as long as this process leads.
  public static RootCoordinator start(
      Leadership leadership, InstantSource clock, String superuser, ThreadFactory threads) {
    return start(
        new RootCoordinator(leadership.store(), clock, leadership::check, threads), superuser);
  }

  private static RootCoordinator start(RootCoordinator root, String superuser) {
    root.lock.lock();
    try {
      if (root.shared.image().schema("public").isEmpty()) {
        root.shared.change().put(new SchemaDefinition(PUBLIC_ID, "public")).commit(true);
      }
      if (root.shared.image().security().role(RoleDefinition.BOOTSTRAP_ID).isEmpty()) {
        root.shared.change().put(RoleDefinition.bootstrap(superuser)).commit(true);
      }
    } finally {
      root.lock.unlock();
    }
    return root;
  }

  /// Drives commands that a crash interrupted to their end.
  public void resume() {
    lock.lock();
    try {
      commits.finishPending();
    } finally {
      lock.unlock();
    }
    for (TableDefinition table : catalog().tables()) {
      for (IndexDefinition index : table.indexes()) {
        if (index.state() == IndexDefinition.State.BUILDING) {
          resumeBuild(table.id(), index.id());
        }
      }
    }
  }

  private void resumeBuild(long tableId, long indexId) {
    Thread thread =
        threads.newThread(() -> {
          try {
            log.info("resuming index build: table={} index={}", tableId, indexId);
            awaitBuild(tableId, indexId, this::checkOpen);
          } catch (QuiverException e) {
            if (!closed) {
              log.warn("index build failed: table={} index={}", tableId, indexId, e);
            }
          }
        });
    thread.setName("quiver-resume-index-" + indexId);
    resumed.add(thread);
    thread.start();
  }

  private void checkOpen() {
    if (closed) {
      throw new QuiverException(
          SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
    }
  }

  @Override
  public long timestamp() {
    return timestamps.getAsLong();
  }

  @Override
  public CatalogImage catalog() {
    return shared.image();
  }

  @Override
  public void settle() {
    lock.lock();
    try {
      shared.image();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Defined define(CatalogDelta before, DdlCommand command) {
    lock.lock();
    try {
      catalog = new CatalogEditor(shared.image(), before);
      DdlResult result = decide(command);
      return new Defined(catalog.delta(), result);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public CommitResult commit(CatalogDelta delta, StagedWrites writes, Cancellation cancellation) {
    CommitResult result;
    lock.lock();
    try {
      result = commits.commit(delta, writes);
    } finally {
      lock.unlock();
    }
    if (result instanceof CommitResult.Committed) {
      for (NewIndex index : newIndexes(delta)) {
        awaitBuild(index.tableId(), index.indexId(), cancellation);
      }
    }
    return result;
  }

  private record NewIndex(long tableId, long indexId) {}

  /// Indexes that rows have to be put into.
  private static List<NewIndex> newIndexes(CatalogDelta delta) {
    List<NewIndex> found = new ArrayList<>();
    for (CatalogDelta.Edit edit : delta.edits().values()) {
      if (edit.after().orElse(null) instanceof TableDefinition after) {
        List<Long> old =
            edit.before().orElse(null) instanceof TableDefinition before
                ? before.indexes().stream().map(IndexDefinition::id).toList()
                : List.of();
        after.indexes().stream()
            .filter(index -> index.state() == IndexDefinition.State.BUILDING)
            .filter(index -> !old.contains(index.id()))
            .forEach(index -> found.add(new NewIndex(after.id(), index.id())));
      }
    }
    return found;
  }

  @Override
  public DdlResult execute(DdlCommand command, Cancellation cancellation) {
    if (command instanceof DdlCommand.As as && as.command() instanceof DdlCommand.Reindex reindex) {
      boolean _ =
          new DefinitionRights(new Actor(catalog(), as.roleId(), as.sessionRoleId()))
              .check(reindex);
      return execute(reindex, cancellation);
    }
    if (command instanceof DdlCommand.Reindex reindex) {
      reindex.indexIds().forEach(indexId -> reindex(indexId, cancellation));
      return changed(List.of());
    }
    while (true) {
      Defined defined = define(CatalogDelta.EMPTY, command);
      if (defined.delta().isEmpty()) {
        return defined.result();
      }
      StagedWrites nothing =
          new StagedWrites(new UUID(ids.getAsLong(), DDL_TRANSACTIONS), timestamp(), Map.of());
      if (commit(defined.delta(), nothing, cancellation) instanceof CommitResult.Committed) {
        return defined.result();
      }
      cancellation.check();
    }
  }

  @Override
  public String newTemporarySchema() {
    return SchemaDefinition.temporaryName(temporarySchemas.getAsLong());
  }

  /// Drops the temporary objects of sessions that have ended unheard: those of processes that are
  /// gone.
  ///
  /// @param isGone told the process that made a schema of temporary objects
  public void sweepTemporary(Predicate<UUID> isGone) {
    for (SchemaDefinition schema : catalog().schemas()) {
      if (schema.process().filter(isGone).isPresent()) {
        log.info("dropping temporary objects of a process that is gone: schema={}", schema.name());
        var _ = execute(new DdlCommand.DropTemporarySchema(schema.name()), this::checkOpen);
      }
    }
  }

  @Override
  public void discard(CatalogDelta delta) {
    commits.discard(delta);
  }

  @GuardedBy("lock")
  private DdlResult decide(DdlCommand command) {
    return switch (command) {
      case DdlCommand.As as -> decideAs(as);
      case DdlCommand.Secure(SecurityCommand secure) ->
          secure(secure, SecurityDefinitions.bootstrap(catalog));
      case DdlCommand.CreateSchema create -> schemas().create(create);
      case DdlCommand.DropSchema drop -> schemas().drop(drop);
      case DdlCommand.RenameSchema rename -> schemas().rename(rename);
      case DdlCommand.CreateTemporarySchema create ->
          new TemporaryObjects(catalog).create(create, ids);
      case DdlCommand.DropTemporarySchema drop -> new TemporaryObjects(catalog).drop(drop);
      case DdlCommand.CreateTable create -> createTable(create);
      case DdlCommand.DropTable drop -> dropTables(drop);
      case DdlCommand.Truncate truncate -> truncate(truncate);
      case DdlCommand.CreateIndex create -> createIndex(create);
      case DdlCommand.ReplaceTable replace -> replaceTable(replace);
      case DdlCommand.Reindex reindex ->
          throw new QuiverException(
              SqlState.INTERNAL_ERROR, "REINDEX changes no definition: %s", reindex);
      case DdlCommand.RenameIndex rename -> renameIndex(rename);
      case DdlCommand.SetIndexOptions set -> setIndexOptions(set);
      case DdlCommand.DropIndex drop -> dropIndexes(drop);
      case DdlCommand.CreateSequence create -> createSequence(create);
      case DdlCommand.DropSequence drop -> dropSequences(drop);
      case DdlCommand.StoreStatistics store -> new StatisticsCommands(catalog).store(store);
      case DdlCommand.ReplaceSequence replace -> replaceSequence(replace);
      case DdlCommand.Comment comment -> comment(comment);
      case DdlCommand.CreateView create -> views().create(create);
      case DdlCommand.CreateMaterializedView create -> createMaterializedView(create);
      case DdlCommand.RefreshView refresh -> refreshView(refresh);
      case DdlCommand.ReplaceView replace -> views().replace(replace);
      case DdlCommand.DropView drop -> views().drop(drop);
      case DdlCommand.CreateType create -> types().create(create);
      case DdlCommand.ReplaceType replace -> types().replace(replace);
      case DdlCommand.AddEnumValue add -> types().addValue(add);
      case DdlCommand.RenameEnumValue rename -> types().renameValue(rename);
      case DdlCommand.DropType drop -> types().drop(drop);
    };
  }

  @GuardedBy("lock")
  private ViewCommands views() {
    return new ViewCommands(catalog, ids);
  }

  @GuardedBy("lock")
  private TypeCommands types() {
    return new TypeCommands(catalog, ids);
  }

  /// The table, then the view that says what it holds.
  @GuardedBy("lock")
  private DdlResult createMaterializedView(DdlCommand.CreateMaterializedView create) {
    DdlResult result = createTable(create.table());
    if (result.changed()) {
      views().materialize(create);
    }
    return result;
  }

  /// Decides in the name of a role.
  @GuardedBy("lock")
  private DdlResult decideAs(DdlCommand.As as) {
    Actor actor = new Actor(catalog.image(), as.roleId(), as.sessionRoleId());
    if (as.command() instanceof DdlCommand.Secure(SecurityCommand secure)) {
      return secure(secure, actor);
    }
    DefinitionRights rights = new DefinitionRights(actor);
    boolean isChecked = rights.check(as.command());
    CatalogDelta before = catalog.delta();
    DdlResult result = decide(as.command());
    if (!isChecked) {
      rights.check(before, catalog.delta());
    }
    if (!(as.command() instanceof DdlCommand.CreateTemporarySchema)) {
      // Such a schema outlives the roles a session takes on.
      security.own(before, catalog, actor);
    }
    if (result.changed()
        && as.command() instanceof DdlCommand.CreateSchema create
        && create.owner().isPresent()) {
      long schemaId = catalog.image().schema(create.name()).orElseThrow().id();
      DdlResult _ =
          secure(
              new SecurityCommand.SetOwner(SecuredKind.SCHEMA, schemaId, create.owner().get()),
              new Actor(catalog.image(), as.roleId(), as.sessionRoleId()));
    }
    return result;
  }

  @GuardedBy("lock")
  private DdlResult secure(SecurityCommand command, Actor actor) {
    for (DdlCommand further : security.apply(command, catalog, actor)) {
      DdlResult _ = decide(further);
    }
    return changed(actor.notices());
  }

  @GuardedBy("lock")
  private DdlResult refreshView(DdlCommand.RefreshView refresh) {
    views().setPopulated(refresh);
    return truncate(new DdlCommand.Truncate(List.of(refresh.tableId()), false));
  }

  static DdlResult changed(List<Notice> notices) {
    return new DdlResult(true, notices);
  }

  static DdlResult skipped(SqlState state, String message) {
    return new DdlResult(false, List.of(new Notice(state.code(), message)));
  }

  @GuardedBy("lock")
  private SchemaCommands schemas() {
    return new SchemaCommands(catalog, ids);
  }

  private static QuiverException dependents(String what, List<String> details) {
    return new QuiverException(
            SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
            "cannot drop %s because other objects depend on it",
            what)
        .withDetail(String.join("\n", details))
        .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
  }

  private static String displayed(QualifiedName name) {
    return name.name();
  }

  // ---- tables ----

  @GuardedBy("lock")
  private DdlResult createTable(DdlCommand.CreateTable create) {
    requireSchema(create.schema());
    if (catalog.isTaken(create.schema(), create.name())) {
      String message = String.format(Locale.ROOT, "relation \"%s\" already exists", create.name());
      if (create.ifNotExists()) {
        return skipped(SqlState.DUPLICATE_TABLE, message + ", skipping");
      }
      throw QuiverException.ofMessage(SqlState.DUPLICATE_TABLE, message);
    }
    TypeCommands.requireNoType(catalog, create.schema(), create.name());
    if (create.shardCount() != 1) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "tables with %d shards are not supported",
          create.shardCount());
    }
    if (create.columns().size() > COLUMN_COUNT_MAX) {
      throw new QuiverException(
          SqlState.TOO_MANY_COLUMNS, "tables can have at most %d columns", COLUMN_COUNT_MAX);
    }
    NewTable table = new NewTable(create, catalog);
    CatalogEditor working = catalog;
    NewConstraints constraints =
        new NewConstraints(
            ids, name -> name.equals(create.name()) || working.isTaken(create.schema(), name));
    TableDefinition definition = table.definition.withTemporary(create.temporary());
    for (DdlCommand.NewUnique unique : create.uniques()) {
      definition = constraints.withUnique(definition, unique);
    }
    CatalogEditor.Change change = catalog.change();
    for (DdlCommand.NewForeignKey key : create.foreignKeys()) {
      definition = withForeignKey(change, constraints, definition, key);
    }
    List<CommentDefinition> comments = new ArrayList<>();
    for (DdlCommand.CopiedIndex copied : create.copied().indexes()) {
      definition = withCopy(definition, copied, comments);
    }
    comment(definition, create.copied(), comments);
    change.put(definition);
    table.sequences.forEach(change::put);
    comments.forEach(change::put);
    change.apply();
    return changed(List.of());
  }

  /// The table with an index that LIKE has found.
  @GuardedBy("lock")
  private TableDefinition withCopy(
      TableDefinition table, DdlCommand.CopiedIndex copied, List<CommentDefinition> comments) {
    CatalogEditor working = catalog;
    Predicate<String> isTaken =
        name ->
            name.equals(table.name())
                || table.indexes().stream().anyMatch(index -> index.name().equals(name))
                || working.isTaken(table.schema(), name);
    String name = Names.choose(table.name(), columns(table, copied.index()), "idx", isTaken);
    IndexDefinition index =
        copied.index().named(ids.getAsLong(), name, IndexDefinition.State.VALID);
    copied
        .comment()
        .ifPresent(
            text -> comments.add(new CommentDefinition(ids.getAsLong(), index.id(), 0, text)));
    List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
    // There are no rows to be indexed.
    indexes.add(index);
    return table.withIndexes(indexes);
  }

  /// Comments that LIKE has found on columns and constraints.
  @GuardedBy("lock")
  private void comment(
      TableDefinition table, DdlCommand.Copied copied, List<CommentDefinition> comments) {
    copied
        .columnComments()
        .forEach((columnId, text) ->
            comments.add(new CommentDefinition(ids.getAsLong(), table.id(), columnId, text)));
    table.checks().stream()
        .filter(check -> copied.checkComments().containsKey(check.name()))
        .forEach(check ->
            comments.add(
                new CommentDefinition(
                    ids.getAsLong(),
                    check.id(),
                    0,
                    copied.checkComments().getOrDefault(check.name(), ""))));
  }

  /// The table with a foreign key; the table it refers to gets a new version, so that nobody
  /// changes it unawares.
  @GuardedBy("lock")
  private TableDefinition withForeignKey(
      CatalogEditor.Change change,
      NewConstraints constraints,
      TableDefinition table,
      DdlCommand.NewForeignKey key) {
    if (key.referencedTableId().isEmpty() || key.referencedTableId().get() == table.id()) {
      return constraints.withForeignKey(table, key, table);
    }
    TableDefinition parent = requireTable(key.referencedTableId().get());
    TemporaryObjects.requireSameLife(table, parent);
    TableDefinition referring = constraints.withForeignKey(table, key, parent);
    change.put(parent.withVersion(parent.version() + 1, parent.incarnation()));
    return referring;
  }

  @GuardedBy("lock")
  private void requireSchema(String name) {
    if (catalog.image().schema(name).isEmpty()) {
      throw new QuiverException(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
    }
  }

  /// Puts a definition together: ids, names, and what a column type implies.
  private final class NewTable {
    final List<SequenceDefinition> sequences = new ArrayList<>();
    final TableDefinition definition;
    private final DdlCommand.CreateTable create;
    private final CatalogEditor working;
    private final Set<String> names = new HashSet<>();

    NewTable(DdlCommand.CreateTable create, CatalogEditor working) {
      this.create = create;
      this.working = working;
      long tableId = ids.getAsLong();
      names.add(create.name());
      Optional<DdlCommand.NewKey> key = create.primaryKey();
      List<ColumnDefinition> columns = new ArrayList<>();
      for (NewColumn column : create.columns()) {
        if (columns.stream().anyMatch(other -> other.name().equals(column.name()))) {
          throw new QuiverException(
              SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", column.name());
        }
        boolean inKey = key.isPresent() && key.get().columns().contains(column.name());
        columns.add(column(columns.size() + 1, tableId, column, inKey));
      }
      List<IndexDefinition> indexes = new ArrayList<>();
      Optional<TableDefinition.PrimaryKey> primaryKey =
          key.map(newKey -> primaryKey(newKey, columns, indexes));
      definition =
          new TableDefinition(
              tableId,
              create.schema(),
              create.name(),
              1,
              1,
              columns,
              primaryKey,
              checks(),
              indexes,
              create.shardCount());
    }

    private boolean isTaken(String name) {
      return names.contains(name) || working.isTaken(create.schema(), name);
    }

    private ColumnDefinition column(int id, long tableId, NewColumn column, boolean inKey) {
      boolean identity = column.identity() != ColumnDefinition.Identity.NONE;
      ColumnDefinition made =
          new ColumnDefinition(
              id,
              column.name(),
              column.type(),
              column.notNull() || column.serial() || identity || inKey,
              column.defaultSql(),
              Optional.empty(),
              column.identity(),
              column.generatedSql(),
              Optional.empty());
      if (!column.serial() && !identity) {
        return made;
      }
      SequenceDefinition sequence = sequence(tableId, column);
      sequences.add(sequence);
      return filledBy(made, sequence);
    }

    private SequenceDefinition sequence(long tableId, NewColumn column) {
      SequenceDefinition sequence =
          newSequence(
              create.schema(),
              create.name(),
              tableId,
              column.name(),
              column.type(),
              column.sequence(),
              this::isTaken);
      names.add(sequence.name());
      return sequence;
    }

    private TableDefinition.PrimaryKey primaryKey(
        DdlCommand.NewKey key, List<ColumnDefinition> columns, List<IndexDefinition> indexes) {
      TableDefinition.PrimaryKey made = newKey(create.name(), key, columns, indexes, this::isTaken);
      names.add(made.name());
      return made;
    }

    private List<TableDefinition.CheckConstraint> checks() {
      List<TableDefinition.CheckConstraint> checks = new ArrayList<>();
      Set<String> taken = new HashSet<>();
      for (NewCheck check : create.checks()) {
        check
            .name()
            .ifPresent(name -> {
              if (!taken.add(name)) {
                throw new QuiverException(
                    SqlState.DUPLICATE_OBJECT, "check constraint \"%s\" already exists", name);
              }
            });
      }
      for (NewCheck check : create.checks()) {
        String name =
            check
                .name()
                .orElseGet(() ->
                    Names.choose(
                        create.name(), check.column().orElse(""), "check", taken::contains));
        taken.add(name);
        checks.add(new TableDefinition.CheckConstraint(ids.getAsLong(), name, check.sql()));
      }
      return checks;
    }
  }

  @GuardedBy("lock")
  private DdlResult dropTables(DdlCommand.DropTable drop) {
    List<Notice> notices = new ArrayList<>();
    Map<Long, TableDefinition> found = new LinkedHashMap<>();
    for (QualifiedName name : drop.tables()) {
      Optional<TableDefinition> table =
          catalog
              .image()
              .table(name.schema(), name.name())
              .filter(each -> catalog.image().materializedView(each.id()).isEmpty());
      if (table.isPresent()) {
        found.put(table.get().id(), table.get());
        continue;
      }
      requireNotOther(name, "table");
      notices.add(missing(SqlState.UNDEFINED_TABLE, "table", name, drop.ifExists()));
    }
    Dropping dropping = new Dropping(catalog);
    found.values().forEach(dropping::add);
    notices.addAll(dropping.run(drop.cascade()));
    return new DdlResult(!found.isEmpty(), notices);
  }

  /// DROP of one kind does not take the name of another.
  @GuardedBy("lock")
  private void requireNotOther(QualifiedName name, String wanted) {
    RelationKinds.requireNotOther(catalog.image(), name, wanted);
  }

  /// The notice that a missing object is skipped, or the error.
  static Notice missing(SqlState state, String type, QualifiedName name, boolean ifExists) {
    String message = String.format(Locale.ROOT, "%s \"%s\" does not exist", type, displayed(name));
    if (!ifExists) {
      throw QuiverException.ofMessage(state, message);
    }
    return new Notice(SqlState.SUCCESSFUL_COMPLETION.code(), message + ", skipping");
  }

  @GuardedBy("lock")
  private List<SequenceDefinition> ownedBy(TableDefinition table) {
    return catalog.image().sequences().stream()
        .filter(sequence -> sequence.ownedByTable().equals(Optional.of(table.id())))
        .toList();
  }

  @GuardedBy("lock")
  private DdlResult truncate(DdlCommand.Truncate truncate) {
    CatalogEditor.Change change = catalog.change();
    List<Notice> notices = new ArrayList<>();
    for (long tableId : withReferring(truncate, notices)) {
      TableDefinition table = requireTable(tableId);
      change.put(table.withVersion(table.version() + 1, table.incarnation() + 1));
      if (truncate.restartIdentity()) {
        ownedBy(table).forEach(sequence -> change.reset(sequence.id(), sequence.start()));
      }
    }
    change.apply();
    return changed(notices);
  }

  /// The tables to empty: with CASCADE those that refer to them too.
  @GuardedBy("lock")
  private Set<Long> withReferring(DdlCommand.Truncate truncate, List<Notice> notices) {
    LinkedHashSet<Long> all = new LinkedHashSet<>(truncate.tableIds());
    Deque<Long> left = new ArrayDeque<>(all);
    while (!left.isEmpty()) {
      long tableId = left.remove();
      TableDefinition table = requireTable(tableId);
      for (Reference reference : catalog.image().references(tableId)) {
        TableDefinition referring = reference.table();
        if (all.contains(referring.id())) {
          continue;
        }
        if (!truncate.cascade()) {
          throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "cannot truncate a table referenced in a foreign key constraint")
              .withDetail("Table \"" + referring.name() + "\" references \"" + table.name() + "\".")
              .withHint(
                  "Truncate table \""
                      + referring.name()
                      + "\" at the same time, or use TRUNCATE ... CASCADE.");
        }
        notices.add(
            new Notice(
                SqlState.SUCCESSFUL_COMPLETION.code(),
                "truncate cascades to table \"" + referring.name() + "\""));
        all.add(referring.id());
        left.add(referring.id());
      }
    }
    return all;
  }

  private static TableDefinition changed(TableDefinition table, List<IndexDefinition> indexes) {
    return table.withVersion(table.version() + 1, table.incarnation()).withIndexes(indexes);
  }

  /// A sequence for a column.
  ///
  /// @param wanted what was said about it; without a name it gets PostgreSQL's
  private SequenceDefinition newSequence(
      String schema,
      String table,
      long tableId,
      String column,
      SqlType type,
      Optional<SequenceDefinition> wanted,
      Predicate<String> isTaken) {
    if (wanted
        .map(SequenceDefinition::schema)
        .filter(in -> !in.isEmpty() && !in.equals(schema))
        .isPresent()) {
      throw new QuiverException(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "sequence must be in same schema as table it is linked to");
    }
    String said = wanted.map(SequenceDefinition::name).orElse("");
    if (!said.isEmpty() && isTaken.test(said)) {
      throw new QuiverException(SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", said);
    }
    String name = said.isEmpty() ? Names.choose(table, column, "seq", isTaken) : said;
    if (wanted.isPresent()) {
      return wanted.get().withName(schema, name).withId(ids.getAsLong()).ownedBy(tableId);
    }
    long max =
        switch (type.base()) {
          case INT2 -> Short.MAX_VALUE;
          case INT4 -> Integer.MAX_VALUE;
          case INT8 -> Long.MAX_VALUE;
          default ->
              throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "identity column type must be smallint, integer, or bigint");
        };
    return new SequenceDefinition(
        ids.getAsLong(), schema, name, type.base(), 1, 1, 1, max, false, Optional.of(tableId));
  }

  /// The column with its values from a sequence.
  private static ColumnDefinition filledBy(ColumnDefinition column, SequenceDefinition sequence) {
    ColumnDefinition filled = column.withSequence(Optional.of(sequence.id()), column.identity());
    if (column.identity() != ColumnDefinition.Identity.NONE) {
      return filled;
    }
    return filled.withDefault(Optional.of("nextval(" + Names.literal(sequence) + ")"));
  }

  /// A primary key; its index joins `indexes`.
  private TableDefinition.PrimaryKey newKey(
      String table,
      DdlCommand.NewKey key,
      List<ColumnDefinition> columns,
      List<IndexDefinition> indexes,
      Predicate<String> isTaken) {
    String name;
    if (key.name().isPresent()) {
      name = key.name().get();
      if (isTaken.test(name)) {
        throw new QuiverException(SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", name);
      }
    } else {
      name = Names.choose(table, "", "pkey", isTaken);
    }
    List<Integer> columnIds = new ArrayList<>();
    List<IndexKey> keys = new ArrayList<>();
    for (String columnName : key.columns()) {
      ColumnDefinition column =
          columns.stream()
              .filter(each -> each.name().equals(columnName))
              .findFirst()
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.UNDEFINED_COLUMN,
                      "column \"%s\" named in key does not exist",
                      columnName));
      if (columnIds.contains(column.id())) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN,
            "column \"%s\" appears twice in primary key constraint",
            columnName);
      }
      columnIds.add(column.id());
      keys.add(IndexKey.ofColumn(column.id(), btreeClass(column.type())));
    }
    indexes.add(
        IndexDefinition.ofColumns(
                ids.getAsLong(),
                name,
                IndexMethod.BTREE,
                keys,
                Map.of(),
                true,
                true,
                IndexDefinition.State.VALID)
            .withIncluded(included(key, columns))
            .withDeferral(key.deferral()));
    return new TableDefinition.PrimaryKey(ids.getAsLong(), name, columnIds);
  }

  private static List<Integer> included(DdlCommand.NewKey key, List<ColumnDefinition> columns) {
    return key.included().stream()
        .map(name ->
            columns.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                    new QuiverException(
                        SqlState.UNDEFINED_COLUMN,
                        "column \"%s\" named in key does not exist",
                        name))
                .id())
        .toList();
  }

  private static String btreeClass(SqlType type) {
    return OperatorClasses.defaultFor(IndexMethod.BTREE, type)
        .map(OperatorClass::name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "data type %s has no default operator class for access method \"btree\"",
                type.sqlName()));
  }

  @GuardedBy("lock")
  private DdlResult replaceTable(DdlCommand.ReplaceTable replace) {
    TableDefinition before = replace.before();
    if (!catalog.image().table(before.id()).equals(Optional.of(before))) {
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "could not serialize access due to concurrent change of the table");
    }
    TableDefinition after = replace.after();
    Dropping dropping = new Dropping(catalog);
    before.columns().stream()
        .filter(column -> after.columnOfId(column.id()).isEmpty())
        .forEach(column -> dropping.addColumn(before, column));
    before.indexes().stream()
        .filter(index -> before.isConstraintIndex(index))
        .filter(index -> after.indexes().stream().noneMatch(each -> each.id() == index.id()))
        .forEach(index -> dropping.addIndex(before, index));
    List<Notice> notices = dropping.run(replace.cascade());
    CatalogEditor working = catalog;
    CatalogEditor.Change change = catalog.change();
    List<TableDefinition.CheckConstraint> checks = new ArrayList<>();
    for (TableDefinition.CheckConstraint check : after.checks()) {
      long id = check.id() == 0 ? ids.getAsLong() : check.id();
      checks.add(
          new TableDefinition.CheckConstraint(id, check.name(), check.sql(), check.validated()));
    }
    List<ColumnDefinition> columns = new ArrayList<>(after.columns());
    for (DdlCommand.NewSerial serial : replace.serials()) {
      int ordinal = after.ordinalOfId(serial.columnId());
      ColumnDefinition column = columns.get(ordinal);
      SequenceDefinition sequence =
          newSequence(
              after.schema(),
              after.name(),
              after.id(),
              column.name(),
              column.type(),
              serial.sequence(),
              each -> working.isTaken(after.schema(), each));
      change.put(sequence).apply();
      columns.set(ordinal, filledBy(column, sequence));
    }
    List<IndexDefinition> indexes = new ArrayList<>(after.indexes());
    Optional<TableDefinition.PrimaryKey> key =
        replace.key().isPresent()
            ? Optional.of(
                newKey(
                    after.name(),
                    replace.key().get(),
                    columns,
                    indexes,
                    each -> working.isTaken(after.schema(), each)))
            : after.primaryKey().map(this::withId);
    indexes.replaceAll(index ->
        index.constraintId().filter(id -> id == 0).isPresent()
            ? index.ofConstraint(ids.getAsLong())
            : index);
    TableDefinition made =
        after
            .changed(columns, after.columnIdMax())
            .withVersion(after.version(), after.incarnation())
            .withChecks(checks)
            .withIndexes(indexes)
            .withPrimaryKey(key);
    NewConstraints constraints =
        new NewConstraints(ids, each -> working.isTaken(after.schema(), each));
    for (DdlCommand.NewUnique unique : replace.uniques()) {
      made = constraints.withUnique(made, unique);
    }
    for (DdlCommand.NewForeignKey foreignKey : replace.foreignKeys()) {
      made = withForeignKey(change, constraints, made, foreignKey);
    }
    change.put(made);
    views().follow(change, before, after);
    for (SequenceDefinition sequence : catalog.image().sequences()) {
      if (replace.droppedSequences().contains(sequence.id())) {
        change.remove(sequence);
      } else if (sequence.ownedByTable().equals(Optional.of(before.id()))
          && !before.schema().equals(after.schema())) {
        change.put(sequence.withName(after.schema(), sequence.name()));
      }
    }
    change.apply();
    for (DdlCommand.ReplaceSequence sequence : replace.sequences()) {
      replaceSequence(sequence);
    }
    new StatisticsCommands(catalog).setTargets(after.id(), replace.statisticsTargets());
    return changed(notices);
  }

  private TableDefinition.PrimaryKey withId(TableDefinition.PrimaryKey key) {
    return key.id() == 0
        ? new TableDefinition.PrimaryKey(ids.getAsLong(), key.name(), key.columnIds())
        : key;
  }

  // ---- indexes ----

  @GuardedBy("lock")
  private DdlResult createIndex(DdlCommand.CreateIndex create) {
    TableDefinition table = requireTable(create.tableId());
    CatalogEditor working = catalog;
    Predicate<String> isTaken = name -> working.isTaken(table.schema(), name);
    if (create.name().isPresent() && isTaken.test(create.name().get())) {
      String message =
          String.format(Locale.ROOT, "relation \"%s\" already exists", create.name().get());
      if (create.ifNotExists()) {
        return skipped(SqlState.DUPLICATE_TABLE, message + ", skipping");
      }
      throw QuiverException.ofMessage(SqlState.DUPLICATE_TABLE, message);
    }
    String name =
        create
            .name()
            .orElseGet(
                () -> Names.choose(table.name(), columns(table, create.index()), "idx", isTaken));
    List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
    // Scalar indexes are built over the rows when they are first asked for.
    IndexDefinition index =
        create.index().named(ids.getAsLong(), name, IndexDefinition.State.VALID);
    indexes.add(index.hasFiles() ? index.withState(IndexDefinition.State.BUILDING) : index);
    catalog.change().put(changed(table, indexes)).apply();
    return changed(List.of());
  }

  /// What PostgreSQL puts between the table's name and `idx`.
  private static String columns(TableDefinition table, DdlCommand.NewIndex index) {
    List<String> names = new ArrayList<>();
    index.keys().forEach(key -> names.add(key.name(table)));
    for (int columnId : index.includedColumnIds()) {
      names.add(table.columns().get(table.ordinalOfId(columnId)).name());
    }
    return String.join("_", names);
  }

  @GuardedBy("lock")
  private TableDefinition requireTable(long tableId) {
    return catalog
        .image()
        .table(tableId)
        .orElseThrow(() ->
            new QuiverException(SqlState.UNDEFINED_TABLE, "relation %d does not exist", tableId));
  }

  /// Waits until every row of the table that was there is indexed; then the index is valid. When
  /// that fails or is cancelled, the definition goes away.
  private void awaitBuild(long tableId, long indexId, Cancellation cancellation) {
    try {
      indexBuilds.await(tableId, indexId, ids.getAsLong(), cancellation);
    } catch (QuiverException e) {
      if (!closed) {
        boolean _ = replaceIndex(tableId, indexId, index -> Optional.empty());
      }
      throw e;
    }
    if (!replaceIndex(
        tableId, indexId, index -> Optional.of(index.withState(IndexDefinition.State.VALID)))) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "index %d was dropped while it was built", indexId);
    }
  }

  /// Brings another definition of an index into force, or none.
  ///
  /// @return false if it is gone
  private boolean replaceIndex(
      long tableId, long indexId, Function<IndexDefinition, Optional<IndexDefinition>> change) {
    lock.lock();
    try {
      Optional<TableDefinition> table = shared.image().table(tableId);
      if (table.isEmpty()
          || table.get().indexes().stream().noneMatch(index -> index.id() == indexId)) {
        return false;
      }
      List<IndexDefinition> indexes = new ArrayList<>();
      for (IndexDefinition index : table.get().indexes()) {
        (index.id() == indexId ? change.apply(index) : Optional.of(index)).ifPresent(indexes::add);
      }
      shared.change().put(changed(table.get(), indexes)).commit(true);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Builds the files of an index anew under a twin with another name, then gives them to the
  /// index. Queries use the old files until then.
  private void reindex(long indexId, Cancellation cancellation) {
    TableIndex old;
    long twinId = ids.getAsLong();
    lock.lock();
    try {
      Optional<TableIndex> found = shared.image().index(indexId);
      if (found.isEmpty() || !found.get().index().hasFiles()) {
        // Dropped since, or without files of its own.
        return;
      }
      old = found.get();
      TableDefinition table = old.table();
      String name =
          Names.choose(
              old.index().name(),
              "",
              "ccnew",
              each -> shared.image().isTaken(table.schema(), each));
      List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
      indexes.add(old.index().twin(twinId, name));
      shared.change().put(changed(table, indexes)).commit(true);
    } finally {
      lock.unlock();
    }
    awaitBuild(old.table().id(), twinId, cancellation);
    lock.lock();
    try {
      Optional<TableDefinition> table = shared.image().table(old.table().id());
      if (table.isPresent()) {
        List<IndexDefinition> indexes = new ArrayList<>();
        for (IndexDefinition index : table.get().indexes()) {
          if (index.id() != twinId) {
            indexes.add(index.id() == indexId ? index.withFileId(twinId) : index);
          }
        }
        shared.change().put(changed(table.get(), indexes)).commit(true);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private DdlResult renameIndex(DdlCommand.RenameIndex rename) {
    QualifiedName name = rename.index();
    Optional<TableIndex> found = catalog.image().index(name.schema(), name.name());
    if (found.isEmpty()) {
      return new DdlResult(
          false, List.of(missing(SqlState.UNDEFINED_TABLE, "relation", name, rename.ifExists())));
    }
    TableDefinition table = found.get().table();
    if (catalog.isTaken(table.schema(), rename.newName())) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", rename.newName());
    }
    long indexId = found.get().index().id();
    List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
    indexes.replaceAll(index -> index.id() == indexId ? index.withName(rename.newName()) : index);
    // The constraint a primary key's index belongs to has its name.
    Optional<TableDefinition.PrimaryKey> key =
        table
            .primaryKey()
            .map(old ->
                found.get().index().primary()
                    ? new TableDefinition.PrimaryKey(old.id(), rename.newName(), old.columnIds())
                    : old);
    catalog.change().put(changed(table, indexes).withPrimaryKey(key)).apply();
    return changed(List.of());
  }

  @GuardedBy("lock")
  private DdlResult setIndexOptions(DdlCommand.SetIndexOptions set) {
    TableIndex found =
        catalog
            .image()
            .index(set.index().schema(), set.index().name())
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE,
                    "relation \"%s\" does not exist",
                    set.index().name()));
    Map<String, String> options = new LinkedHashMap<>(found.index().options());
    set.reset().forEach(options::remove);
    options.putAll(set.set());
    TableDefinition table = found.table();
    List<IndexDefinition> indexes = new ArrayList<>(table.indexes());
    indexes.replaceAll(index -> index.equals(found.index()) ? index.withOptions(options) : index);
    catalog.change().put(changed(table, indexes)).apply();
    return changed(List.of());
  }

  @GuardedBy("lock")
  private void removeIndex(long tableId, long indexId) {
    TableDefinition table = requireTable(tableId);
    List<IndexDefinition> rest =
        table.indexes().stream().filter(index -> index.id() != indexId).toList();
    catalog.change().put(changed(table, rest)).apply();
  }

  @GuardedBy("lock")
  private DdlResult dropIndexes(DdlCommand.DropIndex drop) {
    List<Notice> notices = new ArrayList<>();
    List<TableIndex> found = new ArrayList<>();
    for (QualifiedName name : drop.indexes()) {
      Optional<TableIndex> named = catalog.image().index(name.schema(), name.name());
      if (named.isPresent()) {
        if (named.get().table().isConstraintIndex(named.get().index())) {
          String table = Names.qualified(named.get().table().schema(), named.get().table().name());
          String constraint = Names.quoted(name.name());
          throw new QuiverException(
                  SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                  "cannot drop index %s because constraint %s on table %s requires it",
                  constraint,
                  constraint,
                  table)
              .withHint(
                  String.format(
                      Locale.ROOT,
                      "You can drop constraint %s on table %s instead.",
                      constraint,
                      table));
        }
        found.add(named.get());
        continue;
      }
      requireNotOther(name, "index");
      notices.add(missing(SqlState.UNDEFINED_OBJECT, "index", name, drop.ifExists()));
    }
    found.forEach(named -> removeIndex(named.table().id(), named.index().id()));
    return new DdlResult(!found.isEmpty(), notices);
  }

  // ---- sequences ----

  @GuardedBy("lock")
  private DdlResult createSequence(DdlCommand.CreateSequence create) {
    SequenceDefinition wanted = create.definition();
    requireSchema(wanted.schema());
    if (catalog.isTaken(wanted.schema(), wanted.name())) {
      String message = String.format(Locale.ROOT, "relation \"%s\" already exists", wanted.name());
      if (create.ifNotExists()) {
        return skipped(SqlState.DUPLICATE_TABLE, message + ", skipping");
      }
      throw QuiverException.ofMessage(SqlState.DUPLICATE_TABLE, message);
    }
    catalog.change().put(wanted.withId(ids.getAsLong())).apply();
    return changed(List.of());
  }

  @GuardedBy("lock")
  private DdlResult replaceSequence(DdlCommand.ReplaceSequence replace) {
    SequenceDefinition before = replace.before();
    SequenceDefinition after = replace.after();
    if (!catalog.image().sequence(before.id()).equals(Optional.of(before))) {
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "could not serialize access due to concurrent change of the sequence");
    }
    boolean moved = !before.name().equals(after.name()) || !before.schema().equals(after.schema());
    if (moved && catalog.isTaken(after.schema(), after.name())) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", after.name());
    }
    CatalogEditor.Change change = catalog.change();
    change.put(after);
    if (moved) {
      renameInDefaults(change, before, after);
    }
    replace.restart().ifPresent(value -> change.reset(after.id(), value));
    change.apply();
    return changed(List.of());
  }

  /// Defaults name their sequences.
  @GuardedBy("lock")
  private void renameInDefaults(
      CatalogEditor.Change change, SequenceDefinition before, SequenceDefinition after) {
    String old = Names.literal(before);
    for (TableDefinition table : catalog.image().tables()) {
      List<ColumnDefinition> columns = new ArrayList<>(table.columns());
      columns.replaceAll(column ->
          column
              .defaultSql()
              .filter(sql -> sql.contains(old))
              .map(sql -> column.withDefault(Optional.of(sql.replace(old, Names.literal(after)))))
              .orElse(column));
      if (!columns.equals(table.columns())) {
        change.put(table.changed(columns, table.columnIdMax()));
      }
    }
  }

  @GuardedBy("lock")
  private DdlResult comment(DdlCommand.Comment comment) {
    CatalogEditor.Change change = catalog.change();
    Optional<CommentDefinition> old =
        catalog.image().comments(comment.objectId()).stream()
            .filter(each -> each.columnId() == comment.columnId())
            .findFirst();
    long id = old.map(CommentDefinition::id).orElseGet(ids::getAsLong);
    comment
        .text()
        .ifPresentOrElse(
            text ->
                change.put(new CommentDefinition(id, comment.objectId(), comment.columnId(), text)),
            () -> old.ifPresent(change::remove));
    change.apply();
    return changed(List.of());
  }

  @GuardedBy("lock")
  private DdlResult dropSequences(DdlCommand.DropSequence drop) {
    List<Notice> notices = new ArrayList<>();
    List<SequenceDefinition> found = new ArrayList<>();
    for (QualifiedName name : drop.sequences()) {
      Optional<SequenceDefinition> sequence = catalog.image().sequence(name.schema(), name.name());
      if (sequence.isEmpty()) {
        requireNotOther(name, "sequence");
        notices.add(missing(SqlState.UNDEFINED_TABLE, "sequence", name, drop.ifExists()));
        continue;
      }
      requireUnused(sequence.get());
      found.add(sequence.get());
    }
    if (!found.isEmpty()) {
      CatalogEditor.Change change = catalog.change();
      found.forEach(change::remove);
      change.apply();
    }
    return new DdlResult(!found.isEmpty(), notices);
  }

  @GuardedBy("lock")
  private void requireUnused(SequenceDefinition sequence) {
    String name = Names.qualified(sequence.schema(), sequence.name());
    for (TableDefinition table : catalog.image().tables()) {
      for (ColumnDefinition column : table.columns()) {
        boolean uses =
            column.sequenceId().equals(Optional.of(sequence.id()))
                || column
                    .defaultSql()
                    .filter(sql -> sql.contains(Names.literal(sequence)))
                    .isPresent();
        if (uses) {
          throw dependents(
              "sequence " + name,
              List.of(
                  String.format(
                      Locale.ROOT,
                      "default value for column %s of table %s depends on sequence %s",
                      Names.quoted(column.name()),
                      Names.qualified(table.schema(), table.name()),
                      name)));
        }
      }
    }
  }

  @Override
  public SequenceRange nextSequenceValues(SequenceDefinition sequence, int count) {
    return sequences.next(sequence, count);
  }

  @Override
  public void setSequenceValue(SequenceDefinition sequence, long value, boolean isCalled) {
    sequences.set(sequence, value, isCalled);
  }

  @Override
  public SequencePosition sequencePosition(SequenceDefinition sequence) {
    return sequences.position(sequence);
  }

  /// Stops threads; commands that wait fail.
  @Override
  public void close() {
    closed = true;
    for (Thread thread : resumed) {
      thread.interrupt();
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
