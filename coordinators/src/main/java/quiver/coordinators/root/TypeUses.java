package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;

/// Who uses a type that a user has made.
final class TypeUses {
  private final CatalogImage catalog;

  TypeUses(CatalogImage catalog) {
    this.catalog = catalog;
  }

  /// A column of the type.
  record Column(TableDefinition table, ColumnDefinition column) {
    /// Whether the column is of the array type.
    boolean isArray() {
      return column.type().array() && !column.type().isDomain();
    }

    String text() {
      return "column " + Names.quoted(column.name()) + " of " + Dropping.describe(table);
    }
  }

  /// A field of a composite type.
  record Field(TypeDefinition composite, CompositeField field) {
    String text() {
      return "column "
          + Names.quoted(field.name())
          + " of composite type "
          + Names.qualified(composite.schema(), composite.name());
    }
  }

  /// Text that says the type's name.
  ///
  /// @param holder what it belongs to
  record Mention(CatalogObject holder, String text) {}

  static boolean isOf(SqlType type, TypeDefinition wanted) {
    return isOf(type.user(), wanted);
  }

  private static boolean isOf(UserType user, TypeDefinition wanted) {
    return switch (user) {
      case UserType.None _ -> false;
      case UserType.OfEnum type -> type.oid() == wanted.id();
      case UserType.OfComposite type ->
          type.oid() == wanted.id()
              || type.fields().stream().anyMatch(field -> isOf(field.type(), wanted));
      case UserType.OfDomain domain -> domain.oid() == wanted.id() || isOf(domain.below(), wanted);
    };
  }

  /// Columns of the type itself and of its array type.
  List<Column> ownColumns(TypeDefinition type) {
    return columns(type).stream()
        .filter(each -> each.column().type().user().definitionOid() == type.id())
        .toList();
  }

  /// Columns of the type itself, of its array type, of domains over it and of composite types with
  /// a field of it.
  List<Column> columns(TypeDefinition type) {
    List<Column> found = new ArrayList<>();
    for (TableDefinition table : catalog.tables()) {
      for (ColumnDefinition column : table.columns()) {
        if (isOf(column.type(), type) || isBelow(column.type(), type)) {
          found.add(new Column(table, column));
        }
      }
    }
    return found;
  }

  /// Whether a type is a domain over another one, at some remove.
  private boolean isBelow(SqlType type, TypeDefinition wanted) {
    return type.isDomain()
        && catalog
            .type(type.declaredOid())
            .flatMap(TypeDefinition::base)
            .filter(base -> isOf(base, wanted) || isBelow(base, wanted))
            .isPresent();
  }

  List<TableDefinition> tables(TypeDefinition type) {
    return columns(type).stream().map(Column::table).distinct().toList();
  }

  /// Domains whose base the type is.
  List<TypeDefinition> domains(TypeDefinition type) {
    return catalog.types().stream()
        .filter(each ->
            each.base().filter(base -> base.user().definitionOid() == type.id()).isPresent())
        .toList();
  }

  /// Fields of composite types that the type is the type of, or its array type is.
  List<Field> fields(TypeDefinition type) {
    List<Field> found = new ArrayList<>();
    for (TypeDefinition composite : catalog.types()) {
      for (CompositeField field : composite.fields().orElse(List.of())) {
        if (field.type().user().definitionOid() == type.id()) {
          found.add(new Field(composite, field));
        }
      }
    }
    return found;
  }

  /// Expressions and queries that are kept as text and name the type.
  List<Mention> mentions(TypeDefinition type) {
    String cast = "::" + type.fullName();
    List<Mention> found = new ArrayList<>();
    for (TableDefinition table : catalog.tables()) {
      String owner = Dropping.describe(table);
      for (ColumnDefinition column : table.columns()) {
        if (column.defaultSql().filter(sql -> says(sql, cast)).isPresent()
            || column.generatedSql().filter(sql -> says(sql, cast)).isPresent()) {
          found.add(
              new Mention(
                  table,
                  "default value for column " + Names.quoted(column.name()) + " of " + owner));
        }
      }
      table.checks().stream()
          .filter(check -> says(check.sql(), cast))
          .forEach(check ->
              found.add(
                  new Mention(table, "constraint " + Names.quoted(check.name()) + " on " + owner)));
      table.indexes().stream()
          .filter(index -> saysIndex(index, cast))
          .forEach(index -> found.add(new Mention(table, "index " + Names.quoted(index.name()))));
    }
    for (ViewDefinition view : catalog.views()) {
      if (says(view.template(), cast)) {
        found.add(new Mention(view, Dropping.describe(view)));
      }
    }
    for (TypeDefinition domain : catalog.types()) {
      if (domain.defaultSql().filter(sql -> says(sql, cast)).isPresent()
          || domain.checks().stream().anyMatch(check -> says(check.sql(), cast))) {
        found.add(new Mention(domain, Dropping.describe(domain)));
      }
    }
    for (CatalogObject object : catalog.objects()) {
      if (object instanceof RowPolicy policy && says(policy.toString(), cast)) {
        found.add(new Mention(policy, "policy " + Names.quoted(policy.name())));
      }
    }
    return found;
  }

  private static boolean saysIndex(IndexDefinition index, String cast) {
    return index.predicate().filter(each -> says(each.template(), cast)).isPresent()
        || index.keys().stream()
            .map(IndexKey::expression)
            .anyMatch(each -> each.filter(key -> says(key.template(), cast)).isPresent());
  }

  /// Whether a text casts to the type; names that merely begin like it count too.
  private static boolean says(String sql, String cast) {
    return sql.contains(cast);
  }
}
