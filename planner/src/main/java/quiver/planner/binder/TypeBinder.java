package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.GeneratedNames;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.TypeLookup;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.type.BaseType;
import quiver.common.type.CompositeField;
import quiver.common.type.EnumLabel;
import quiver.common.type.SqlType;
import quiver.planner.parser.node.Constraint;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Statement;
import quiver.planner.parser.node.TypeName;
import quiver.planner.parser.node.TypeStatement;

/// CREATE, ALTER and DROP of types and domains.
final class TypeBinder {
  private final Binding binding;
  private final CatalogImage catalog;
  private final RelationNames names;
  private final TypeLookup types;

  TypeBinder(Binding binding) {
    this.binding = binding;
    this.catalog = binding.context().catalog();
    this.names = new RelationNames(binding.context());
    this.types = new TypeLookup(catalog, binding.context().searchPath());
  }

  BoundStatement bind(TypeStatement statement) {
    return switch (statement) {
      case TypeStatement.CreateEnum create -> createEnum(create);
      case TypeStatement.CreateComposite create -> createComposite(create);
      case TypeStatement.CreateDomain create -> {
        try {
          yield createDomain(create);
        } catch (QuiverException e) {
          // PostgreSQL points at nothing here.
          throw e.at(0);
        }
      }
      case TypeStatement.Unsupported(String what) -> throw DefinitionBinder.unsupported(what);
      case TypeStatement.Alter alter -> alter(alter);
    };
  }

  private BoundStatement.Ddl createEnum(TypeStatement.CreateEnum create) {
    List<EnumLabel> labels = new ArrayList<>();
    for (String text : create.labels()) {
      labels.add(new EnumLabel(0, (labels.size() + 1) * TypeDefinition.ORDER_STEP, text));
    }
    return new BoundStatement.Ddl(
        new DdlCommand.CreateType(
            new TypeDefinition(
                0,
                0,
                names.creationSchema(create.name()),
                create.name().names.getLast(),
                labels,
                Optional.empty(),
                false,
                Optional.empty(),
                List.of())),
        "CREATE TYPE");
  }

  private BoundStatement.Ddl createComposite(TypeStatement.CreateComposite create) {
    List<CompositeField> fields = new ArrayList<>();
    for (TypeStatement.Attribute attribute : create.attributes()) {
      if (indexOf(fields, attribute.name()) >= 0) {
        throw new QuiverException(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", attribute.name());
      }
      fields.add(field(attribute));
    }
    return new BoundStatement.Ddl(
        new DdlCommand.CreateType(
            TypeDefinition.composite(
                0, 0, names.creationSchema(create.name()), create.name().names.getLast(), fields)),
        "CREATE TYPE");
  }

  private CompositeField field(TypeStatement.Attribute attribute) {
    SqlType type = TypeReferences.resolve(binding.context(), attribute.type());
    try {
      DefinitionBinder.requireStorable(attribute.name(), type);
    } catch (QuiverException e) {
      // PostgreSQL points at nothing here.
      throw e.at(0);
    }
    if (type.isDomain()) {
      throw DefinitionBinder.unsupported("a domain as the type of an attribute is");
    }
    requireDefaultCollation(attribute.collation());
    return new CompositeField(attribute.name(), type);
  }

  private static int indexOf(List<CompositeField> fields, String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  private BoundStatement changeAttributes(
      SqlIdentifier name, List<TypeStatement.AttributeChange> changes) {
    TypeDefinition type =
        find(name)
            .filter(TypeDefinition::isComposite)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE,
                    "relation \"%s\" does not exist",
                    names.qualified(name)));
    List<CompositeField> fields = new ArrayList<>(type.fields().orElseThrow());
    Optional<String> notice = Optional.empty();
    for (TypeStatement.AttributeChange change : changes) {
      if (change instanceof TypeStatement.DropAttribute(String dropped, boolean ifExists)
          && ifExists
          && indexOf(fields, dropped) < 0) {
        notice =
            Optional.of(
                "column \""
                    + dropped
                    + "\" of relation \""
                    + type.name()
                    + "\" does not exist, skipping");
        continue;
      }
      change(type, fields, change);
    }
    TypeDefinition after = type.withFields(fields);
    return after.equals(type)
        ? new BoundStatement.Session(new SessionCommand.NoOperation("ALTER TYPE", notice))
        : replaced(type, after, "ALTER TYPE");
  }

  private void change(
      TypeDefinition type, List<CompositeField> fields, TypeStatement.AttributeChange change) {
    switch (change) {
      case TypeStatement.AddAttribute(TypeStatement.Attribute attribute) -> {
        requireNoAttribute(type, fields, attribute.name());
        fields.add(field(attribute));
      }
      case TypeStatement.DropAttribute(String name, _) ->
          fields.remove(requireAttribute(type, fields, name));
      case TypeStatement.AlterAttribute(TypeStatement.Attribute attribute) ->
          fields.set(requireAttribute(type, fields, attribute.name()), field(attribute));
      case TypeStatement.RenameAttribute(String name, String newName) -> {
        int index = indexOf(fields, name);
        if (index < 0) {
          throw new QuiverException(
              SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", name);
        }
        requireNoAttribute(type, fields, newName);
        fields.set(index, new CompositeField(newName, fields.get(index).type()));
      }
    }
  }

  private static int requireAttribute(
      TypeDefinition type, List<CompositeField> fields, String name) {
    int index = indexOf(fields, name);
    if (index < 0) {
      throw new QuiverException(
          SqlState.UNDEFINED_COLUMN,
          "column \"%s\" of relation \"%s\" does not exist",
          name,
          type.name());
    }
    return index;
  }

  private static void requireNoAttribute(
      TypeDefinition type, List<CompositeField> fields, String name) {
    if (indexOf(fields, name) >= 0) {
      throw new QuiverException(
          SqlState.DUPLICATE_COLUMN,
          "column \"%s\" of relation \"%s\" already exists",
          name,
          type.name());
    }
  }

  // ---- names

  /// The definition a name means.
  ///
  /// @throws QuiverException `42704`
  TypeDefinition require(SqlIdentifier identifier) {
    return find(identifier)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "type \"%s\" does not exist",
                names.qualified(identifier)));
  }

  private Optional<TypeDefinition> find(SqlIdentifier identifier) {
    RelationNames.QualifiedName name = names.qualified(identifier);
    return types.definition(Optional.ofNullable(name.schema()), name.name());
  }

  TypeDefinition requireDomain(SqlIdentifier identifier) {
    requireNotBuiltIn(identifier, "a domain");
    TypeDefinition type = require(identifier);
    if (!type.isDomain()) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "%s is not a domain", type.sqlName());
    }
    return type;
  }

  private void requireNotBuiltIn(SqlIdentifier identifier, String wanted) {
    builtIn(names.qualified(identifier))
        .ifPresent(type -> {
          throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "%s is not %s", type.sqlName(), wanted);
        });
  }

  private static Optional<BaseType> builtIn(RelationNames.QualifiedName name) {
    return BaseType.byTypeName(name.name()).filter(type -> type.typeName().equals(name.name()));
  }

  private TypeDefinition requireEnum(SqlIdentifier identifier) {
    requireNotBuiltIn(identifier, "an enum");
    TypeDefinition type = require(identifier);
    if (!type.isEnum()) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "%s is not an enum", type.sqlName());
    }
    return type;
  }

  /// DROP TYPE, DROP DOMAIN.
  BoundStatement drop(Statement.Drop statement) {
    boolean isDomain = statement.kind() == Statement.ObjectKind.DOMAIN;
    List<DdlCommand.QualifiedName> dropped = new ArrayList<>();
    for (SqlIdentifier identifier : statement.names()) {
      RelationNames.QualifiedName name = names.qualified(identifier);
      Optional<TypeDefinition> type = find(identifier);
      if (type.isEmpty()) {
        requireNotBuiltIn(name);
        if (!statement.ifExists()) {
          throw new QuiverException(SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist", name);
        }
        dropped.add(names.unresolved(name));
        continue;
      }
      if (isDomain && !type.get().isDomain()) {
        throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a domain", name);
      }
      dropped.add(new DdlCommand.QualifiedName(type.get().schema(), type.get().name()));
    }
    return new BoundStatement.Ddl(
        new DdlCommand.DropType(dropped, statement.ifExists(), statement.cascade()),
        isDomain ? "DROP DOMAIN" : "DROP TYPE");
  }

  private static void requireNotBuiltIn(RelationNames.QualifiedName name) {
    builtIn(name)
        .ifPresent(type -> {
          throw new QuiverException(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "cannot drop type %s because it is required by the database system",
              type.sqlName());
        });
  }

  // ---- CREATE DOMAIN

  private BoundStatement.Ddl createDomain(TypeStatement.CreateDomain create) {
    String schema = names.creationSchema(create.name());
    String name = create.name().names.getLast();
    SqlType base = base(create.type());
    requireDefaultCollation(create.collation());
    DomainParts parts = new DomainParts(name, base);
    create.constraints().forEach(parts::add);
    return new BoundStatement.Ddl(
        new DdlCommand.CreateType(
            new TypeDefinition(
                0,
                0,
                schema,
                name,
                List.of(),
                Optional.of(base),
                parts.notNull,
                parts.defaultSql,
                parts.checks)),
        "CREATE DOMAIN");
  }

  private SqlType base(TypeName typeName) {
    SqlType base = TypeReferences.resolve(binding.context(), typeName);
    boolean isValid =
        !base.isPseudo()
            && switch (base.base()) {
              case UNKNOWN, VOID -> false;
              default -> true;
            };
    if (!isValid) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "\"%s\" is not a valid base type for a domain",
          typeName.name());
    }
    return base;
  }

  private static void requireDefaultCollation(@Nullable SqlIdentifier collation) {
    if (collation != null
        && !Set.of("default", "C", "POSIX", "ucs_basic").contains(collation.names.getLast())) {
      throw new QuiverException(
              SqlState.UNDEFINED_OBJECT,
              "collation \"%s\" for encoding \"UTF8\" does not exist",
              collation.names.getLast())
          .at(Positions.of(collation));
    }
  }

  /// What the constraints of a new domain come to.
  private final class DomainParts {
    private final String name;
    private final SqlType base;
    private final List<CheckConstraint> checks = new ArrayList<>();
    private boolean notNull;
    private boolean nullable;
    private Optional<String> defaultSql = Optional.empty();
    private boolean hasDefault;

    DomainParts(String name, SqlType base) {
      this.name = name;
      this.base = base;
    }

    void add(Constraint constraint) {
      switch (constraint.body()) {
        case Constraint.NotNull _ -> {
          requireAgreement(nullable);
          notNull = true;
        }
        case Constraint.Null _ -> {
          requireAgreement(notNull);
          nullable = true;
        }
        case Constraint.DefaultValue(SqlNode expression) -> {
          if (hasDefault) {
            throw new QuiverException(SqlState.SYNTAX_ERROR, "multiple default expressions");
          }
          hasDefault = true;
          defaultSql = defaultOf(expression, name, base);
        }
        case Constraint.Check check -> checks.add(check(constraint, check, base, checks, name));
        default -> throw impossible(constraint.body());
      }
    }

    private static void requireAgreement(boolean contradicts) {
      if (contradicts) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "conflicting NULL/NOT NULL constraints");
      }
    }
  }

  private static QuiverException impossible(Constraint.Body body) {
    return switch (body) {
      case Constraint.Unique unique ->
          new QuiverException(
              SqlState.SYNTAX_ERROR,
              "%s constraints not possible for domains",
              unique.primary() ? "primary key" : "unique");
      case Constraint.ForeignKey _ ->
          new QuiverException(
              SqlState.SYNTAX_ERROR, "foreign key constraints not possible for domains");
      default ->
          new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED, "specifying GENERATED not supported for domains");
    };
  }

  /// A DEFAULT as the catalog keeps it; none for NULL.
  private Optional<String> defaultOf(SqlNode expression, String domain, SqlType base) {
    RexNode value = new TableExpressions(binding).bindDefault(expression, domain, base);
    return Coercions.isNullConstant(value)
        ? Optional.empty()
        : Optional.of(new Deparser(binding, String::valueOf).text(value));
  }

  private CheckConstraint check(
      Constraint constraint,
      Constraint.Check check,
      SqlType base,
      List<CheckConstraint> others,
      String domain) {
    if (check.noInherit()) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION,
          "check constraints for domains cannot be marked NO INHERIT");
    }
    Set<String> taken = others.stream().map(CheckConstraint::name).collect(Collectors.toSet());
    SqlIdentifier given = constraint.name();
    if (given != null && taken.contains(given.getSimple())) {
      throw new QuiverException(
          SqlState.DUPLICATE_OBJECT,
          "constraint \"%s\" for domain \"%s\" already exists",
          given.getSimple(),
          domain);
    }
    RexNode condition =
        new Domains(binding)
            .condition(check.expression(), binding.rex().column(0, base.withoutDomain()));
    String sql =
        new Deparser(binding, String::valueOf) {
          @Override
          String column(int index) {
            return "VALUE";
          }
        }.text(condition);
    Predicate<String> isTaken = taken::contains;
    String chosen =
        given == null ? GeneratedNames.choose(domain, "", "check", isTaken) : given.getSimple();
    return new CheckConstraint(0, chosen, sql, !constraint.notValid());
  }

  // ---- ALTER

  private BoundStatement alter(TypeStatement.Alter alter) {
    String tag = alter.domain() ? "ALTER DOMAIN" : "ALTER TYPE";
    SqlIdentifier name = alter.name();
    return switch (alter.action()) {
      case TypeStatement.AddValue add ->
          new BoundStatement.Ddl(
              new DdlCommand.AddEnumValue(
                  requireEnum(name).id(),
                  add.label(),
                  add.ifNotExists(),
                  Optional.ofNullable(add.neighbor()),
                  add.after()),
              tag);
      case TypeStatement.RenameValue(String label, String newLabel) ->
          new BoundStatement.Ddl(
              new DdlCommand.RenameEnumValue(requireEnum(name).id(), label, newLabel), tag);
      case TypeStatement.OwnerTo(String role) ->
          RoleBinder.ddl(
              new SecurityCommand.SetOwner(SecuredKind.TYPE, altered(alter).id(), role), tag);
      case TypeStatement.ChangeAttributes(var changes) -> changeAttributes(name, changes);
      case TypeStatement.Rename(String newName) -> {
        TypeDefinition type = altered(alter);
        yield replaced(type, type.withName(type.schema(), newName), tag);
      }
      case TypeStatement.SetSchema(String schema) -> {
        TypeDefinition type = altered(alter);
        if (catalog.schema(schema).isEmpty()) {
          throw new QuiverException(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
        }
        yield replaced(type, type.withName(schema, type.name()), tag);
      }
      default -> alterDomain(requireDomain(name), alter.action());
    };
  }

  private TypeDefinition altered(TypeStatement.Alter alter) {
    return alter.domain() ? requireDomain(alter.name()) : require(alter.name());
  }

  private static BoundStatement replaced(TypeDefinition before, TypeDefinition after, String tag) {
    return new BoundStatement.Ddl(new DdlCommand.ReplaceType(before, after), tag);
  }

  private BoundStatement alterDomain(TypeDefinition domain, TypeStatement.Action action) {
    SqlType base = domain.base().orElseThrow();
    TypeDefinition after =
        switch (action) {
          case TypeStatement.SetDefault(SqlNode expression) ->
              domain.withRules(
                  domain.notNull(),
                  expression == null
                      ? Optional.empty()
                      : defaultOf(expression, domain.name(), base),
                  domain.checks());
          case TypeStatement.SetNotNull(boolean notNull) -> {
            if (notNull && !domain.notNull()) {
              requireUnused(domain, "SET NOT NULL of a domain that columns have is");
            }
            yield domain.withRules(notNull, domain.defaultSql(), domain.checks());
          }
          case TypeStatement.AddConstraint(Constraint constraint, _) -> {
            if (!(constraint.body() instanceof Constraint.Check check)) {
              throw impossible(constraint.body());
            }
            List<CheckConstraint> checks = new ArrayList<>(domain.checks());
            checks.add(check(constraint, check, base, checks, domain.name()));
            if (!constraint.notValid()) {
              requireUnused(
                  domain, "ADD CONSTRAINT without NOT VALID to a domain that columns have is");
            }
            yield withChecks(domain, checks);
          }
          case TypeStatement.DropConstraint(String constraint, boolean ifExists) -> {
            Optional<CheckConstraint> dropped = constraint(domain, constraint);
            if (dropped.isEmpty() && ifExists) {
              yield domain;
            }
            List<CheckConstraint> checks = new ArrayList<>(domain.checks());
            checks.remove(dropped.orElseThrow(() -> missing(domain, constraint)));
            yield withChecks(domain, checks);
          }
          case TypeStatement.ValidateConstraint(String constraint) -> {
            CheckConstraint old =
                constraint(domain, constraint).orElseThrow(() -> missing(domain, constraint));
            if (!old.validated()) {
              requireUnused(domain, "VALIDATE CONSTRAINT of a domain that columns have is");
            }
            yield withCheck(
                domain, old, new CheckConstraint(old.id(), old.name(), old.sql(), true));
          }
          case TypeStatement.RenameConstraint(String constraint, String newName) -> {
            CheckConstraint old =
                constraint(domain, constraint).orElseThrow(() -> missing(domain, constraint));
            if (constraint(domain, newName).isPresent()) {
              throw new QuiverException(
                  SqlState.DUPLICATE_OBJECT,
                  "constraint \"%s\" for domain %s already exists",
                  newName,
                  domain.sqlName());
            }
            yield withCheck(
                domain, old, new CheckConstraint(old.id(), newName, old.sql(), old.validated()));
          }
          default -> throw new IllegalArgumentException("not about a domain: " + action);
        };
    if (after.equals(domain)) {
      return new BoundStatement.Session(
          new SessionCommand.NoOperation("ALTER DOMAIN", skipped(domain, action)));
    }
    return replaced(domain, after, "ALTER DOMAIN");
  }

  private static Optional<String> skipped(TypeDefinition domain, TypeStatement.Action action) {
    return action instanceof TypeStatement.DropConstraint(String constraint, _)
        ? Optional.of(
            "constraint \""
                + constraint
                + "\" of domain \""
                + domain.name()
                + "\" does not exist, skipping")
        : Optional.empty();
  }

  private static TypeDefinition withChecks(TypeDefinition domain, List<CheckConstraint> checks) {
    return domain.withRules(domain.notNull(), domain.defaultSql(), checks);
  }

  private static TypeDefinition withCheck(
      TypeDefinition domain, CheckConstraint old, CheckConstraint changed) {
    List<CheckConstraint> checks = new ArrayList<>(domain.checks());
    checks.set(checks.indexOf(old), changed);
    return withChecks(domain, checks);
  }

  static Optional<CheckConstraint> constraint(TypeDefinition domain, String name) {
    return domain.checks().stream().filter(check -> check.name().equals(name)).findFirst();
  }

  static QuiverException missing(TypeDefinition domain, String constraint) {
    return new QuiverException(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" of domain \"%s\" does not exist",
        constraint,
        domain.name());
  }

  /// Rows that are there would have to be looked at.
  private void requireUnused(TypeDefinition domain, String what) {
    boolean isUsed =
        catalog.tables().stream()
            .flatMap(table -> table.columns().stream())
            .anyMatch(column -> isOver(column.type(), domain));
    if (isUsed) {
      throw DefinitionBinder.unsupported(what);
    }
  }

  private boolean isOver(SqlType type, TypeDefinition domain) {
    return type.isDomain()
        && (type.declaredOid() == domain.id()
            || catalog
                .type(type.declaredOid())
                .flatMap(TypeDefinition::base)
                .filter(base -> isOver(base, domain))
                .isPresent());
  }
}
