package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// One action of ALTER TABLE, ALTER INDEX, ALTER VIEW or ALTER SEQUENCE.
public sealed interface AlterAction {
  record AddColumn(TableElement.Column column, boolean ifNotExists) implements AlterAction {}

  record DropColumn(SqlIdentifier column, boolean ifExists, boolean cascade)
      implements AlterAction {}

  /// `ALTER COLUMN c TYPE type [COLLATE …] [USING expression]`.
  record SetType(
      SqlIdentifier column,
      TypeName type,
      @Nullable SqlIdentifier collation,
      @Nullable SqlNode using)
      implements AlterAction {}

  /// `SET DEFAULT expression`; null for DROP DEFAULT.
  record SetDefault(SqlIdentifier column, @Nullable SqlNode expression) implements AlterAction {}

  /// `SET NOT NULL` or `DROP NOT NULL`.
  record SetNotNull(SqlIdentifier column, boolean notNull) implements AlterAction {}

  /// `SET STATISTICS n`.
  record SetStatistics(SqlIdentifier column, String target) implements AlterAction {}

  /// `SET STORAGE word`.
  record SetStorage(SqlIdentifier column, String storage) implements AlterAction {}

  record AddIdentity(SqlIdentifier column, Constraint.Identity identity) implements AlterAction {}

  /// `SET GENERATED …`, `SET` options of the sequence, RESTART.
  ///
  /// @param always null: as it is
  record ChangeIdentity(
      SqlIdentifier column, @Nullable Boolean always, List<SequenceOption> options)
      implements AlterAction {
    public ChangeIdentity {
      options = List.copyOf(options);
    }
  }

  record DropIdentity(SqlIdentifier column, boolean ifExists) implements AlterAction {}

  record DropExpression(SqlIdentifier column, boolean ifExists) implements AlterAction {}

  record AddConstraint(Constraint constraint) implements AlterAction {}

  record DropConstraint(SqlIdentifier constraint, boolean ifExists, boolean cascade)
      implements AlterAction {}

  /// `ALTER CONSTRAINT name DEFERRABLE …`: what counts is the name and when it is checked.
  record AlterConstraint(Constraint constraint) implements AlterAction {}

  record ValidateConstraint(SqlIdentifier constraint) implements AlterAction {}

  /// `SET (options)`.
  record SetOptions(List<Option> options) implements AlterAction {
    public SetOptions {
      options = List.copyOf(options);
    }
  }

  /// `RESET (options)`.
  record ResetOptions(List<Option> options) implements AlterAction {
    public ResetOptions {
      options = List.copyOf(options);
    }
  }

  record OwnerTo(String role) implements AlterAction {}

  /// `ENABLE`, `DISABLE`, `FORCE` and `NO FORCE ROW LEVEL SECURITY`; null: as it is.
  record RowSecurity(@Nullable Boolean isOn, @Nullable Boolean isForced) implements AlterAction {}

  record SetSchema(SqlIdentifier schema) implements AlterAction {}

  record SetTablespace(SqlIdentifier tablespace) implements AlterAction {}

  /// `SET LOGGED` or `SET UNLOGGED`.
  record SetLogged(boolean logged) implements AlterAction {}

  record RenameTo(SqlIdentifier name) implements AlterAction {}

  record RenameColumn(SqlIdentifier column, SqlIdentifier name) implements AlterAction {}

  record RenameConstraint(SqlIdentifier constraint, SqlIdentifier name) implements AlterAction {}

  /// Options of ALTER SEQUENCE.
  record SequenceOptions(List<SequenceOption> options) implements AlterAction {
    public SequenceOptions {
      options = List.copyOf(options);
    }
  }

  /// An action the grammar knows and Quiver has no notion of, such as `DISABLE TRIGGER`.
  record Other(String text) implements AlterAction {}
}
