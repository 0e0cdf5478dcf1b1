package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import quiver.common.type.SqlType;

/// A checked definition that the root coordinator commits. Names are resolved; ids are the
/// coordinator's to give. Every command may meet a newer catalog than the one it was planned on:
/// the coordinator checks again.
public sealed interface DdlCommand {
  /// A command in the name of a role: it needs the right to it, and what it makes is the role's.
  ///
  /// @param roleId `current_user`
  /// @param sessionRoleId `session_user`
  record As(long roleId, long sessionRoleId, DdlCommand command) implements DdlCommand {}

  /// Roles, grants, owners and policies.
  record Secure(SecurityCommand command) implements DdlCommand {}

  /// @param owner of AUTHORIZATION
  record CreateSchema(String name, boolean ifNotExists, Optional<String> owner)
      implements DdlCommand {
    public CreateSchema(String name, boolean ifNotExists) {
      this(name, ifNotExists, Optional.empty());
    }
  }

  record DropSchema(String name, boolean ifExists, boolean cascade) implements DdlCommand {}

  /// ALTER SCHEMA … RENAME TO.
  record RenameSchema(String name, String newName) implements DdlCommand {}

  /// The schema of a session's temporary objects.
  ///
  /// @param process the front end that the session is one of
  record CreateTemporarySchema(String name, UUID process) implements DdlCommand {}

  /// A session's temporary objects, with their schema. If there is none, nothing happens.
  record DropTemporarySchema(String name) implements DdlCommand {}

  /// CREATE TABLE.
  ///
  /// @param primaryKey name (empty: `table_pkey`) and column names
  /// @param temporary what COMMIT does to a temporary table
  /// @param copied what LIKE has found besides
  record CreateTable(
      String schema,
      String name,
      boolean ifNotExists,
      List<NewColumn> columns,
      Optional<NewKey> primaryKey,
      List<NewCheck> checks,
      int shardCount,
      List<NewUnique> uniques,
      List<NewForeignKey> foreignKeys,
      Optional<TableDefinition.OnCommit> temporary,
      Copied copied)
      implements DdlCommand {
    public CreateTable {
      columns = List.copyOf(columns);
      checks = List.copyOf(checks);
      uniques = List.copyOf(uniques);
      foreignKeys = List.copyOf(foreignKeys);
    }

    /// A table without UNIQUE and FOREIGN KEY.
    public CreateTable(
        String schema,
        String name,
        boolean ifNotExists,
        List<NewColumn> columns,
        Optional<NewKey> primaryKey,
        List<NewCheck> checks,
        int shardCount) {
      this(
          schema,
          name,
          ifNotExists,
          columns,
          primaryKey,
          checks,
          shardCount,
          List.of(),
          List.of(),
          Optional.empty(),
          Copied.NOTHING);
    }

    /// The same table with other columns.
    public CreateTable withColumns(List<NewColumn> newColumns) {
      return new CreateTable(
          schema,
          name,
          ifNotExists,
          newColumns,
          primaryKey,
          checks,
          shardCount,
          uniques,
          foreignKeys,
          temporary,
          copied);
    }

    /// The same table, temporary if there is something COMMIT does.
    public CreateTable withTemporary(Optional<TableDefinition.OnCommit> newTemporary) {
      return new CreateTable(
          schema,
          name,
          ifNotExists,
          columns,
          primaryKey,
          checks,
          shardCount,
          uniques,
          foreignKeys,
          newTemporary,
          copied);
    }
  }

  /// What LIKE … INCLUDING copies of another table besides columns and constraints.
  ///
  /// @param columnComments by id of the new table's columns, which are numbered from 1
  /// @param checkComments by name of the constraint
  record Copied(
      List<CopiedIndex> indexes,
      Map<Integer, String> columnComments,
      Map<String, String> checkComments) {
    public static final Copied NOTHING = new Copied(List.of(), Map.of(), Map.of());

    public Copied {
      indexes = List.copyOf(indexes);
      columnComments = Map.copyOf(columnComments);
      checkComments = Map.copyOf(checkComments);
    }
  }

  /// An index of no constraint, over the new table's columns.
  record CopiedIndex(NewIndex index, Optional<String> comment) {}

  /// A column of a new table.
  ///
  /// @param generatedSql of GENERATED ALWAYS AS (…) STORED
  /// @param sequence what the sequence of an identity column is to be, if that was said
  /// @param serial a sequence `table_column_seq` is made and owned; the default is its `nextval`
  record NewColumn(
      String name,
      SqlType type,
      boolean notNull,
      Optional<String> defaultSql,
      boolean serial,
      ColumnDefinition.Identity identity,
      Optional<String> generatedSql,
      Optional<SequenceDefinition> sequence) {
    public NewColumn(
        String name,
        SqlType type,
        boolean notNull,
        Optional<String> defaultSql,
        boolean serial,
        ColumnDefinition.Identity identity) {
      this(name, type, notNull, defaultSql, serial, identity, Optional.empty(), Optional.empty());
    }

    /// A column of a table that is made for the rows of a query.
    public static NewColumn ofQuery(String name, SqlType type) {
      return new NewColumn(
          name, type, false, Optional.empty(), false, ColumnDefinition.Identity.NONE);
    }

    public NewColumn withNotNull() {
      return new NewColumn(name, type, true, defaultSql, serial, identity, generatedSql, sequence);
    }

    public NewColumn withGenerated(String sql) {
      return new NewColumn(
          name, type, notNull, defaultSql, serial, identity, Optional.of(sql), sequence);
    }
  }

  /// PRIMARY KEY of a new table, or a new one.
  record NewKey(
      Optional<String> name, List<String> columns, List<String> included, Deferral deferral) {
    public NewKey {
      columns = List.copyOf(columns);
      included = List.copyOf(included);
    }

    public NewKey(Optional<String> name, List<String> columns) {
      this(name, columns, List.of(), Deferral.NOT_DEFERRABLE);
    }
  }

  /// UNIQUE of a new table.
  record NewUnique(
      Optional<String> name,
      List<String> columns,
      List<String> included,
      boolean nullsNotDistinct,
      Deferral deferral) {
    public NewUnique {
      columns = List.copyOf(columns);
      included = List.copyOf(included);
    }

    public NewUnique(
        Optional<String> name,
        List<String> columns,
        List<String> included,
        boolean nullsNotDistinct) {
      this(name, columns, included, nullsNotDistinct, Deferral.NOT_DEFERRABLE);
    }
  }

  /// FOREIGN KEY of a new table.
  ///
  /// @param referencedTableId empty: the new table itself
  /// @param referencedColumns empty: the primary key
  /// @param setColumns see [ForeignKey#setColumnIds]
  /// @param validated whether rows that are there are checked
  record NewForeignKey(
      Optional<String> name,
      List<String> columns,
      Optional<Long> referencedTableId,
      List<String> referencedColumns,
      boolean matchFull,
      ForeignKey.Action onDelete,
      ForeignKey.Action onUpdate,
      List<String> setColumns,
      Deferral deferral,
      boolean validated) {
    public NewForeignKey {
      columns = List.copyOf(columns);
      referencedColumns = List.copyOf(referencedColumns);
      setColumns = List.copyOf(setColumns);
    }
  }

  record NewCheck(Optional<String> name, Optional<String> column, String sql) {}

  /// CREATE TYPE … AS ENUM, CREATE DOMAIN.
  ///
  /// @param type its ids, and those of its labels and checks, are the coordinator's to give
  record CreateType(TypeDefinition type) implements DdlCommand {}

  /// ALTER TYPE and ALTER DOMAIN, but for the labels of an enum.
  ///
  /// @param after checks without an id are new
  record ReplaceType(TypeDefinition before, TypeDefinition after) implements DdlCommand {}

  /// ALTER TYPE … ADD VALUE.
  ///
  /// @param neighbor the label the new one goes beside; empty: it is the last one
  record AddEnumValue(
      long typeId, String label, boolean ifNotExists, Optional<String> neighbor, boolean isAfter)
      implements DdlCommand {}

  /// ALTER TYPE … RENAME VALUE.
  record RenameEnumValue(long typeId, String label, String newLabel) implements DdlCommand {}

  /// DROP TYPE, DROP DOMAIN.
  record DropType(List<QualifiedName> types, boolean ifExists, boolean cascade)
      implements DdlCommand {
    public DropType {
      types = List.copyOf(types);
    }
  }

  /// CREATE VIEW.
  ///
  /// @param view its id is the coordinator's to give
  /// @param madeTemporary whether it is temporary only because of what it reads
  record CreateView(ViewDefinition view, boolean orReplace, boolean madeTemporary)
      implements DdlCommand {}

  /// CREATE MATERIALIZED VIEW: the table for its rows and the view.
  record CreateMaterializedView(CreateTable table, ViewDefinition view) implements DdlCommand {}

  /// REFRESH MATERIALIZED VIEW: its table is empty then.
  ///
  /// @param populated whether it is filled next
  record RefreshView(long tableId, boolean populated) implements DdlCommand {}

  /// ALTER VIEW: a view with what was changed.
  ///
  /// @param before if it is not that any more, the statement is planned again
  record ReplaceView(ViewDefinition before, ViewDefinition after) implements DdlCommand {}

  /// DROP VIEW and DROP MATERIALIZED VIEW.
  record DropView(
      List<QualifiedName> views, boolean materialized, boolean ifExists, boolean cascade)
      implements DdlCommand {
    public DropView {
      views = List.copyOf(views);
    }
  }

  record DropTable(List<QualifiedName> tables, boolean ifExists, boolean cascade)
      implements DdlCommand {
    public DropTable {
      tables = List.copyOf(tables);
    }
  }

  record Truncate(List<Long> tableIds, boolean restartIdentity, boolean cascade)
      implements DdlCommand {
    public Truncate {
      tableIds = List.copyOf(tableIds);
    }

    /// TRUNCATE … RESTRICT.
    public Truncate(List<Long> tableIds, boolean restartIdentity) {
      this(tableIds, restartIdentity, false);
    }
  }

  /// A table with everything ALTER TABLE has changed, as far as ids and names are not the
  /// coordinator's to give.
  ///
  /// @param before what was changed: if it is not that any more, the statement is planned again
  /// @param after checks with id 0 are new
  /// @param key a primary key to add
  /// @param serials sequences for columns
  /// @param uniques UNIQUE constraints to add
  /// @param foreignKeys FOREIGN KEY constraints to add
  /// @param droppedSequences go with their columns
  /// @param sequences of identity columns, with what was changed
  /// @param cascade whether what depends on dropped columns goes too
  /// @param statisticsTargets of SET STATISTICS, by column id; -1: the usual one
  record ReplaceTable(
      TableDefinition before,
      TableDefinition after,
      Optional<NewKey> key,
      List<NewUnique> uniques,
      List<NewForeignKey> foreignKeys,
      List<NewSerial> serials,
      List<Long> droppedSequences,
      List<ReplaceSequence> sequences,
      boolean cascade,
      Map<Integer, Integer> statisticsTargets)
      implements DdlCommand {
    public ReplaceTable {
      statisticsTargets = Map.copyOf(statisticsTargets);
      sequences = List.copyOf(sequences);
      uniques = List.copyOf(uniques);
      foreignKeys = List.copyOf(foreignKeys);
      serials = List.copyOf(serials);
      droppedSequences = List.copyOf(droppedSequences);
    }

    /// Whether a column gets a sequence of its own.
    public boolean isSerial(int columnId) {
      return serials.stream().anyMatch(serial -> serial.columnId() == columnId);
    }

    /// The same with another definition.
    public ReplaceTable with(TableDefinition newAfter) {
      return new ReplaceTable(
          before,
          newAfter,
          key,
          uniques,
          foreignKeys,
          serials,
          droppedSequences,
          sequences,
          cascade,
          statisticsTargets);
    }
  }

  /// A sequence for a column that is there.
  ///
  /// @param sequence what it is to be, if that was said
  record NewSerial(int columnId, Optional<SequenceDefinition> sequence) {}

  /// CREATE INDEX. No build keeps writers out; CONCURRENTLY only forbids a transaction block.
  ///
  /// @param name empty: `table_columns_idx`, made unique
  record CreateIndex(
      long tableId,
      Optional<String> name,
      boolean ifNotExists,
      boolean concurrently,
      NewIndex index)
      implements DdlCommand {}

  /// What an index is to be; see [IndexDefinition].
  record NewIndex(
      IndexMethod method,
      List<IndexKey> keys,
      List<Integer> includedColumnIds,
      Map<String, String> options,
      boolean unique,
      boolean nullsNotDistinct,
      Optional<IndexExpression> predicate) {
    public NewIndex {
      keys = List.copyOf(keys);
      includedColumnIds = List.copyOf(includedColumnIds);
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /// The definition, once it has an id and a name.
    public IndexDefinition named(long id, String name, IndexDefinition.State state) {
      return new IndexDefinition(
          id,
          id,
          name,
          method,
          keys,
          includedColumnIds,
          options,
          unique,
          nullsNotDistinct,
          false,
          predicate,
          state,
          Optional.empty());
    }
  }

  /// ALTER INDEX … RENAME TO ….
  record RenameIndex(QualifiedName index, String newName, boolean ifExists) implements DdlCommand {}

  /// ALTER INDEX … SET (…) and RESET (…). Takes effect on files built from now on.
  record SetIndexOptions(QualifiedName index, Map<String, String> set, List<String> reset)
      implements DdlCommand {
    public SetIndexOptions {
      set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
      reset = List.copyOf(reset);
    }
  }

  /// REINDEX: the files of these indexes are built anew.
  record Reindex(List<Long> indexIds, boolean concurrently) implements DdlCommand {
    public Reindex {
      indexIds = List.copyOf(indexIds);
    }
  }

  record DropIndex(List<QualifiedName> indexes, boolean ifExists) implements DdlCommand {
    public DropIndex {
      indexes = List.copyOf(indexes);
    }
  }

  record CreateSequence(SequenceDefinition definition, boolean ifNotExists) implements DdlCommand {}

  /// ALTER SEQUENCE: a sequence with what was changed.
  ///
  /// @param restart the value it starts again with, of RESTART
  record ReplaceSequence(
      SequenceDefinition before, SequenceDefinition after, Optional<Long> restart)
      implements DdlCommand {}

  /// COMMENT ON.
  ///
  /// @param objectId of a table, view, sequence, schema, index or constraint
  /// @param columnId 0: on the object itself
  /// @param text empty: the comment goes
  record Comment(long objectId, int columnId, Optional<String> text) implements DdlCommand {}

  /// ANALYZE: what was found out about a table's rows.
  ///
  /// @param columns the columns that were looked at
  /// @param whole whether those are all that anything is known of
  record StoreStatistics(
      long tableId, TableStatistics.Analysis analysis, List<ColumnProfile> columns, boolean whole)
      implements DdlCommand {
    public StoreStatistics {
      columns = List.copyOf(columns);
    }
  }

  record DropSequence(List<QualifiedName> sequences, boolean ifExists) implements DdlCommand {
    public DropSequence {
      sequences = List.copyOf(sequences);
    }
  }

  /// A name with its schema.
  record QualifiedName(String schema, String name) {}
}
