package quiver.execution.function.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowTypes;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.TypeLookup;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.execution.function.SessionContext;
import quiver.execution.function.SessionContext.SystemRelationName;
import quiver.execution.function.search.Language;

/// Names of objects and their OIDs, as the session's search path resolves them. Source: PostgreSQL
/// 15, section 8.19.
public final class CatalogNames {
  private static final String SYSTEM_SCHEMA = "pg_catalog";
  private static final int FIRST_USER_OID = 16_384;
  private static final long PG_CATALOG_OID = 11;
  private static final long INFORMATION_SCHEMA_OID = 13_207;

  private final SessionContext session;
  private final CatalogImage catalog;
  private final FunctionRegistry functions = FunctionRegistry.standard();

  public CatalogNames(SessionContext session) {
    this.session = session;
    this.catalog = session.catalog();
  }

  /// A relation of any kind.
  record Relation(long oid, String schema, String name) {}

  /// The text form of an OID of one of the `reg…` types; empty when no such object exists.
  public Optional<String> nameOf(BaseType type, long oid) {
    return switch (type) {
      case REGCLASS ->
          relation(oid).map(found -> qualified(found.schema(), found.name(), isVisible(found)));
      case REGTYPE -> catalog.sqlType(oid).map(this::typeName);
      case REGNAMESPACE -> schemaName(oid).map(DefinitionText::identifier);
      case REGROLE -> roleName(oid).map(DefinitionText::identifier);
      case REGPROC -> functions.functionByOid((int) oid).map(this::procedureName);
      case REGPROCEDURE -> functions.functionByOid((int) oid).map(CatalogNames::signature);
      case REGOPER -> functions.operatorByOid((int) oid).map(this::operatorName);
      case REGOPERATOR -> functions.operatorByOid((int) oid).map(CatalogNames::signature);
      case REGCOLLATION -> collationName(oid);
      case REGCONFIG -> Language.ofConfiguration(oid).map(Language::configurationName);
      case REGDICTIONARY -> Language.ofDictionary(oid).map(Language::dictionaryName);
      default -> Optional.empty();
    };
  }

  /// A type without modifier, with its schema where the name alone does not find it.
  String typeName(SqlType type) {
    return isVisible(type)
        ? type.sqlName()
        : DefinitionText.identifier(type.user().path().getFirst()) + "." + type.sqlName();
  }

  private boolean isVisible(SqlType type) {
    return type.isBuiltIn()
        || types()
            .user(Optional.empty(), type.user().path().getLast())
            .filter(found -> found.user().definitionOid() == type.user().definitionOid())
            .isPresent();
  }

  private TypeLookup types() {
    return new TypeLookup(catalog, session.state().searchPath());
  }

  /// Whether the name of a type is enough to find it; empty if there is no such type.
  Optional<Boolean> isTypeVisible(long oid) {
    return catalog.sqlType(oid).map(this::isVisible);
  }

  /// The OID of the object a name stands for; a number stands for itself.
  ///
  /// @throws QuiverException in PostgreSQL's words when there is none
  public long oidOf(BaseType type, String text) {
    if (text.equals("-")) {
      return 0;
    }
    if (!text.isEmpty()
        && text.chars().allMatch(c -> c >= '0' && c <= '9')
        && text.length() <= 10) {
      return Long.parseLong(text);
    }
    List<Long> found = matches(type, text);
    if (found.size() > 1) {
      throw new QuiverException(
          SqlState.AMBIGUOUS_FUNCTION,
          type == BaseType.REGOPER
              ? "more than one operator named %s"
              : "more than one function named \"%s\"",
          text);
    }
    return found.stream().findFirst().orElseThrow(() -> unknown(type, text));
  }

  /// As [#oidOf], without an error for a name that is unknown or means several objects:
  /// `to_regclass` and the like.
  Optional<Long> find(BaseType type, String text) {
    List<Long> found = matches(type, text);
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  private List<Long> matches(BaseType type, String text) {
    return switch (type) {
      case REGCLASS -> relation(split(text)).map(Relation::oid).stream().toList();
      case REGTYPE -> typeOid(text).stream().toList();
      case REGNAMESPACE -> schemaOid(single(text)).stream().toList();
      case REGROLE -> roleOid(single(text)).stream().toList();
      case REGPROC -> procedures(split(text)).stream().map(found -> (long) found.oid()).toList();
      case REGPROCEDURE ->
          procedures(split(beforeArguments(text))).stream()
              .filter(found -> oids(found.declaredArguments()).equals(argumentTypes(text)))
              .map(found -> (long) found.oid())
              .toList();
      case REGOPER -> operators(text).map(found -> (long) found.oid()).toList();
      case REGOPERATOR ->
          operators(beforeArguments(text))
              .filter(found -> operandTypes(found).equals(argumentTypes(text)))
              .map(found -> (long) found.oid())
              .toList();
      case REGCONFIG ->
          Language.ofConfiguration(split(text).getLast())
              .map(found -> (long) found.configurationOid())
              .stream()
              .toList();
      case REGDICTIONARY ->
          Language.ofDictionary(split(text).getLast())
              .map(found -> (long) found.dictionaryOid())
              .stream()
              .toList();
      case REGCOLLATION ->
          switch (split(text).getLast()) {
            case "default" -> List.of(100L);
            case "C" -> List.of(950L);
            case "POSIX" -> List.of(951L);
            default -> List.of();
          };
      default -> List.of();
    };
  }

  /// The functions of a name, internal ones included.
  private List<FunctionSignature> procedures(List<String> parts) {
    String name = parts.getLast();
    List<FunctionSignature> found = new ArrayList<>(functions.functions(name));
    functions.internals().stream()
        .filter(internal -> internal.name().equals(name))
        .forEach(found::add);
    if (parts.size() > 1) {
      String schema = parts.get(parts.size() - 2);
      found.removeIf(function -> !schemaOf(function.oid()).equals(schema));
    }
    return found;
  }

  /// Functions, operators and types of the extension are in `public`.
  static String schemaOf(int oid) {
    return oid >= FIRST_USER_OID ? "public" : SYSTEM_SCHEMA;
  }

  /// Qualified unless the bare name means this function only.
  private String procedureName(FunctionSignature function) {
    return qualified(
        schemaOf(function.oid()),
        function.name(),
        procedures(List.of(function.name())).size() == 1);
  }

  private String operatorName(OperatorSignature operator) {
    boolean alone = functions.operators(operator.symbol()).size() == 1;
    return (alone ? "" : schemaOf(operator.oid()) + ".") + operator.symbol();
  }

  /// `=` or `pg_catalog.=`.
  private Stream<OperatorSignature> operators(String text) {
    int dot = text.indexOf('.');
    String symbol = text.substring(dot + 1).strip();
    String schema = dot < 0 ? "" : split(text.substring(0, dot)).getLast();
    return functions.operators(symbol).stream()
        .filter(found -> schema.isEmpty() || schemaOf(found.oid()).equals(schema));
  }

  private static List<Long> operandTypes(OperatorSignature operator) {
    List<Long> types = new ArrayList<>();
    types.add(operator.left().map(left -> Integer.toUnsignedLong(left.oid())).orElse(0L));
    types.add(Integer.toUnsignedLong(operator.right().oid()));
    return types;
  }

  private static List<Long> oids(List<SqlType> types) {
    return types.stream().map(type -> Integer.toUnsignedLong(type.oid())).toList();
  }

  /// `abs` of `abs(int)`.
  private static String beforeArguments(String text) {
    int open = text.indexOf('(');
    if (open < 0) {
      throw new QuiverException(
          SqlState.INVALID_TEXT_REPRESENTATION, "expected a left parenthesis");
    }
    if (!text.endsWith(")")) {
      throw new QuiverException(
          SqlState.INVALID_TEXT_REPRESENTATION, "expected a right parenthesis");
    }
    return text.substring(0, open).strip();
  }

  /// The OIDs of the types in `abs(int)`, which may be written in any of their names; 0 for NONE.
  private List<Long> argumentTypes(String text) {
    String list = text.substring(text.indexOf('(') + 1, text.length() - 1).strip();
    List<Long> types = new ArrayList<>();
    if (!list.isEmpty()) {
      for (String type : list.split(",", -1)) {
        String name = type.strip();
        types.add(name.equalsIgnoreCase("none") ? 0L : oidOf(BaseType.REGTYPE, name));
      }
    }
    return types;
  }

  private QuiverException unknown(BaseType type, String text) {
    return switch (type) {
      case REGCLASS -> {
        List<String> parts = split(text);
        yield parts.size() == 2 && schemaOid(parts.getFirst()).isEmpty()
            ? unknown(BaseType.REGNAMESPACE, parts.getFirst())
            : new QuiverException(
                SqlState.UNDEFINED_TABLE,
                "relation \"%s\" does not exist",
                String.join(".", parts));
      }
      case REGTYPE ->
          new QuiverException(SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist", text);
      case REGNAMESPACE ->
          new QuiverException(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", text);
      case REGROLE ->
          new QuiverException(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", text);
      case REGCONFIG ->
          new QuiverException(
              SqlState.UNDEFINED_OBJECT, "text search configuration \"%s\" does not exist", text);
      case REGDICTIONARY ->
          new QuiverException(
              SqlState.UNDEFINED_OBJECT, "text search dictionary \"%s\" does not exist", text);
      case REGOPER, REGOPERATOR ->
          new QuiverException(SqlState.UNDEFINED_FUNCTION, "operator does not exist: %s", text);
      case REGCOLLATION ->
          new QuiverException(
              SqlState.UNDEFINED_OBJECT,
              "collation \"%s\" for encoding \"UTF8\" does not exist",
              text);
      default ->
          new QuiverException(SqlState.UNDEFINED_FUNCTION, "function \"%s\" does not exist", text);
    };
  }

  private Optional<Long> typeOid(String text) {
    String bare = text.strip();
    boolean array = bare.endsWith("[]");
    if (array) {
      bare = bare.substring(0, bare.length() - 2).strip();
    }
    int parenthesis = bare.indexOf('(');
    if (parenthesis > 0) {
      bare = bare.substring(0, parenthesis).strip();
    }
    List<String> parts = split(bare);
    Optional<String> schema = parts.size() > 1 ? Optional.of(parts.getFirst()) : Optional.empty();
    try {
      return Optional.of(
          Integer.toUnsignedLong(
              types().resolve(schema, parts.getLast(), List.of(), array ? 1 : 0).declaredOid()));
    } catch (QuiverException e) {
      if (e.state() == SqlState.UNDEFINED_OBJECT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static String single(String text) {
    List<String> parts = split(text);
    if (parts.size() != 1) {
      throw new QuiverException(SqlState.INVALID_NAME, "invalid name syntax");
    }
    return parts.getFirst();
  }

  /// `a."B c".d` as its parts, unquoted ones in lower case.
  static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
          part.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == '.' && !quoted) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(quoted ? c : Character.toLowerCase(c));
      }
    }
    if (quoted) {
      throw new QuiverException(SqlState.INVALID_NAME, "invalid name syntax");
    }
    parts.add(part.toString().strip());
    return parts;
  }

  private static String qualified(String schema, String name, boolean visible) {
    return visible
        ? DefinitionText.identifier(name)
        : DefinitionText.identifier(schema) + "." + DefinitionText.identifier(name);
  }

  private static Optional<String> collationName(long oid) {
    return switch ((int) oid) {
      case 100 -> Optional.of("\"default\"");
      case 950 -> Optional.of("\"C\"");
      case 951 -> Optional.of("\"POSIX\"");
      default -> Optional.empty();
    };
  }

  /// `abs(integer)`.
  static String signature(FunctionSignature function) {
    return DefinitionText.identifier(function.name())
        + "("
        + String.join(
            ",", function.declaredArguments().stream().map(TypeNames::formatType).toList())
        + ")";
  }

  private static String signature(OperatorSignature operator) {
    return operator.symbol()
        + "("
        + operator.left().map(TypeNames::formatType).orElse("NONE")
        + ","
        + TypeNames.formatType(operator.right())
        + ")";
  }

  /// The schemas unqualified names are searched in, in order, `pg_catalog` first unless named.
  List<String> searchPath() {
    List<String> given = session.state().searchPath();
    List<String> path = new ArrayList<>(session.state().relationPath());
    if (!given.contains(SYSTEM_SCHEMA)) {
      // What is temporary hides what the system has, if nobody has said otherwise.
      path.add(path.size() - given.size(), SYSTEM_SCHEMA);
    }
    return path;
  }

  /// The schemas of the search path that exist.
  List<String> currentSchemas(boolean withImplicit) {
    List<String> path = withImplicit ? searchPath() : session.state().searchPath();
    return path.stream().filter(name -> schemaOid(name).isPresent()).toList();
  }

  private Optional<Relation> relation(List<String> parts) {
    if (parts.size() > 1) {
      String schema = parts.get(parts.size() - 2);
      String mine = session.state().temporarySchema();
      return relation(schema.equals("pg_temp") ? mine : schema, parts.getLast());
    }
    for (String schema : searchPath()) {
      Optional<Relation> found = relation(schema, parts.getFirst());
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private Optional<Relation> relation(String schema, String name) {
    Optional<TableDefinition> table = catalog.table(schema, name);
    if (table.isPresent()) {
      return Optional.of(new Relation(table.get().id(), schema, name));
    }
    Optional<CatalogObject> other = catalog.relation(schema, name);
    if (other.isPresent()) {
      return Optional.of(new Relation(other.get().id(), schema, name));
    }
    for (TableDefinition each : catalog.tables()) {
      for (IndexDefinition index : each.indexes()) {
        if (each.schema().equals(schema) && index.name().equals(name)) {
          return Optional.of(new Relation(index.id(), schema, name));
        }
      }
    }
    Optional<TypeDefinition> type = catalog.type(schema, name).filter(TypeDefinition::isComposite);
    if (type.isPresent()) {
      return Optional.of(new Relation(RowTypes.companionOf(type.get().id()), schema, name));
    }
    return session.systemRelationOid(schema, name).map(oid -> new Relation(oid, schema, name));
  }

  /// A relation by OID.
  Optional<Relation> relation(long oid) {
    Optional<TableDefinition> table = catalog.table(oid);
    if (table.isPresent()) {
      return Optional.of(new Relation(oid, table.get().schema(), table.get().name()));
    }
    Optional<SequenceDefinition> sequence = catalog.sequence(oid);
    if (sequence.isPresent()) {
      return Optional.of(new Relation(oid, sequence.get().schema(), sequence.get().name()));
    }
    Optional<ViewDefinition> view = catalog.view(oid);
    if (view.isPresent()) {
      return Optional.of(new Relation(oid, view.get().schema(), view.get().name()));
    }
    Optional<TypeDefinition> type = RowTypes.originOf(oid).flatMap(catalog::type);
    if (type.isPresent()) {
      return Optional.of(new Relation(oid, type.get().schema(), type.get().name()));
    }
    for (TableDefinition other : catalog.tables()) {
      for (IndexDefinition index : other.indexes()) {
        if (index.id() == oid) {
          return Optional.of(new Relation(oid, other.schema(), index.name()));
        }
      }
    }
    Optional<SystemRelationName> system = session.systemRelationName(oid);
    return system.map(name -> new Relation(oid, name.schema(), name.name()));
  }

  /// Whether the unqualified name finds this relation.
  boolean isVisible(Relation relation) {
    return relation(List.of(relation.name()))
        .map(found -> found.oid() == relation.oid())
        .orElse(false);
  }

  Optional<Long> schemaOid(String name) {
    return switch (name) {
      case SYSTEM_SCHEMA -> Optional.of(PG_CATALOG_OID);
      case "information_schema" -> Optional.of(INFORMATION_SCHEMA_OID);
      default -> catalog.schema(name).map(SchemaDefinition::id);
    };
  }

  private Optional<String> schemaName(long oid) {
    if (oid == PG_CATALOG_OID) {
      return Optional.of(SYSTEM_SCHEMA);
    }
    if (oid == INFORMATION_SCHEMA_OID) {
      return Optional.of("information_schema");
    }
    return catalog.schemas().stream()
        .filter(schema -> schema.id() == oid)
        .map(SchemaDefinition::name)
        .findFirst();
  }

  Optional<String> roleName(long oid) {
    return session.catalog().security().role(oid).map(RoleDefinition::name);
  }

  Optional<Long> roleOid(String name) {
    return session.catalog().security().role(name).map(RoleDefinition::id);
  }
}
