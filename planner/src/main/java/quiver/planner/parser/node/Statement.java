package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// A statement. Names are identifiers of one to three parts (catalog, schema, name).
public sealed interface Statement {
  /// SELECT, VALUES, TABLE, WITH … SELECT.
  record SelectStatement(Query query) implements Statement {}

  /// What INSERT says about identity columns.
  enum Overriding {
    DEFAULT,
    SYSTEM_VALUE,
    USER_VALUE
  }

  /// @param source null for DEFAULT VALUES
  record InsertStatement(
      Query.@Nullable With with,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      List<SqlNode> columns,
      Overriding overriding,
      @Nullable Query source,
      @Nullable OnConflict onConflict,
      List<SelectItem> returning)
      implements Statement {
    public InsertStatement {
      columns = List.copyOf(columns);
      returning = List.copyOf(returning);
    }
  }

  record UpdateStatement(
      Query.@Nullable With with,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      List<Assignment> assignments,
      List<FromItem> from,
      @Nullable SqlNode where,
      List<SelectItem> returning)
      implements Statement {
    public UpdateStatement {
      assignments = List.copyOf(assignments);
      from = List.copyOf(from);
      returning = List.copyOf(returning);
    }
  }

  record DeleteStatement(
      Query.@Nullable With with,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      List<FromItem> using,
      @Nullable SqlNode where,
      List<SelectItem> returning)
      implements Statement {
    public DeleteStatement {
      using = List.copyOf(using);
      returning = List.copyOf(returning);
    }
  }

  record MergeStatement(
      Query.@Nullable With with,
      SqlIdentifier table,
      @Nullable SqlIdentifier alias,
      FromItem source,
      SqlNode condition,
      List<MergeClause> clauses)
      implements Statement {
    public MergeStatement {
      clauses = List.copyOf(clauses);
    }
  }

  record TruncateStatement(List<SqlIdentifier> tables, boolean restartIdentity, boolean cascade)
      implements Statement {
    public TruncateStatement {
      tables = List.copyOf(tables);
    }
  }

  /// How long a table lives.
  enum Persistence {
    PERMANENT,
    TEMPORARY,
    UNLOGGED
  }

  /// What COMMIT does to a temporary table.
  enum OnCommit {
    DEFAULT,
    PRESERVE_ROWS,
    DELETE_ROWS,
    DROP
  }

  record CreateTable(
      Persistence persistence,
      boolean ifNotExists,
      SqlIdentifier name,
      List<TableElement> elements,
      @Nullable SqlIdentifier accessMethod,
      List<Option> options,
      OnCommit onCommit,
      @Nullable SqlIdentifier tablespace)
      implements Statement {
    public CreateTable {
      elements = List.copyOf(elements);
      options = List.copyOf(options);
    }
  }

  /// CREATE TABLE AS and SELECT INTO; `source` is a SELECT or an EXECUTE.
  record CreateTableAs(
      Persistence persistence,
      boolean ifNotExists,
      SqlIdentifier name,
      List<SqlIdentifier> columns,
      @Nullable SqlIdentifier accessMethod,
      List<Option> options,
      OnCommit onCommit,
      @Nullable SqlIdentifier tablespace,
      Statement source,
      boolean withData)
      implements Statement {
    public CreateTableAs {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
    }
  }

  /// @param name null when PostgreSQL is to choose one
  /// @param method null without USING
  record CreateIndex(
      boolean unique,
      boolean concurrently,
      boolean ifNotExists,
      @Nullable SqlIdentifier name,
      SqlIdentifier table,
      @Nullable SqlIdentifier method,
      List<IndexElement> elements,
      List<SqlIdentifier> include,
      boolean nullsNotDistinct,
      List<Option> options,
      @Nullable SqlIdentifier tablespace,
      @Nullable SqlNode where)
      implements Statement {
    public CreateIndex {
      elements = List.copyOf(elements);
      include = List.copyOf(include);
      options = List.copyOf(options);
    }
  }

  record CreateView(
      boolean orReplace,
      boolean temporary,
      boolean recursive,
      SqlIdentifier name,
      List<SqlIdentifier> columns,
      List<Option> options,
      Query query,
      CheckOption checkOption)
      implements Statement {
    public CreateView {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
    }
  }

  /// `WITH [CASCADED | LOCAL] CHECK OPTION`.
  enum CheckOption {
    NONE,
    LOCAL,
    CASCADED
  }

  record CreateMaterializedView(
      boolean ifNotExists,
      SqlIdentifier name,
      List<SqlIdentifier> columns,
      List<Option> options,
      Query query,
      boolean withData)
      implements Statement {
    public CreateMaterializedView {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
    }
  }

  record RefreshMaterializedView(SqlIdentifier name, boolean concurrently, boolean withData)
      implements Statement {}

  /// @param name null in `CREATE SCHEMA AUTHORIZATION role`
  record CreateSchema(boolean ifNotExists, @Nullable SqlIdentifier name, @Nullable String owner)
      implements Statement {}

  record CreateSequence(
      Persistence persistence,
      boolean ifNotExists,
      SqlIdentifier name,
      List<SequenceOption> options)
      implements Statement {
    public CreateSequence {
      options = List.copyOf(options);
    }
  }

  record CreateExtension(
      boolean ifNotExists,
      SqlIdentifier name,
      @Nullable SqlIdentifier schema,
      @Nullable String version,
      boolean cascade)
      implements Statement {}

  record CreateDatabase(SqlIdentifier name, List<Option> options) implements Statement {
    public CreateDatabase {
      options = List.copyOf(options);
    }
  }

  record DropDatabase(SqlIdentifier name, boolean ifExists, boolean force) implements Statement {}

  /// The kinds of object DROP, ALTER and COMMENT name.
  enum ObjectKind {
    TABLE,
    INDEX,
    VIEW,
    MATERIALIZED_VIEW,
    SCHEMA,
    SEQUENCE,
    TYPE,
    DOMAIN,
    EXTENSION,
    COLUMN,
    DATABASE,
    ROLE,
    CONSTRAINT,
    DOMAIN_CONSTRAINT,
    POLICY,
    FUNCTION
  }

  record Drop(
      ObjectKind kind,
      boolean concurrently,
      boolean ifExists,
      List<SqlIdentifier> names,
      boolean cascade)
      implements Statement {
    public Drop {
      names = List.copyOf(names);
    }
  }

  /// ALTER TABLE, INDEX, VIEW, MATERIALIZED VIEW, SEQUENCE, SCHEMA.
  record Alter(ObjectKind kind, boolean ifExists, SqlIdentifier name, List<AlterAction> actions)
      implements Statement {
    public Alter {
      actions = List.copyOf(actions);
    }
  }

  /// @param table of a constraint, or the domain of one; else null
  /// @param comment null to remove it
  record Comment(
      ObjectKind kind, SqlIdentifier name, @Nullable SqlIdentifier table, @Nullable String comment)
      implements Statement {}

  /// `COPY table [(columns)] FROM …`.
  record CopyFrom(
      SqlIdentifier table,
      List<SqlIdentifier> columns,
      CopyEnd source,
      List<Option> options,
      @Nullable SqlNode where)
      implements Statement {
    public CopyFrom {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
    }
  }

  /// `COPY table [(columns)] TO …`.
  record CopyTableTo(
      SqlIdentifier table, List<SqlIdentifier> columns, CopyEnd target, List<Option> options)
      implements Statement {
    public CopyTableTo {
      columns = List.copyOf(columns);
      options = List.copyOf(options);
    }
  }

  /// `COPY (statement) TO …`.
  record CopyQueryTo(Statement statement, CopyEnd target, List<Option> options)
      implements Statement {
    public CopyQueryTo {
      options = List.copyOf(options);
    }
  }

  /// The other end of a COPY: the client, a server file or a program.
  sealed interface CopyEnd {}

  record CopyClient() implements CopyEnd {}

  record CopyFile(String path) implements CopyEnd {}

  record CopyProgram(String command) implements CopyEnd {}

  /// How long a SET lasts.
  enum Scope {
    SESSION,
    LOCAL
  }

  /// `SET name = values`; empty values mean DEFAULT. `SET TIME ZONE` sets `timezone` (LOCAL and
  /// DEFAULT give no value), `SET NAMES` `client_encoding`, `SET SESSION AUTHORIZATION`
  /// `session_authorization`, `SET ROLE` `role`, `SET SCHEMA` `search_path`.
  record SetVariable(Scope scope, String name, List<SettingValue> values) implements Statement {
    public SetVariable {
      values = List.copyOf(values);
    }
  }

  /// `SET TRANSACTION modes`, or `SET SESSION CHARACTERISTICS AS TRANSACTION modes`.
  record SetTransaction(boolean sessionDefault, List<TransactionMode> modes) implements Statement {
    public SetTransaction {
      modes = List.copyOf(modes);
    }
  }

  /// `SET CONSTRAINTS names | ALL DEFERRED | IMMEDIATE`; empty names mean ALL.
  record SetConstraints(List<SqlIdentifier> names, boolean deferred) implements Statement {
    public SetConstraints {
      names = List.copyOf(names);
    }
  }

  /// `RESET name`; null for ALL.
  record Reset(@Nullable String name) implements Statement {}

  /// `SHOW name`; null for ALL.
  record Show(@Nullable String name) implements Statement {}

  record Begin(boolean startTransaction, List<TransactionMode> modes) implements Statement {
    public Begin {
      modes = List.copyOf(modes);
    }
  }

  record Commit(boolean chain) implements Statement {}

  record Rollback(boolean chain) implements Statement {}

  record Savepoint(String name) implements Statement {}

  record ReleaseSavepoint(String name) implements Statement {}

  record RollbackToSavepoint(String name) implements Statement {}

  /// PREPARE TRANSACTION, COMMIT PREPARED and ROLLBACK PREPARED.
  record TwoPhase(TwoPhaseAction action, String transaction) implements Statement {}

  enum TwoPhaseAction {
    PREPARE,
    COMMIT,
    ROLLBACK
  }

  /// @param text the source of `statement`
  record Prepare(String name, List<TypeName> parameterTypes, Statement statement, String text)
      implements Statement {
    public Prepare {
      parameterTypes = List.copyOf(parameterTypes);
    }
  }

  record Execute(String name, List<SqlNode> parameters) implements Statement {
    public Execute {
      parameters = List.copyOf(parameters);
    }
  }

  /// @param name null for ALL
  record Deallocate(@Nullable String name) implements Statement {}

  /// @param scroll null where neither SCROLL nor NO SCROLL is written
  record DeclareCursor(
      String name,
      boolean binary,
      boolean insensitive,
      @Nullable Boolean scroll,
      boolean hold,
      Query query,
      String text)
      implements Statement {}

  /// FETCH, and MOVE if `move`.
  record Fetch(boolean move, Direction direction, long count, String cursor) implements Statement {}

  /// FORWARD and BACKWARD move `count` rows (`Long.MAX_VALUE` is ALL); NEXT is FORWARD 1, PRIOR
  /// BACKWARD 1. ABSOLUTE and RELATIVE give one row; FIRST is ABSOLUTE 1, LAST ABSOLUTE -1.
  enum Direction {
    FORWARD,
    BACKWARD,
    ABSOLUTE,
    RELATIVE
  }

  /// @param name null for ALL
  record CloseCursor(@Nullable String name) implements Statement {}

  /// EXPLAIN; ANALYZE and VERBOSE of the old syntax arrive as options `analyze` and `verbose`.
  record Explain(List<Option> options, Statement statement) implements Statement {
    public Explain {
      options = List.copyOf(options);
    }
  }

  /// A table and its columns in ANALYZE and VACUUM.
  record Relation(SqlIdentifier name, List<SqlIdentifier> columns) {
    public Relation {
      columns = List.copyOf(columns);
    }
  }

  record Analyze(List<Option> options, List<Relation> relations) implements Statement {
    public Analyze {
      options = List.copyOf(options);
      relations = List.copyOf(relations);
    }
  }

  /// The old syntax arrives as options `full`, `freeze`, `verbose`, `analyze`.
  record Vacuum(List<Option> options, List<Relation> relations) implements Statement {
    public Vacuum {
      options = List.copyOf(options);
      relations = List.copyOf(relations);
    }
  }

  /// What REINDEX rebuilds.
  enum ReindexTarget {
    INDEX,
    TABLE,
    SCHEMA,
    SYSTEM,
    DATABASE
  }

  record Reindex(
      ReindexTarget target, boolean concurrently, SqlIdentifier name, List<Option> options)
      implements Statement {
    public Reindex {
      options = List.copyOf(options);
    }
  }

  /// @param table null for all tables
  record Cluster(@Nullable SqlIdentifier table, @Nullable SqlIdentifier index, boolean verbose)
      implements Statement {}

  /// What DISCARD drops.
  enum DiscardTarget {
    ALL,
    PLANS,
    SEQUENCES,
    TEMP
  }

  record Discard(DiscardTarget target) implements Statement {}

  /// @param mode such as `ACCESS EXCLUSIVE`
  record LockTable(List<SqlIdentifier> tables, String mode, boolean nowait) implements Statement {
    public LockTable {
      tables = List.copyOf(tables);
    }
  }

  record Listen(String channel) implements Statement {}

  /// @param channel null for `*`
  record Unlisten(@Nullable String channel) implements Statement {}

  record Notify(String channel, @Nullable String payload) implements Statement {}

  record Checkpoint() implements Statement {}

  /// An anonymous block.
  record Do(@Nullable String language, String body) implements Statement {}

  record Call(ExpressionNode call) implements Statement {}

  /// CREATE ROLE, USER or GROUP.
  ///
  /// @param login the default of LOGIN: true for USER
  record CreateRole(String name, boolean login, List<RoleOption> options) implements Statement {
    public CreateRole {
      options = List.copyOf(options);
    }
  }

  /// GRANT, REVOKE and whatever else is about roles, owners and policies.
  record Security(SecurityStatement statement) implements Statement {}

  record Type(TypeStatement statement) implements Statement {}

  record AlterRole(String name, List<RoleOption> options) implements Statement {
    public AlterRole {
      options = List.copyOf(options);
    }
  }

  record DropRole(List<String> names, boolean ifExists) implements Statement {
    public DropRole {
      names = List.copyOf(names);
    }
  }

  /// An option such as `superuser`, `nologin`, `password`, `connection limit`, `valid until`, `in
  /// role`; values in order, empty for a switch; a null password has no value.
  record RoleOption(String name, List<String> values) {
    public RoleOption {
      values = List.copyOf(values);
    }
  }

  /// A statement of PostgreSQL that is recognised by its first words only and refused or accepted
  /// by name: GRANT, REVOKE, CREATE FUNCTION and the like.
  ///
  /// @param tag the command as PostgreSQL names it, such as `GRANT`
  record Generic(String tag, String text) implements Statement {}
}
