package quiver.planner.binder;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.AlterAction;

/// Actions of ALTER TABLE as messages call them.
final class AlterPhrases {
  private AlterPhrases() {}

  static String of(AlterAction action) {
    return switch (action) {
      case AlterAction.AddColumn _ -> "ADD COLUMN";
      case AlterAction.DropColumn _ -> "DROP COLUMN";
      case AlterAction.SetType _ -> "ALTER COLUMN ... SET DATA TYPE";
      case AlterAction.SetDefault _ -> "ALTER COLUMN ... SET DEFAULT";
      case AlterAction.SetNotNull(_, boolean notNull) ->
          notNull ? "ALTER COLUMN ... SET NOT NULL" : "ALTER COLUMN ... DROP NOT NULL";
      case AlterAction.SetStatistics _ -> "ALTER COLUMN ... SET STATISTICS";
      case AlterAction.SetStorage _ -> "ALTER COLUMN ... SET STORAGE";
      case AlterAction.AddIdentity _ -> "ALTER COLUMN ... ADD IDENTITY";
      case AlterAction.ChangeIdentity _ -> "ALTER COLUMN ... SET";
      case AlterAction.DropIdentity _ -> "ALTER COLUMN ... DROP IDENTITY";
      case AlterAction.DropExpression _ -> "ALTER COLUMN ... DROP EXPRESSION";
      case AlterAction.AddConstraint _ -> "ADD CONSTRAINT";
      case AlterAction.DropConstraint _ -> "DROP CONSTRAINT";
      case AlterAction.AlterConstraint _ -> "ALTER CONSTRAINT";
      case AlterAction.ValidateConstraint _ -> "VALIDATE CONSTRAINT";
      case AlterAction.SetOptions _ -> "SET";
      case AlterAction.ResetOptions _ -> "RESET";
      case AlterAction.OwnerTo _ -> "OWNER TO";
      case AlterAction.RowSecurity _ -> "ROW SECURITY";
      case AlterAction.SetSchema _ -> "SET SCHEMA";
      case AlterAction.SetTablespace _ -> "SET TABLESPACE";
      case AlterAction.SetLogged(boolean logged) -> logged ? "SET LOGGED" : "SET UNLOGGED";
      case AlterAction.RenameTo _ -> "RENAME";
      case AlterAction.RenameColumn _ -> "RENAME COLUMN";
      case AlterAction.RenameConstraint _ -> "RENAME CONSTRAINT";
      case AlterAction.SequenceOptions _ -> "SET";
      case AlterAction.Other(String text) -> text;
    };
  }

  /// The error for an action that a kind of relation does not have.
  ///
  /// @param kinds for example `views`
  static QuiverException notFor(String kinds, AlterAction action, String relation) {
    return new QuiverException(
            SqlState.WRONG_OBJECT_TYPE,
            "ALTER action %s cannot be performed on relation \"%s\"",
            of(action),
            relation)
        .withDetail("This operation is not supported for " + kinds + ".");
  }
}
