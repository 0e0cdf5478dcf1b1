package quiver.coordinators.root;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CompositeField;
import quiver.common.type.EnumLabel;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.rpc.RootCoordinatorService.Notice;

/// Definitions of enums, composite types and domains.
final class TypeCommands {
  /// Bytes of a label: NAMEDATALEN - 1.
  private static final int LABEL_BYTES_MAX = 63;

  private final CatalogEditor catalog;
  private final LongSupplier ids;

  TypeCommands(CatalogEditor catalog, LongSupplier ids) {
    this.catalog = catalog;
    this.ids = ids;
  }

  DdlResult create(DdlCommand.CreateType create) {
    TypeDefinition type = create.type();
    requireFree(type.schema(), type.name());
    long id = ids.getAsLong();
    List<EnumLabel> labels = new ArrayList<>();
    Set<String> texts = new HashSet<>();
    for (EnumLabel label : type.labels()) {
      requireLabel(label.text());
      if (!texts.add(label.text())) {
        throw new QuiverException(
                SqlState.UNIQUE_VIOLATION,
                "duplicate key value violates unique constraint \"%s\"",
                "pg_enum_typid_label_index")
            .withDetail(
                "Key (enumtypid, enumlabel)=(" + id + ", " + label.text() + ") already exists.");
      }
      labels.add(new EnumLabel(ids.getAsLong(), label.order(), label.text()));
    }
    requireBase(type);
    requireFields(type);
    catalog
        .change()
        .put(type.withIds(id, ids.getAsLong(), labels, numbered(type.checks())))
        .apply();
    return RootCoordinator.changed(List.of());
  }

  private void requireFree(String schema, String name) {
    if (catalog.image().schema(schema).isEmpty()) {
      throw new QuiverException(
          SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
    }
    if (catalog.image().type(schema, name).isPresent()
        || catalog.image().relation(schema, name).isPresent()
        || BaseType.byTypeName(name).isPresent()) {
      throw new QuiverException(SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", name);
    }
  }

  /// A relation has the name of a type of its own.
  static void requireNoType(CatalogEditor catalog, String schema, String name) {
    if (catalog.image().type(schema, name).isPresent()) {
      throw new QuiverException(SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", name)
          .withHint(
              "A relation has an associated type of the same name, so you must use a name that"
                  + " doesn't conflict with any existing type.");
    }
  }

  private void requireBase(TypeDefinition type) {
    type.base()
        .ifPresent(base -> {
          if (!base.isBuiltIn() && catalog.image().type(base.user().definitionOid()).isEmpty()) {
            throw changedMeanwhile();
          }
        });
  }

  /// Rows hold the fields in their order, and expressions name them.
  static void requireUnusedFields(CatalogEditor catalog, TypeDefinition type) {
    TypeUses uses = new TypeUses(catalog.image());
    uses.columns(type).stream()
        .findFirst()
        .ifPresent(use -> {
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot alter type \"%s\" because column \"%s.%s\" uses it",
              type.name(),
              use.table().name(),
              use.column().name());
        });
    requireUnmentioned(catalog, type, "changing type " + type.sqlName());
  }

  private void requireFields(TypeDefinition type) {
    for (CompositeField field : type.fields().orElse(List.of())) {
      int oid = field.type().user().definitionOid();
      if (oid != 0 && catalog.image().type(oid).isEmpty()) {
        throw changedMeanwhile();
      }
    }
  }

  private static QuiverException changedMeanwhile() {
    return new QuiverException(
        SqlState.SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent change of the type");
  }

  private List<CheckConstraint> numbered(List<CheckConstraint> checks) {
    return checks.stream()
        .map(check ->
            check.id() != 0
                ? check
                : new CheckConstraint(
                    ids.getAsLong(), check.name(), check.sql(), check.validated()))
        .toList();
  }

  DdlResult replace(DdlCommand.ReplaceType replace) {
    TypeDefinition before = replace.before();
    TypeDefinition after = replace.after();
    if (!catalog.image().type(before.id()).equals(Optional.of(before))) {
      throw changedMeanwhile();
    }
    boolean isMoved =
        !before.name().equals(after.name()) || !before.schema().equals(after.schema());
    if (isMoved) {
      requireFree(after.schema(), after.name());
      requireUnmentioned(catalog, before, "renaming type " + before.sqlName());
    }
    if (!before.fields().equals(after.fields())) {
      requireFields(after);
      requireUnusedFields(catalog, before);
    }
    CatalogEditor.Change change = catalog.change();
    boolean isStricter =
        before.notNull() != after.notNull() || !before.checks().equals(after.checks());
    if (isStricter) {
      // Whoever has planned to write by the old rules plans again.
      for (TableDefinition table : new TypeUses(catalog.image()).tables(before)) {
        change.put(table.withVersion(table.version() + 1, table.incarnation()));
      }
    }
    change
        .put(after.withIds(after.id(), after.arrayId(), after.labels(), numbered(after.checks())))
        .apply();
    return RootCoordinator.changed(List.of());
  }

  /// Expressions are kept as text, which says the type's name.
  static void requireUnmentioned(CatalogEditor catalog, TypeDefinition type, String what) {
    new TypeUses(catalog.image())
        .mentions(type).stream()
            .findFirst()
            .ifPresent(mention -> {
              throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "%s while %s mentions it is not supported",
                  what,
                  mention.text());
            });
  }

  // ---- labels

  DdlResult addValue(DdlCommand.AddEnumValue add) {
    TypeDefinition type = require(add.typeId());
    requireLabel(add.label());
    List<EnumLabel> labels = new ArrayList<>(type.labels());
    if (find(type, add.label()).isPresent()) {
      String message = String.format(Locale.ROOT, "enum label \"%s\" already exists", add.label());
      if (!add.ifNotExists()) {
        throw QuiverException.ofMessage(SqlState.DUPLICATE_OBJECT, message);
      }
      return RootCoordinator.skipped(SqlState.DUPLICATE_OBJECT, message + ", skipping");
    }
    int at =
        add.neighbor()
            .map(neighbor ->
                type.labels().indexOf(requireLabel(type, neighbor)) + (add.isAfter() ? 1 : 0))
            .orElse(labels.size());
    labels.add(at, new EnumLabel(ids.getAsLong(), orderAt(type, at), add.label()));
    catalog.change().put(type.withLabels(labels)).apply();
    return RootCoordinator.changed(List.of());
  }

  /// A value between those of its neighbors. Values that rows hold stay what they are.
  private static long orderAt(TypeDefinition type, int at) {
    List<EnumLabel> labels = type.labels();
    if (labels.isEmpty()) {
      return TypeDefinition.ORDER_STEP;
    }
    if (at == labels.size()) {
      return labels.getLast().order() + TypeDefinition.ORDER_STEP;
    }
    long next = labels.get(at).order();
    if (at == 0) {
      return next - TypeDefinition.ORDER_STEP;
    }
    long previous = labels.get(at - 1).order();
    long middle = previous + (next - previous) / 2;
    if (middle == previous) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "too many values were added to enum %s between \"%s\" and \"%s\"",
          type.sqlName(),
          labels.get(at - 1).text(),
          labels.get(at).text());
    }
    return middle;
  }

  DdlResult renameValue(DdlCommand.RenameEnumValue rename) {
    TypeDefinition type = require(rename.typeId());
    requireLabel(rename.newLabel());
    EnumLabel old = requireLabel(type, rename.label());
    if (find(type, rename.newLabel()).isPresent()) {
      throw new QuiverException(
          SqlState.DUPLICATE_OBJECT, "enum label \"%s\" already exists", rename.newLabel());
    }
    requireUnmentioned(catalog, type, "renaming a value of type " + type.sqlName());
    List<EnumLabel> labels = new ArrayList<>(type.labels());
    labels.set(labels.indexOf(old), new EnumLabel(old.id(), old.order(), rename.newLabel()));
    catalog.change().put(type.withLabels(labels)).apply();
    return RootCoordinator.changed(List.of());
  }

  private TypeDefinition require(long id) {
    return catalog.image().type(id).orElseThrow(TypeCommands::changedMeanwhile);
  }

  private static void requireLabel(String label) {
    if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
      throw new QuiverException(SqlState.INVALID_NAME, "invalid enum label \"%s\"", label)
          .withDetail("Labels must be 63 bytes or less.");
    }
  }

  private static Optional<EnumLabel> find(TypeDefinition type, String label) {
    return type.labels().stream().filter(each -> each.text().equals(label)).findFirst();
  }

  private static EnumLabel requireLabel(TypeDefinition type, String label) {
    return find(type, label)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not an existing enum label", label));
  }

  // ---- DROP

  DdlResult drop(DdlCommand.DropType drop) {
    List<Notice> notices = new ArrayList<>();
    Dropping dropping = new Dropping(catalog);
    boolean found = false;
    for (QualifiedName name : drop.types()) {
      Optional<TypeDefinition> type = catalog.image().type(name.schema(), name.name());
      if (type.isPresent()) {
        dropping.add(type.get());
        found = true;
      } else {
        notices.add(
            RootCoordinator.missing(SqlState.UNDEFINED_OBJECT, "type", name, drop.ifExists()));
      }
    }
    notices.addAll(dropping.run(drop.cascade()));
    return new DdlResult(found, notices);
  }
}
