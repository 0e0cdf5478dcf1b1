package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;

/// CREATE and ALTER of types and domains.
public sealed interface TypeStatement {
  record CreateEnum(SqlIdentifier name, List<String> labels) implements TypeStatement {
    public CreateEnum {
      labels = List.copyOf(labels);
    }
  }

  /// CREATE TYPE … AS (…).
  record CreateComposite(SqlIdentifier name, List<Attribute> attributes) implements TypeStatement {
    public CreateComposite {
      attributes = List.copyOf(attributes);
    }
  }

  /// A field of a composite type.
  ///
  /// @param collation null without COLLATE
  record Attribute(String name, TypeName type, @Nullable SqlIdentifier collation) {}

  /// @param collation null without COLLATE
  record CreateDomain(
      SqlIdentifier name,
      TypeName type,
      @Nullable SqlIdentifier collation,
      List<Constraint> constraints)
      implements TypeStatement {
    public CreateDomain {
      constraints = List.copyOf(constraints);
    }
  }

  /// Another kind of type, or something types cannot do here.
  record Unsupported(String what) implements TypeStatement {}

  /// ALTER TYPE or ALTER DOMAIN.
  record Alter(boolean domain, SqlIdentifier name, Action action) implements TypeStatement {}

  /// What an ALTER does.
  sealed interface Action {}

  /// @param neighbor the label the new one goes beside; null: it is the last one
  record AddValue(String label, boolean ifNotExists, @Nullable String neighbor, boolean after)
      implements Action {}

  record RenameValue(String label, String newLabel) implements Action {}

  record Rename(String newName) implements Action {}

  /// ADD, DROP, ALTER and RENAME ATTRIBUTE.
  record ChangeAttributes(List<AttributeChange> changes) implements Action {
    public ChangeAttributes {
      changes = List.copyOf(changes);
    }
  }

  /// A change of one field of a composite type.
  sealed interface AttributeChange {}

  record AddAttribute(Attribute attribute) implements AttributeChange {}

  record DropAttribute(String name, boolean ifExists) implements AttributeChange {}

  record AlterAttribute(Attribute attribute) implements AttributeChange {}

  record RenameAttribute(String name, String newName) implements AttributeChange {}

  record SetSchema(String schema) implements Action {}

  record OwnerTo(String role) implements Action {}

  /// `SET DEFAULT expression`; null for DROP DEFAULT.
  record SetDefault(@Nullable SqlNode expression) implements Action {}

  record SetNotNull(boolean notNull) implements Action {}

  record AddConstraint(Constraint constraint, boolean notValid) implements Action {}

  record DropConstraint(String constraint, boolean ifExists) implements Action {}

  record ValidateConstraint(String constraint) implements Action {}

  record RenameConstraint(String constraint, String newName) implements Action {}
}
