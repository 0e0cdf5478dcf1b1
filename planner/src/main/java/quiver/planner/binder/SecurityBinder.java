package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.SecurityCommand.ColumnPrivileges;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.AlterAction;
import quiver.planner.parser.node.SecurityStatement;
import quiver.planner.parser.node.Statement;

/// GRANT, REVOKE, owners, default privileges: names become objects, words privileges.
final class SecurityBinder {
  private final Binding binding;
  private final CatalogImage catalog;
  private final RelationNames names;

  SecurityBinder(Binding binding) {
    this.binding = binding;
    this.catalog = binding.context().catalog();
    this.names = new RelationNames(binding.context());
  }

  BoundStatement bind(SecurityStatement statement) {
    return switch (statement) {
      case SecurityStatement.Grant grant ->
          RoleBinder.ddl(grant(grant), grant.isGrant() ? "GRANT" : "REVOKE");
      case SecurityStatement.GrantRoles grant ->
          RoleBinder.ddl(
              new SecurityCommand.GrantRoles(
                  grant.isGrant(),
                  grant.adminOption(),
                  grant.roles(),
                  grant.members(),
                  Optional.ofNullable(grant.grantedBy()),
                  grant.cascade()),
              grant.isGrant() ? "GRANT ROLE" : "REVOKE ROLE");
      case SecurityStatement.DefaultPrivileges defaults -> defaults(defaults);
      case SecurityStatement.ReassignOwned(List<String> roles, String to) ->
          RoleBinder.ddl(new SecurityCommand.ReassignOwned(roles, to), "REASSIGN OWNED");
      case SecurityStatement.DropOwned(List<String> roles, boolean cascade) ->
          RoleBinder.ddl(new SecurityCommand.DropOwned(roles, cascade), "DROP OWNED");
      case SecurityStatement.RenameRole(String name, String newName) ->
          RoleBinder.rename(name, newName);
      case SecurityStatement.SetRoleSetting(String role, String setting, var values) ->
          RoleBinder.setting(role, setting, values);
      case SecurityStatement.DatabaseOwner(SqlIdentifier database, String owner) ->
          owner(SecuredKind.DATABASE, database(database), owner, "ALTER DATABASE");
      case SecurityStatement.CreatePolicy create -> new PolicyBinder(binding).create(create);
      case SecurityStatement.AlterPolicy alter -> new PolicyBinder(binding).alter(alter);
      case SecurityStatement.DropPolicy drop -> new PolicyBinder(binding).drop(drop);
    };
  }

  // ---- ALTER … OWNER TO, ROW LEVEL SECURITY

  /// Whether an ALTER is about who owns an object or row security, and nothing else.
  static boolean isAbout(Statement.Alter alter) {
    return alter.actions().size() == 1
        && (alter.actions().getFirst() instanceof AlterAction.OwnerTo
            || alter.actions().getFirst() instanceof AlterAction.RowSecurity);
  }

  BoundStatement alter(Statement.Alter alter) {
    String kind = alter.kind().name().replace('_', ' ');
    Optional<CatalogObject> object =
        alter.kind() == Statement.ObjectKind.SCHEMA
            ? catalog.schema(alter.name().getSimple()).map(CatalogObject.class::cast)
            : relation(alter.name());
    if (object.isEmpty()) {
      if (alter.ifExists()) {
        return new BoundStatement.Session(
            new quiver.common.plan.SessionCommand.NoOperation(
                "ALTER " + kind,
                Optional.of(
                    "relation \""
                        + names.qualified(alter.name())
                        + "\" does not exist, skipping")));
      }
      throw alter.kind() == Statement.ObjectKind.SCHEMA
          ? missingSchema(alter.name().getSimple())
          : new QuiverException(
              SqlState.UNDEFINED_TABLE,
              "relation \"%s\" does not exist",
              names.qualified(alter.name()));
    }
    return switch (alter.actions().getFirst()) {
      case AlterAction.OwnerTo(String role) ->
          owner(kind(object.get()), object.get().id(), role, "ALTER " + kind);
      case AlterAction.RowSecurity(Boolean isOn, Boolean isForced) ->
          RoleBinder.ddl(
              new SecurityCommand.SetRowSecurity(
                  object.get().id(), Optional.ofNullable(isOn), Optional.ofNullable(isForced)),
              "ALTER TABLE");
      default -> throw new IllegalArgumentException("not about security");
    };
  }

  private static SecuredKind kind(CatalogObject object) {
    return switch (object) {
      case SequenceDefinition _ -> SecuredKind.SEQUENCE;
      case SchemaDefinition _ -> SecuredKind.SCHEMA;
      case TypeDefinition _ -> SecuredKind.TYPE;
      default -> SecuredKind.TABLE;
    };
  }

  private static BoundStatement owner(SecuredKind kind, long objectId, String role, String tag) {
    return RoleBinder.ddl(new SecurityCommand.SetOwner(kind, objectId, role), tag);
  }

  // ---- names

  /// The table, view or sequence a name means.
  private Optional<CatalogObject> relation(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    String schema = name.schema();
    List<String> schemas = binding.context().schemas(schema);
    for (String candidate : schemas) {
      Optional<CatalogObject> found = catalog.relation(candidate, name.name());
      if (found.isPresent()) {
        return found;
      }
    }
    if (names.find(name).isPresent()) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "permission denied: \"%s\" is a system catalog",
          name.name());
    }
    return Optional.empty();
  }

  private CatalogObject requireRelation(SqlIdentifier identifier) {
    return relation(identifier)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_TABLE,
                "relation \"%s\" does not exist",
                names.qualified(identifier)));
  }

  private long database(SqlIdentifier identifier) {
    String name = identifier.getSimple();
    if (!name.equals(binding.context().database())) {
      throw new QuiverException(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", name);
    }
    return SecurityCatalog.DATABASE_ID;
  }

  private static QuiverException missingSchema(String name) {
    return new QuiverException(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
  }

  private SchemaDefinition schema(SqlIdentifier identifier) {
    return catalog
        .schema(identifier.getSimple())
        .orElseThrow(() -> missingSchema(identifier.getSimple()));
  }

  private long type(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    String schema = name.schema();
    List<String> schemas = binding.context().schemas(schema);
    for (String candidate : schemas) {
      Optional<TypeDefinition> found = catalog.type(candidate, name.name());
      if (found.isPresent()) {
        return found.get().id();
      }
    }
    throw new QuiverException(SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist", name);
  }

  // ---- GRANT

  private SecurityCommand.Grant grant(SecurityStatement.Grant grant) {
    SecuredKind kind = kind(grant);
    return bound(grant, kind, objects(grant, kind));
  }

  private SecurityCommand.Grant bound(
      SecurityStatement.Grant grant, SecuredKind kind, List<Long> objects) {
    boolean all = grant.privileges().stream().anyMatch(privilege -> privilege.name() == null);
    List<ColumnPrivileges> privileges = new ArrayList<>();
    for (SecurityStatement.Privilege privilege : grant.privileges()) {
      privileges.add(privilege(privilege, kind));
    }
    return new SecurityCommand.Grant(
        grant.isGrant(),
        grant.grantOption(),
        all,
        merged(privileges),
        kind,
        objects,
        grant.grantees(),
        Optional.ofNullable(grant.grantedBy()),
        grant.cascade());
  }

  /// What is about whole objects as one: it is granted, and warned of, together.
  private static List<ColumnPrivileges> merged(List<ColumnPrivileges> privileges) {
    int onObject = 0;
    List<ColumnPrivileges> merged = new ArrayList<>();
    boolean any = false;
    for (ColumnPrivileges each : privileges) {
      if (each.columns().isEmpty()) {
        onObject |= each.privileges();
        any = true;
      } else {
        merged.add(each);
      }
    }
    if (any) {
      merged.addFirst(new ColumnPrivileges(onObject, List.of()));
    }
    return merged;
  }

  private static SecuredKind kind(SecurityStatement.Grant grant) {
    return switch (grant.target()) {
      case TABLE, ALL_TABLES -> SecuredKind.TABLE;
      case SEQUENCE, ALL_SEQUENCES -> SecuredKind.SEQUENCE;
      case SCHEMA -> SecuredKind.SCHEMA;
      case DATABASE -> SecuredKind.DATABASE;
      case TYPE, DOMAIN -> SecuredKind.TYPE;
      case FUNCTION, OTHER ->
          throw DefinitionBinder.unsupported(
              (grant.isGrant() ? "GRANT" : "REVOKE") + " ON " + grant.what() + " is");
    };
  }

  private List<Long> objects(SecurityStatement.Grant grant, SecuredKind kind) {
    List<Long> ids = new ArrayList<>();
    for (SqlIdentifier name : grant.names()) {
      switch (grant.target()) {
        case ALL_TABLES, ALL_SEQUENCES -> ids.addAll(allIn(schema(name).name(), kind));
        case SCHEMA -> ids.add(schema(name).id());
        case DATABASE -> ids.add(database(name));
        case TYPE, DOMAIN -> ids.add(type(name));
        case SEQUENCE -> {
          CatalogObject object = requireRelation(name);
          if (!(object instanceof SequenceDefinition)) {
            throw new QuiverException(
                SqlState.WRONG_OBJECT_TYPE,
                "\"%s\" is not a sequence",
                names.qualified(name).name());
          }
          ids.add(object.id());
        }
        case TABLE -> ids.add(requireRelation(name).id());
        case FUNCTION, OTHER -> throw new IllegalStateException("refused before");
      }
    }
    return ids;
  }

  private List<Long> allIn(String schema, SecuredKind kind) {
    List<Long> ids = new ArrayList<>();
    if (kind == SecuredKind.SEQUENCE) {
      catalog.sequences().stream()
          .filter(sequence -> sequence.schema().equals(schema))
          .forEach(sequence -> ids.add(sequence.id()));
    } else {
      catalog.tables().stream()
          .filter(table -> table.schema().equals(schema))
          .forEach(table -> ids.add(table.id()));
      catalog.views().stream()
          .filter(view -> view.schema().equals(schema))
          .forEach(view -> ids.add(view.id()));
    }
    return ids;
  }

  private static ColumnPrivileges privilege(
      SecurityStatement.Privilege privilege, SecuredKind kind) {
    List<String> columns = privilege.columns().stream().map(SqlIdentifier::getSimple).toList();
    String name = privilege.name();
    if (!columns.isEmpty() && kind != SecuredKind.TABLE) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION, "column privileges are only valid for relations");
    }
    if (name == null) {
      return new ColumnPrivileges(columns.isEmpty() ? kind.all() : SecuredKind.ON_COLUMNS, columns);
    }
    String word = name.toUpperCase(Locale.ROOT);
    Privilege known =
        Privilege.byName(word)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.SYNTAX_ERROR, "unrecognized privilege type \"%s\"", name));
    int allowed =
        columns.isEmpty()
            ? kind == SecuredKind.TABLE ? kind.all() | SecuredKind.SEQUENCE.all() : kind.all()
            : SecuredKind.ON_COLUMNS;
    if (!known.isIn(allowed)) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION,
          "invalid privilege type %s for %s",
          known.name(),
          columns.isEmpty() ? kind.privilegeWord() : "column");
    }
    return new ColumnPrivileges(known.bit(), columns);
  }

  private BoundStatement defaults(SecurityStatement.DefaultPrivileges defaults) {
    SecurityStatement.Grant grant = defaults.grant();
    SecuredKind kind =
        grant.target() == SecurityStatement.Target.FUNCTION ? SecuredKind.FUNCTION : kind(grant);
    if (kind == SecuredKind.SCHEMA && !defaults.schemas().isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_GRANT_OPERATION,
          "cannot use IN SCHEMA clause when using GRANT/REVOKE ON SCHEMAS");
    }
    return RoleBinder.ddl(
        new SecurityCommand.AlterDefaults(
            defaults.roles(), defaults.schemas(), bound(grant, kind, List.of())),
        "ALTER DEFAULT PRIVILEGES");
  }
}
