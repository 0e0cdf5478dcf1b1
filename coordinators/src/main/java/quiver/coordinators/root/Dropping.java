package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.Reference;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.Notice;

/// Takes objects out of the catalog with all that depends on them, or says what keeps them there.
///
/// Source: PostgreSQL 15's dependency.c shows at work in which order dependents are named: what was
/// made last is gone into first, and the whole is told backwards.
final class Dropping {
  private final CatalogEditor catalog;
  private final Map<Long, CatalogObject> wanted = new LinkedHashMap<>();
  private final List<Column> columns = new ArrayList<>();
  private final List<Index> indexes = new ArrayList<>();
  private final List<Dependent> dependents = new ArrayList<>();
  private final Set<Object> seen = new HashSet<>();

  /// An object that depends on another one.
  ///
  /// @param on how messages call the other one
  private record Dependent(Target target, String on) {
    String detail() {
      return target.text() + " depends on " + on;
    }
  }

  /// What goes.
  private sealed interface Target {
    /// As messages call it.
    String text();

    long order();

    record Whole(CatalogObject object) implements Target {
      @Override
      public String text() {
        return describe(object);
      }

      @Override
      public long order() {
        return object instanceof ViewDefinition view ? view.relationId() : object.id();
      }
    }

    /// A column or an expression of an object that is not to go for it.
    ///
    /// @param columns the column, if it is one: others may read it
    /// @param on how messages call what it depends on
    record Part(CatalogObject holder, String text, List<Column> columns, String on)
        implements Target {
      @Override
      public long order() {
        return holder.id();
      }
    }

    /// A field of a composite type that stays.
    ///
    /// @param on how messages call what it depends on
    record Attribute(TypeUses.Field field, String on) implements Target {
      @Override
      public String text() {
        return field.text();
      }

      @Override
      public long order() {
        return field.composite().id();
      }
    }

    /// A policy of a table that stays.
    record Policy(RowPolicy policy, TableDefinition table) implements Target {
      @Override
      public String text() {
        return "policy " + Names.quoted(policy.name()) + " on " + describe(table);
      }

      @Override
      public long order() {
        return policy.id();
      }
    }

    record Key(Reference reference) implements Target {
      @Override
      public String text() {
        return "constraint "
            + Names.quoted(reference.foreignKey().name())
            + " on "
            + describe(reference.table());
      }

      @Override
      public long order() {
        return reference.foreignKey().id();
      }
    }
  }

  /// A column that goes; its table is changed by others.
  private record Column(TableDefinition table, ColumnDefinition column) {
    String text() {
      return "column " + Names.quoted(column.name()) + " of " + describe(table);
    }
  }

  /// An index of a constraint that goes; its table is changed by others.
  private record Index(TableDefinition table, IndexDefinition index) {
    String text() {
      return "constraint " + Names.quoted(index.name()) + " on " + describe(table);
    }
  }

  Dropping(CatalogEditor catalog) {
    this.catalog = catalog;
  }

  /// As messages call an object.
  static String describe(CatalogObject object) {
    return switch (object) {
      case TableDefinition table -> "table " + Names.qualified(table.schema(), table.name());
      case ViewDefinition view -> view.kind() + " " + Names.qualified(view.schema(), view.name());
      case SequenceDefinition sequence ->
          "sequence " + Names.qualified(sequence.schema(), sequence.name());
      case CatalogImage.SchemaDefinition schema -> "schema " + Names.quoted(schema.name());
      case TypeDefinition type -> "type " + Names.qualified(type.schema(), type.name());
      default -> throw new IllegalArgumentException("not an object that is dropped: " + object);
    };
  }

  /// One more object to drop: a table, a view, a schema with what is in it. A materialized view is
  /// named by its view.
  Dropping add(CatalogObject object) {
    wanted.put(object.id(), object);
    return this;
  }

  /// A column to drop; only what depends on it is looked for.
  Dropping addColumn(TableDefinition table, ColumnDefinition column) {
    columns.add(new Column(table, column));
    return this;
  }

  /// An index that goes with its constraint: foreign keys that refer to its columns cannot stay.
  Dropping addIndex(TableDefinition table, IndexDefinition index) {
    indexes.add(new Index(table, index));
    return this;
  }

  /// @return what is told to the client
  /// @throws QuiverException `2BP01` if others depend on the objects and `cascade` is not asked for
  List<Notice> run(boolean cascade) {
    wanted.values().forEach(object -> seen.add(new Target.Whole(object)));
    List.copyOf(wanted.values()).forEach(this::visitDependents);
    columns.forEach(this::visitDependents);
    indexes.forEach(this::visitDependents);
    List<Dependent> told = dependents.reversed();
    if (!told.isEmpty() && !cascade) {
      throw stillUsed(told);
    }
    requireRemovable(told);
    remove(told);
    return notices(told.stream().map(dependent -> dependent.target().text()).toList());
  }

  private static void requireRemovable(List<Dependent> told) {
    for (Dependent dependent : told) {
      if (dependent.target() instanceof Target.Part(_, String text, List<Column> parts, _)
          && parts.isEmpty()) {
        throw new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "dropping %s with CASCADE is not supported: drop it first",
            text);
      }
    }
  }

  private QuiverException stillUsed(List<Dependent> told) {
    String message =
        wanted.size() + columns.size() + indexes.size() == 1
            ? "cannot drop "
                + (!wanted.isEmpty()
                    ? describe(wanted.values().iterator().next())
                    : !columns.isEmpty() ? columns.getFirst().text() : indexes.getFirst().text())
                + " because other objects depend on it"
            : "cannot drop desired object(s) because other objects depend on them";
    return QuiverException.ofMessage(SqlState.DEPENDENT_OBJECTS_STILL_EXIST, message)
        .withDetail(String.join("\n", told.stream().map(Dependent::detail).toList()))
        .withHint("Use DROP ... CASCADE to drop the dependent objects too.");
  }

  private static List<Notice> notices(List<String> dropped) {
    if (dropped.isEmpty()) {
      return List.of();
    }
    return List.of(
        dropped.size() == 1
            ? Notice.of("drop cascades to " + dropped.getFirst())
            : Notice.of("drop cascades to " + dropped.size() + " other objects")
                .withDetail(
                    String.join(
                        "\n", dropped.stream().map(each -> "drop cascades to " + each).toList())));
  }

  // ---- finding

  private void visitDependents(CatalogObject object) {
    String on = describe(object);
    List<Target> found = new ArrayList<>();
    switch (object) {
      case TableDefinition table -> {
        addViews(table.id(), found);
        addPolicies(policy -> policy.usesRelation(table.id()), found);
        catalog.image().references(table.id()).stream()
            .filter(reference -> !goes(reference.table()))
            .forEach(reference -> found.add(new Target.Key(reference)));
      }
      case ViewDefinition view -> {
        addViews(view.relationId(), found);
        addPolicies(policy -> policy.usesRelation(view.relationId()), found);
      }
      case CatalogImage.SchemaDefinition schema -> addContents(schema.name(), found);
      case TypeDefinition type -> {
        visitTypeUses(type);
        return;
      }
      default -> {
        // Nothing depends on the others.
      }
    }
    visit(found, on);
  }

  /// Columns with the views that read them, domains, and what says the type's name.
  private void visitTypeUses(TypeDefinition type) {
    TypeUses uses = new TypeUses(catalog.image());
    List<Target> found = new ArrayList<>();
    uses.domains(type).forEach(domain -> found.add(new Target.Whole(domain)));
    Set<CatalogObject> holders = new HashSet<>();
    for (TypeUses.Column use : uses.ownColumns(type)) {
      holders.add(use.table());
      if (!leaves(use.table())) {
        String suffix = use.isArray() ? "[]" : "";
        found.add(
            new Target.Part(
                use.table(),
                use.text(),
                List.of(new Column(use.table(), use.column())),
                describe(type) + suffix));
      }
    }
    for (TypeUses.Field use : uses.fields(type)) {
      if (!leaves(use.composite())) {
        String suffix = use.field().type().array() ? "[]" : "";
        found.add(new Target.Attribute(use, describe(type) + suffix));
      }
    }
    for (TypeUses.Mention mention : uses.mentions(type)) {
      CatalogObject holder = mention.holder();
      if (holder instanceof ViewDefinition) {
        found.add(new Target.Whole(holder));
      } else if (!leaves(holder) && !holders.contains(holder)) {
        found.add(new Target.Part(holder, mention.text(), List.of(), describe(type)));
      }
    }
    visit(found, describe(type));
  }

  /// Whether an object goes, by itself or with its schema.
  private boolean leaves(CatalogObject object) {
    return wanted.containsKey(object.id())
        || seen.contains(new Target.Whole(object))
        || Ownership.schema(object)
            .flatMap(catalog.image()::schema)
            .filter(schema -> wanted.containsKey(schema.id()))
            .isPresent();
  }

  private void visitDependents(Column column) {
    List<Target> found = new ArrayList<>();
    catalog.image().views().stream()
        .filter(view -> view.usesColumn(column.table().id(), column.column().id()))
        .forEach(view -> found.add(new Target.Whole(view)));
    addPolicies(policy -> policy.usesColumn(column.table().id(), column.column().id()), found);
    visit(found, column.text());
  }

  private void visitDependents(Index index) {
    List<Target> found = new ArrayList<>();
    catalog.image().references(index.table().id()).stream()
        .filter(reference -> reference.foreignKey().referencedIndexId() == index.index().id())
        .forEach(reference -> found.add(new Target.Key(reference)));
    visit(found, index.text());
  }

  private void visit(List<Target> found, String on) {
    found.sort(Comparator.comparingLong(Target::order).reversed());
    for (Target target : found) {
      if (seen.add(target)) {
        if (target instanceof Target.Whole(CatalogObject next)) {
          visitDependents(next);
        }
        String dependsOn = on;
        if (target instanceof Target.Part(_, _, List<Column> columns, String part)) {
          columns.forEach(this::visitDependents);
          dependsOn = part;
        }
        if (target instanceof Target.Attribute(_, String part)) {
          dependsOn = part;
        }
        dependents.add(new Dependent(target, dependsOn));
      }
    }
  }

  private boolean goes(TableDefinition table) {
    return wanted.containsKey(table.id()) || seen.contains(new Target.Whole(table));
  }

  private void addViews(long relationId, List<Target> found) {
    catalog.image().views().stream()
        .filter(view -> view.usesRelation(relationId))
        .forEach(view -> found.add(new Target.Whole(view)));
  }

  private void addPolicies(Predicate<RowPolicy> reads, List<Target> found) {
    for (RowPolicy policy : catalog.image().security().policies()) {
      TableDefinition table = catalog.image().table(policy.tableId()).orElseThrow();
      if (reads.test(policy) && !leaves(table)) {
        found.add(new Target.Policy(policy, table));
      }
    }
  }

  private void addContents(String schema, List<Target> found) {
    CatalogImage image = catalog.image();
    image.tables().stream()
        .filter(table -> table.schema().equals(schema))
        .filter(table -> image.materializedView(table.id()).isEmpty())
        .forEach(table -> found.add(new Target.Whole(table)));
    image.types().stream()
        .filter(type -> type.schema().equals(schema))
        .forEach(type -> found.add(new Target.Whole(type)));
    image.views().stream()
        .filter(view -> view.schema().equals(schema))
        .forEach(view -> found.add(new Target.Whole(view)));
    image.sequences().stream()
        .filter(sequence -> sequence.schema().equals(schema))
        .filter(sequence -> sequence.ownedByTable().isEmpty())
        .forEach(sequence -> found.add(new Target.Whole(sequence)));
  }

  // ---- removing

  private void remove(List<Dependent> told) {
    CatalogEditor.Change change = catalog.change();
    LinkedHashSet<CatalogObject> going = new LinkedHashSet<>(wanted.values());
    for (Dependent dependent : told) {
      switch (dependent.target()) {
        case Target.Whole(CatalogObject object) -> going.add(object);
        case Target.Policy(RowPolicy policy, _) -> going.add(policy);
        case Target.Part _, Target.Key _, Target.Attribute _ -> {
          // They are taken out of what holds them, below.
        }
      }
    }
    for (CatalogObject object : going) {
      change.remove(object);
      if (object instanceof TableDefinition table) {
        removeSequences(change, table);
      } else if (object instanceof ViewDefinition view) {
        view.storageTableId().flatMap(catalog.image()::table).ifPresent(change::remove);
      }
    }
    change.apply();
    removeKeys(told);
    removeColumns(told);
    removeFields(told);
  }

  private void removeFields(List<Dependent> told) {
    for (Dependent dependent : told) {
      if (dependent.target() instanceof Target.Attribute(TypeUses.Field field, _)) {
        catalog
            .image()
            .type(field.composite().id())
            .ifPresent(type -> removeField(type, field.field().name()));
      }
    }
  }

  private void removeField(TypeDefinition type, String name) {
    TypeCommands.requireUnusedFields(catalog, type);
    catalog
        .change()
        .put(
            type.withFields(
                type.fields().orElseThrow().stream()
                    .filter(field -> !field.name().equals(name))
                    .toList()))
        .apply();
  }

  private void removeColumns(List<Dependent> told) {
    for (Dependent dependent : told) {
      if (dependent.target() instanceof Target.Part(_, _, List<Column> parts, _)) {
        for (Column part : parts) {
          TableDefinition table = catalog.image().table(part.table().id()).orElseThrow();
          TableDefinition left = new ColumnRemoval(catalog.image()).without(table, part.column());
          catalog.change().put(left).apply();
        }
      }
    }
  }

  private void removeSequences(CatalogEditor.Change change, TableDefinition table) {
    catalog.image().sequences().stream()
        .filter(sequence -> sequence.ownedByTable().equals(Optional.of(table.id())))
        .forEach(change::remove);
  }

  private void removeKeys(List<Dependent> told) {
    for (Dependent dependent : told) {
      if (!(dependent.target() instanceof Target.Key(Reference reference))) {
        continue;
      }
      Optional<TableDefinition> table = catalog.image().table(reference.table().id());
      if (table.isPresent()) {
        TableDefinition old = table.get();
        catalog
            .change()
            .put(
                old.withVersion(old.version() + 1, old.incarnation())
                    .withForeignKeys(
                        old.foreignKeys().stream()
                            .filter(key -> key.id() != reference.foreignKey().id())
                            .toList()))
            .apply();
      }
    }
  }
}
