package quiver.execution.function.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.AclItem;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCatalog;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.security.AclText;
import quiver.common.security.Authority;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;
import quiver.execution.function.SessionContext;

/// `has_…_privilege`, `pg_has_role`, `row_security_active`, `acldefault`, `aclexplode`.
final class PrivilegeFunctions {
  private static final String GRANT_OPTION = " WITH GRANT OPTION";
  private static final long FIRST_USER_OID = CatalogImage.FIRST_USER_ID;

  private PrivilegeFunctions() {}

  static void addTo(FunctionTable table) {
    table
        .all("has_table_privilege", (c, a) -> onRelation(c, a, SecuredKind.TABLE, false))
        .all("has_sequence_privilege", (c, a) -> onRelation(c, a, SecuredKind.SEQUENCE, false))
        .all("has_any_column_privilege", (c, a) -> onRelation(c, a, SecuredKind.TABLE, true))
        .all("has_column_privilege", PrivilegeFunctions::onColumn)
        .all("has_schema_privilege", PrivilegeFunctions::onSchema)
        .all("has_database_privilege", PrivilegeFunctions::onDatabase)
        .all("has_type_privilege", PrivilegeFunctions::onType)
        .all("pg_has_role", PrivilegeFunctions::hasRole)
        .all("row_security_active", PrivilegeFunctions::isRowSecurityActive)
        .all("acldefault", PrivilegeFunctions::defaultAcl);
    // Everybody may call functions and use languages.
    for (String kind : List.of("function", "language")) {
      table.all("has_" + kind + "_privilege", (_, _) -> true);
    }
    for (String kind : List.of("tablespace", "server", "foreign_data_wrapper", "parameter")) {
      table.all("has_" + kind + "_privilege", (c, a) -> authority(c).isSuperuser(role(c, a, 3)));
    }
  }

  private static Authority authority(FunctionContext context) {
    return new Authority(context.session().catalog());
  }

  // ---- arguments

  /// The role a call is about: the first argument if there are `count` of them, else the current.
  private static long role(FunctionContext context, @Nullable Object[] arguments, int count) {
    SessionContext session = context.session();
    if (arguments.length < count) {
      return session
          .catalog()
          .security()
          .role(session.state().user())
          .map(RoleDefinition::id)
          .orElse(-1L);
    }
    return role(session, arguments[0]);
  }

  private static long role(SessionContext session, @Nullable Object argument) {
    if (argument instanceof Long id) {
      return id;
    }
    String name = String.valueOf(argument);
    if (name.equals("public")) {
      return RoleDefinition.PUBLIC_ID;
    }
    return session
        .catalog()
        .security()
        .role(name)
        .map(RoleDefinition::id)
        .orElseThrow(() ->
            new QuiverException(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", name));
  }

  /// Privileges as a call names them.
  private record Wanted(Privilege privilege, boolean grantable) {}

  private static List<Wanted> wanted(@Nullable Object argument, int allowed) {
    List<Wanted> wanted = new ArrayList<>();
    for (String each : String.valueOf(argument).split(",", -1)) {
      String word = each.strip().toUpperCase(Locale.ROOT);
      boolean grantable = word.endsWith(GRANT_OPTION);
      String name = grantable ? word.substring(0, word.length() - GRANT_OPTION.length()) : word;
      wanted.add(
          new Wanted(
              Privilege.byName(name)
                  .filter(privilege -> privilege.isIn(allowed))
                  .orElseThrow(() ->
                      new QuiverException(
                          SqlState.INVALID_PARAMETER_VALUE,
                          "unrecognized privilege type: \"%s\"",
                          each.strip())),
              grantable));
    }
    return wanted;
  }

  private static boolean has(
      FunctionContext context, long role, SecuredKind kind, long id, List<Wanted> wanted) {
    Authority authority = authority(context);
    for (Wanted each : wanted) {
      int bits =
          each.grantable()
              ? authority.grantable(role, kind, id)
              : authority.privileges(role, kind, id);
      if (each.privilege().isIn(bits)) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Long> relation(FunctionContext context, @Nullable Object argument) {
    if (argument instanceof Long id) {
      return Optional.of(id);
    }
    String name = String.valueOf(argument);
    Optional<Long> found = new CatalogNames(context.session()).find(BaseType.REGCLASS, name);
    if (found.isEmpty()) {
      throw new QuiverException(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name);
    }
    return found;
  }

  // ---- relations

  private static @Nullable Object onRelation(
      FunctionContext context, @Nullable Object[] arguments, SecuredKind kind, boolean anyColumn) {
    long role = role(context, arguments, 3);
    int at = arguments.length - 2;
    int allowed = anyColumn ? SecuredKind.ON_COLUMNS : kind.all();
    long id = relation(context, arguments[at]).orElseThrow();
    List<Wanted> wanted = wanted(arguments[at + 1], allowed);
    CatalogObject object = context.session().catalog().object(id).orElse(null);
    if (object == null && id < FIRST_USER_OID) {
      return context.session().systemRelationName(id).isEmpty()
          ? null
          : onSystemRelation(context, role, id, wanted);
    }
    boolean isKnown =
        object instanceof TableDefinition
            || object instanceof ViewDefinition
            || object instanceof SequenceDefinition;
    if (!isKnown) {
      return null;
    }
    if (kind == SecuredKind.SEQUENCE && !(object instanceof SequenceDefinition)) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "\"%s\" is not a sequence",
          new CatalogNames(context.session())
              .relation(id)
              .map(CatalogNames.Relation::name)
              .orElse(""));
    }
    SecuredKind actual =
        object instanceof SequenceDefinition ? SecuredKind.SEQUENCE : SecuredKind.TABLE;
    return has(context, role, actual, id, wanted)
        || (anyColumn && onAnyColumn(context, role, id, wanted));
  }

  private static boolean onAnyColumn(
      FunctionContext context, long role, long id, List<Wanted> wanted) {
    Authority authority = authority(context);
    return wanted.stream().anyMatch(each -> authority.onAnyColumn(role, id, each.privilege()));
  }

  private static boolean onSystemRelation(
      FunctionContext context, long role, long id, List<Wanted> wanted) {
    if (authority(context).isSuperuser(role)) {
      return true;
    }
    String name =
        context
            .session()
            .systemRelationName(id)
            .map(SessionContext.SystemRelationName::name)
            .orElse("");
    return !name.equals("pg_authid")
        && !name.equals("pg_shadow")
        && wanted.stream()
            .anyMatch(each -> each.privilege() == Privilege.SELECT && !each.grantable());
  }

  private static @Nullable Object onColumn(FunctionContext context, @Nullable Object[] arguments) {
    long role = role(context, arguments, 4);
    int at = arguments.length - 3;
    long id = relation(context, arguments[at]).orElseThrow();
    List<Wanted> wanted = wanted(arguments[at + 2], SecuredKind.ON_COLUMNS);
    Optional<TableDefinition> table = context.session().catalog().table(id);
    if (table.isEmpty()) {
      return context.session().systemRelationName(id).isEmpty()
          ? has(context, role, SecuredKind.TABLE, id, wanted)
          : onSystemRelation(context, role, id, wanted);
    }
    Object column = arguments[at + 1];
    int columnId;
    if (column instanceof Long number) {
      columnId = number.intValue();
      if (table.get().columnOfId(columnId).isEmpty()) {
        return null;
      }
    } else {
      String name = String.valueOf(column);
      columnId =
          table
              .get()
              .ordinalOf(name)
              .map(ordinal -> table.get().columns().get(ordinal).id())
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.UNDEFINED_COLUMN,
                      "column \"%s\" of relation \"%s\" does not exist",
                      name,
                      table.get().name()));
    }
    if (has(context, role, SecuredKind.TABLE, id, wanted)) {
      return true;
    }
    Authority authority = authority(context);
    for (Wanted each : wanted) {
      int bits =
          each.grantable()
              ? authority.columnGrantable(role, id, columnId)
              : authority.columnPrivileges(role, id, columnId);
      if (each.privilege().isIn(bits)) {
        return true;
      }
    }
    return false;
  }

  // ---- other objects

  private static @Nullable Object onSchema(FunctionContext context, @Nullable Object[] arguments) {
    long role = role(context, arguments, 3);
    Object named = arguments[arguments.length - 2];
    List<Wanted> wanted = wanted(arguments[arguments.length - 1], SecuredKind.SCHEMA.all());
    Optional<Long> id =
        named instanceof Long oid
            ? Optional.of(oid)
            : new CatalogNames(context.session())
                .find(BaseType.REGNAMESPACE, String.valueOf(named));
    if (id.isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", named);
    }
    CatalogObject object = context.session().catalog().object(id.get()).orElse(null);
    if (object instanceof CatalogImage.SchemaDefinition) {
      return has(context, role, SecuredKind.SCHEMA, id.get(), wanted);
    }
    if (object != null || id.get() >= FIRST_USER_OID) {
      return null;
    }
    return authority(context).isSuperuser(role)
        || wanted.stream()
            .anyMatch(each -> each.privilege() == Privilege.USAGE && !each.grantable());
  }

  private static @Nullable Object onDatabase(
      FunctionContext context, @Nullable Object[] arguments) {
    long role = role(context, arguments, 3);
    Object named = arguments[arguments.length - 2];
    List<Wanted> wanted = wanted(arguments[arguments.length - 1], SecuredKind.DATABASE.all());
    if (named instanceof Long oid && oid != SecurityCatalog.DATABASE_ID) {
      return null;
    }
    if (named instanceof String name
        && !name.equals(context.session().state().database())
        && !name.equals("postgres")) {
      throw new QuiverException(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", name);
    }
    return has(context, role, SecuredKind.DATABASE, SecurityCatalog.DATABASE_ID, wanted);
  }

  private static @Nullable Object onType(FunctionContext context, @Nullable Object[] arguments) {
    long role = role(context, arguments, 3);
    Object named = arguments[arguments.length - 2];
    List<Wanted> wanted = wanted(arguments[arguments.length - 1], SecuredKind.TYPE.all());
    Optional<Long> id =
        named instanceof Long oid
            ? Optional.of(oid)
            : new CatalogNames(context.session()).find(BaseType.REGTYPE, String.valueOf(named));
    if (id.isEmpty()) {
      throw new QuiverException(SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist", named);
    }
    return context.session().catalog().object(id.get()).orElse(null) instanceof TypeDefinition
        ? has(context, role, SecuredKind.TYPE, id.get(), wanted)
        : true;
  }

  private static @Nullable Object hasRole(FunctionContext context, @Nullable Object[] arguments) {
    long role = role(context, arguments, 3);
    long other = role(context.session(), arguments[arguments.length - 2]);
    Authority authority = authority(context);
    for (String each : String.valueOf(arguments[arguments.length - 1]).split(",", -1)) {
      boolean isSo =
          switch (each.strip().toUpperCase(Locale.ROOT)) {
            case "USAGE" -> authority.hasPrivilegesOf(role, other);
            case "MEMBER" -> authority.isMember(role, other);
            case "USAGE WITH ADMIN OPTION",
                "USAGE WITH GRANT OPTION",
                "MEMBER WITH ADMIN OPTION",
                "MEMBER WITH GRANT OPTION" ->
                authority.isAdmin(role, other);
            default ->
                throw new QuiverException(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "unrecognized privilege type: \"%s\"",
                    each.strip());
          };
      if (isSo) {
        return true;
      }
    }
    return false;
  }

  private static Object isRowSecurityActive(FunctionContext context, @Nullable Object[] arguments) {
    long id = relation(context, arguments[0]).orElseThrow();
    return authority(context).seesByPolicy(role(context, arguments, 2), id);
  }

  // ---- aclitem

  private static @Nullable Object defaultAcl(
      FunctionContext context, @Nullable Object[] arguments) {
    char code = String.valueOf(arguments[0]).charAt(0);
    long owner = (Long) SessionFunctions.value(arguments, 1);
    CatalogImage catalog = context.session().catalog();
    return switch (code) {
      case 'c' -> ArrayValue.empty(BaseType.ACLITEM);
      case 's' -> AclText.array(SecuredKind.SEQUENCE.defaultAcl(owner), catalog);
      case 'l' ->
          AclText.array(
              List.of(
                  new AclItem(RoleDefinition.PUBLIC_ID, owner, Privilege.USAGE.bit(), 0),
                  new AclItem(owner, owner, Privilege.USAGE.bit(), 0)),
              catalog);
      case 'F', 'S' ->
          AclText.array(List.of(new AclItem(owner, owner, Privilege.USAGE.bit(), 0)), catalog);
      case 't' ->
          AclText.array(List.of(new AclItem(owner, owner, Privilege.CREATE.bit(), 0)), catalog);
      default ->
          AclText.array(
              Arrays.stream(SecuredKind.values())
                  .filter(kind -> kind != SecuredKind.SEQUENCE && kind.code() == code)
                  .findFirst()
                  .orElseThrow(() ->
                      new QuiverException(
                          SqlState.INVALID_PARAMETER_VALUE,
                          "unrecognized object type abbreviation: %s",
                          code))
                  .defaultAcl(owner),
              catalog);
    };
  }
}
