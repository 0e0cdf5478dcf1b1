package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan.ExplainOptions;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

/// Statements of every kind. What Quiver does not do is refused here by name.
public final class StatementBinder {
  private final Binding binding;

  public StatementBinder(Binding binding) {
    this.binding = binding;
  }

  /// @throws QuiverException what PostgreSQL says about a wrong statement, or `0A000`
  public BoundStatement bind(Statement statement) {
    return switch (statement) {
      case Statement.SelectStatement select ->
          new QueryBinder(binding).bindStatement(select.query());
      case Statement.InsertStatement insert -> modifications().insertStatement(insert);
      case Statement.UpdateStatement update -> modifications().updateStatement(update);
      case Statement.DeleteStatement delete -> modifications().deleteStatement(delete);
      case Statement.MergeStatement merge -> modifications().merge(merge);
      case Statement.TruncateStatement truncate -> new ObjectBinder(binding).truncate(truncate);
      case Statement.CreateTable create -> new DefinitionBinder(binding).createTable(create);
      case Statement.CreateTableAs create -> createTableAs(create);
      case Statement.CreateIndex create -> new IndexBinder(binding).createIndex(create);
      case Statement.CreateView create -> new ViewBinder(binding).createView(create);
      case Statement.CreateMaterializedView create ->
          new ViewBinder(binding).createMaterializedView(create);
      case Statement.RefreshMaterializedView refresh -> new ViewBinder(binding).refresh(refresh);
      case Statement.CreateSchema create -> new ObjectBinder(binding).createSchema(create);
      case Statement.CreateSequence create -> new SequenceBinder(binding).create(create);
      case Statement.CreateExtension create -> new ObjectBinder(binding).createExtension(create);
      case Statement.CreateDatabase _ -> throw unsupported("CREATE DATABASE");
      case Statement.DropDatabase _ -> throw unsupported("DROP DATABASE");
      case Statement.Drop drop -> new ObjectBinder(binding).drop(binding, drop);
      case Statement.Alter alter when SecurityBinder.isAbout(alter) ->
          new SecurityBinder(binding).alter(alter);
      case Statement.Alter alter when alter.kind() == Statement.ObjectKind.INDEX ->
          new IndexAlteration(binding).alter(alter);
      case Statement.Alter alter when alter.kind() == Statement.ObjectKind.TABLE ->
          new ObjectBinder(binding).alterTable(binding, alter);
      case Statement.Alter alter when alter.kind() == Statement.ObjectKind.SEQUENCE ->
          new SequenceBinder(binding).alter(alter);
      case Statement.Alter alter
          when alter.kind() == Statement.ObjectKind.VIEW
              || alter.kind() == Statement.ObjectKind.MATERIALIZED_VIEW ->
          new ViewBinder(binding).alter(alter);
      case Statement.Alter alter when alter.kind() == Statement.ObjectKind.SCHEMA ->
          new ObjectBinder(binding).alterSchema(alter);
      case Statement.Alter alter ->
          throw unsupported("ALTER " + alter.kind().name().replace('_', ' '));
      case Statement.Comment comment -> new CommentBinder(binding).bind(comment);
      case Statement.CopyFrom copy -> new CopyBinder(binding).copyFrom(copy);
      case Statement.CopyTableTo copy -> new CopyBinder(binding).copyTo(copy);
      case Statement.CopyQueryTo copy -> new CopyBinder(binding).copyTo(copy);
      case Statement.Explain explain -> explain(explain);
      case Statement.Execute execute -> execute(execute);
      case Statement.SetVariable set -> session(SessionBinder.set(set));
      case Statement.SetTransaction set -> session(SessionBinder.setTransaction(set));
      case Statement.SetConstraints set -> session(new SessionBinder(binding).setConstraints(set));
      case Statement.Reset(String name) ->
          session(name == null ? new SessionCommand.ResetAll() : new SessionCommand.Reset(name));
      case Statement.Show(String name) ->
          session(name == null ? new SessionCommand.ShowAll() : new SessionCommand.Show(name));
      case Statement.Begin begin -> session(SessionBinder.begin(begin));
      case Statement.Commit(boolean chain) -> session(new SessionCommand.Commit(chain));
      case Statement.Rollback(boolean chain) -> session(new SessionCommand.Rollback(chain));
      case Statement.Savepoint(String name) -> session(new SessionCommand.Savepoint(name));
      case Statement.ReleaseSavepoint(String name) ->
          session(new SessionCommand.ReleaseSavepoint(name));
      case Statement.RollbackToSavepoint(String name) ->
          session(new SessionCommand.RollbackToSavepoint(name));
      case Statement.TwoPhase _ -> throw unsupported("two-phase commit");
      case Statement.Prepare prepare -> session(new SessionBinder(binding).prepare(prepare));
      case Statement.Deallocate(String name) ->
          session(new SessionCommand.Deallocate(Optional.ofNullable(name)));
      case Statement.DeclareCursor declare -> declare(declare);
      case Statement.Fetch fetch -> session(SessionBinder.fetch(fetch));
      case Statement.CloseCursor(String name) ->
          session(new SessionCommand.CloseCursor(Optional.ofNullable(name)));
      case Statement.Analyze analyze -> session(new MaintenanceBinder(binding).analyze(analyze));
      case Statement.Vacuum vacuum -> session(new MaintenanceBinder(binding).vacuum(vacuum));
      case Statement.Reindex reindex -> new IndexAlteration(binding).reindex(reindex);
      case Statement.Cluster cluster -> session(new SessionBinder(binding).cluster(cluster));
      case Statement.Discard(var target) -> session(new SessionCommand.Discard(target.name()));
      case Statement.LockTable lock -> session(new SessionBinder(binding).lock(lock));
      case Statement.Listen(String channel) -> session(new SessionCommand.Listen(channel));
      case Statement.Unlisten(String channel) ->
          session(new SessionCommand.Unlisten(Optional.ofNullable(channel)));
      case Statement.Notify(String channel, String payload) ->
          session(new SessionCommand.Notify(channel, payload == null ? "" : payload));
      case Statement.Checkpoint _ -> session(new SessionCommand.Flush(List.of(), "CHECKPOINT"));
      case Statement.Do _ -> throw unsupported("DO");
      case Statement.Call _ -> throw unsupported("CALL");
      case Statement.CreateRole create -> new RoleBinder(binding).create(create);
      case Statement.AlterRole alter -> new RoleBinder(binding).alter(alter);
      case Statement.DropRole drop -> RoleBinder.drop(drop);
      case Statement.Type(var type) -> new TypeBinder(binding).bind(type);
      case Statement.Security(var security) -> new SecurityBinder(binding).bind(security);
      case Statement.Generic(String tag, _) -> throw unsupported(tag);
    };
  }

  /// The query is planned when the cursor is opened; its parameters get their types now.
  private BoundStatement declare(Statement.DeclareCursor declare) {
    if (binding.hasParameters()) {
      new QueryBinder(binding).bind(declare.query(), null, CommonTables.NONE, true);
    }
    return session(SessionBinder.declare(declare));
  }

  private ModificationBinder modifications() {
    return new ModificationBinder(binding, CommonTables.NONE, true);
  }

  private static QuiverException unsupported(String statement) {
    return DefinitionBinder.unsupported(statement + " is");
  }

  private static BoundStatement session(SessionCommand command) {
    return new BoundStatement.Session(command);
  }

  private BoundStatement createTableAs(Statement.CreateTableAs create) {
    DefinitionBinder definitions = new DefinitionBinder(binding);
    return switch (create.source()) {
      case Statement.Execute execute -> definitions.createTableAs(create, execute(execute));
      case Statement.SelectStatement(Query query) -> definitions.createTableAs(create, query);
      default -> throw new IllegalStateException("not a source of rows: " + create.source());
    };
  }

  private BoundStatement.Execute execute(Statement.Execute statement) {
    Scope scope = new Scope(binding.newId(), null, List.of(), List.of(), binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(
            binding, scope, CommonTables.NONE, new Placeholders(binding.rex()), Map.of());
    List<RexNode> arguments =
        new ArrayList<>(expressions.bindAll(statement.parameters(), Clause.EXECUTE));
    List<Integer> positions = statement.parameters().stream().map(Positions::of).toList();
    return new BoundStatement.Execute(statement.name(), arguments, positions);
  }

  // ---- EXPLAIN

  private BoundStatement explain(Statement.Explain explain) {
    ExplainOptions options = explainOptions(explain.options());
    BoundStatement statement = bind(explain.statement());
    return new BoundStatement.Explain(statement, options);
  }

  private static ExplainOptions explainOptions(List<Option> options) {
    boolean analyze = false;
    boolean verbose = false;
    boolean costs = true;
    boolean settings = false;
    boolean wal = false;
    Optional<Boolean> timing = Optional.empty();
    Optional<Boolean> summary = Optional.empty();
    ExplainOptions.Format format = ExplainOptions.Format.TEXT;
    for (Option option : options) {
      switch (option.name()) {
        case "analyze", "analyse" -> analyze = truth(option);
        case "verbose" -> verbose = truth(option);
        case "costs" -> costs = truth(option);
        case "timing" -> timing = Optional.of(truth(option));
        case "summary" -> summary = Optional.of(truth(option));
        case "format" -> format = format(option);
        // There is no buffer cache whose hits could be shown; clients ask as a matter of course.
        case "buffers" -> truth(option);
        case "settings" -> settings = truth(option);
        // A statement's records in the log are not told apart by node of its plan.
        case "wal" -> wal = truth(option);
        default ->
            throw new QuiverException(
                    SqlState.SYNTAX_ERROR, "unrecognized EXPLAIN option \"%s\"", option.name())
                .at(option.position());
      }
    }
    if (wal && !analyze) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "EXPLAIN option WAL requires ANALYZE");
    }
    if (timing.orElse(false) && !analyze) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "EXPLAIN option TIMING requires ANALYZE");
    }
    return new ExplainOptions(
        analyze, verbose, costs, timing.orElse(analyze), summary.orElse(analyze), settings, format);
  }

  private static ExplainOptions.Format format(Option option) {
    String text = option.text();
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "text" -> ExplainOptions.Format.TEXT;
      case "json" -> ExplainOptions.Format.JSON;
      case "yaml" -> ExplainOptions.Format.YAML;
      case "xml" -> ExplainOptions.Format.XML;
      default ->
          throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE,
                  "unrecognized value for EXPLAIN option \"%s\": \"%s\"",
                  option.name(),
                  text)
              .at(option.position());
    };
  }

  static boolean truth(Option option) {
    String text = option.text();
    if (text == null) {
      return true;
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "on", "1" -> true;
      case "false", "off", "0" -> false;
      default ->
          throw new QuiverException(
                  SqlState.SYNTAX_ERROR, "%s requires a Boolean value", option.name())
              .at(option.position());
    };
  }
}
