package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.DdlCommand.QualifiedName;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewDefinition.ViewColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.rpc.RootCoordinatorService.Notice;

/// Definitions of views, and of what materialized views hold.
final class ViewCommands {
  private final CatalogEditor catalog;
  private final LongSupplier ids;

  ViewCommands(CatalogEditor catalog, LongSupplier ids) {
    this.catalog = catalog;
    this.ids = ids;
  }

  DdlResult create(DdlCommand.CreateView create) {
    ViewDefinition view = create.view();
    List<Notice> notices =
        create.madeTemporary()
            ? List.of(Notice.of("view \"" + view.name() + "\" will be a temporary view"))
            : List.of();
    requireSchema(view.schema());
    requireUsed(view);
    TypeCommands.requireNoType(catalog, view.schema(), view.name());
    Optional<CatalogObject> existing = catalog.image().relation(view.schema(), view.name());
    if (!create.orReplace() && catalog.isTaken(view.schema(), view.name())) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", view.name());
    }
    if (existing.isEmpty() && !catalog.isTaken(view.schema(), view.name())) {
      catalog.change().put(view.withId(ids.getAsLong())).apply();
      return RootCoordinator.changed(notices);
    }
    if (!(existing.orElse(null) instanceof ViewDefinition old)) {
      throw new QuiverException(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a view", view.name());
    }
    requireExtension(old, view);
    catalog.change().put(view.withId(old.id())).apply();
    return RootCoordinator.changed(notices);
  }

  private void requireSchema(String name) {
    if (catalog.image().schema(name).isEmpty()) {
      throw new QuiverException(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
    }
  }

  /// What the query reads may have gone since it was planned.
  private void requireUsed(ViewDefinition view) {
    for (ViewDefinition.Use use : view.uses()) {
      boolean there =
          switch (catalog.image().object(use.relationId()).orElse(null)) {
            case TableDefinition table ->
                use.columnId() == 0 || table.columnOfId(use.columnId()).isPresent();
            case ViewDefinition used -> use.columnId() <= used.columns().size();
            case null, default -> false;
          };
      if (!there) {
        throw new QuiverException(
            SqlState.SERIALIZATION_FAILURE,
            "could not serialize access due to concurrent change of a relation of the view");
      }
    }
  }

  /// OR REPLACE adds columns at the end and leaves the others as they are.
  private static void requireExtension(ViewDefinition old, ViewDefinition changed) {
    if (changed.columns().size() < old.columns().size()) {
      throw new QuiverException(SqlState.INVALID_TABLE_DEFINITION, "cannot drop columns from view");
    }
    for (int i = 0; i < old.columns().size(); i++) {
      ViewColumn before = old.columns().get(i);
      ViewColumn after = changed.columns().get(i);
      if (!before.name().equals(after.name())) {
        throw new QuiverException(
                SqlState.INVALID_TABLE_DEFINITION,
                "cannot change name of view column \"%s\" to \"%s\"",
                before.name(),
                after.name())
            .withHint(
                "Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.");
      }
      if (!before.type().equals(after.type())) {
        throw new QuiverException(
            SqlState.INVALID_TABLE_DEFINITION,
            "cannot change data type of view column \"%s\" from %s to %s",
            before.name(),
            quiver.common.type.TypeNames.formatType(before.type()),
            quiver.common.type.TypeNames.formatType(after.type()));
      }
    }
  }

  /// The view of a table that has just been made.
  void materialize(DdlCommand.CreateMaterializedView create) {
    ViewDefinition view = create.view();
    requireUsed(view);
    TableDefinition table =
        catalog
            .image()
            .table(create.table().schema(), create.table().name())
            .orElseThrow(() -> new IllegalStateException("the table just made is not there"));
    catalog
        .change()
        .put(view.withId(ids.getAsLong()).materializedIn(table.id(), view.populated()))
        .apply();
  }

  void setPopulated(DdlCommand.RefreshView refresh) {
    ViewDefinition view =
        catalog
            .image()
            .materializedView(refresh.tableId())
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE, "relation %d does not exist", refresh.tableId()));
    catalog.change().put(view.materializedIn(refresh.tableId(), refresh.populated())).apply();
  }

  DdlResult replace(DdlCommand.ReplaceView replace) {
    ViewDefinition before = replace.before();
    ViewDefinition after = replace.after();
    if (!catalog.image().view(before.id()).equals(Optional.of(before))) {
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "could not serialize access due to concurrent change of the view");
    }
    boolean moved = !before.name().equals(after.name()) || !before.schema().equals(after.schema());
    if (moved && catalog.isTaken(after.schema(), after.name())) {
      throw new QuiverException(
          SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", after.name());
    }
    catalog.change().put(after).apply();
    return RootCoordinator.changed(List.of());
  }

  /// The view of a table whose name or columns change.
  void follow(CatalogEditor.Change change, TableDefinition before, TableDefinition after) {
    catalog
        .image()
        .materializedView(before.id())
        .ifPresent(view -> {
          List<ViewColumn> columns = new ArrayList<>();
          for (ColumnDefinition column : after.columns()) {
            columns.add(new ViewColumn(column.name(), column.type()));
          }
          change.put(view.withName(after.schema(), after.name()).withColumns(columns));
        });
  }

  DdlResult drop(DdlCommand.DropView drop) {
    String wanted = drop.materialized() ? "materialized view" : "view";
    List<Notice> notices = new ArrayList<>();
    Dropping dropping = new Dropping(catalog);
    boolean found = false;
    for (QualifiedName name : drop.views()) {
      Optional<ViewDefinition> view = find(name, drop.materialized());
      if (view.isPresent()) {
        dropping.add(view.get());
        found = true;
      } else {
        RelationKinds.requireNotOther(catalog.image(), name, wanted);
        notices.add(
            RootCoordinator.missing(SqlState.UNDEFINED_TABLE, wanted, name, drop.ifExists()));
      }
    }
    notices.addAll(dropping.run(drop.cascade()));
    return new DdlResult(found, notices);
  }

  private Optional<ViewDefinition> find(QualifiedName name, boolean materialized) {
    return materialized
        ? catalog
            .image()
            .table(name.schema(), name.name())
            .flatMap(table -> catalog.image().materializedView(table.id()))
        : catalog.image().view(name.schema(), name.name());
  }
}
