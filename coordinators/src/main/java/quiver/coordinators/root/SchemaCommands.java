package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.DdlResult;

/// Definitions of schemas.
final class SchemaCommands {
  private final CatalogEditor catalog;
  private final LongSupplier ids;

  SchemaCommands(CatalogEditor catalog, LongSupplier ids) {
    this.catalog = catalog;
    this.ids = ids;
  }

  DdlResult create(DdlCommand.CreateSchema create) {
    if (catalog.image().schema(create.name()).isPresent()) {
      QuiverException taken = taken(create.name());
      if (create.ifNotExists()) {
        return RootCoordinator.skipped(taken.state(), taken.message() + ", skipping");
      }
      throw taken;
    }
    requireUsable(create.name());
    catalog.change().put(new SchemaDefinition(ids.getAsLong(), create.name())).apply();
    return RootCoordinator.changed(List.of());
  }

  private static QuiverException taken(String name) {
    return new QuiverException(SqlState.DUPLICATE_SCHEMA, "schema \"%s\" already exists", name);
  }

  private static void requireUsable(String name) {
    if (name.startsWith("pg_")) {
      throw new QuiverException(SqlState.RESERVED_NAME, "unacceptable schema name \"%s\"", name)
          .withDetail("The prefix \"pg_\" is reserved for system schemas.");
    }
  }

  DdlResult drop(DdlCommand.DropSchema drop) {
    Optional<SchemaDefinition> schema = catalog.image().schema(drop.name());
    if (schema.isEmpty()) {
      String message = String.format(Locale.ROOT, "schema \"%s\" does not exist", drop.name());
      if (drop.ifExists()) {
        return RootCoordinator.skipped(SqlState.INVALID_SCHEMA_NAME, message + ", skipping");
      }
      throw QuiverException.ofMessage(SqlState.INVALID_SCHEMA_NAME, message);
    }
    return RootCoordinator.changed(new Dropping(catalog).add(schema.get()).run(drop.cascade()));
  }

  /// ALTER SCHEMA … RENAME: everything in it says its name, and defaults say those of sequences.
  DdlResult rename(DdlCommand.RenameSchema rename) {
    String from = rename.name();
    String to = rename.newName();
    SchemaDefinition schema =
        catalog
            .image()
            .schema(from)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", from));
    if (catalog.image().schema(to).isPresent()) {
      throw taken(to);
    }
    requireUsable(to);
    CatalogEditor.Change change = catalog.change();
    change.put(new SchemaDefinition(schema.id(), to, schema.process()));
    Map<String, String> literals = new LinkedHashMap<>();
    for (SequenceDefinition sequence : catalog.image().sequences()) {
      if (sequence.schema().equals(from)) {
        SequenceDefinition moved = sequence.withName(to, sequence.name());
        literals.put(Names.literal(sequence), Names.literal(moved));
        change.put(moved);
      }
    }
    UnaryOperator<String> renamed =
        sql -> {
          String text = sql;
          for (Map.Entry<String, String> literal : literals.entrySet()) {
            text = text.replace(literal.getKey(), literal.getValue());
          }
          return text;
        };
    for (TypeDefinition type : catalog.image().types()) {
      if (type.schema().equals(from)) {
        TypeCommands.requireUnmentioned(catalog, type, "renaming schema \"" + from + "\"");
        change.put(type.withName(to, type.name()));
      }
    }
    for (TableDefinition table : catalog.image().tables()) {
      putRenamed(change, table, table.schema().equals(from) ? to : table.schema(), renamed);
    }
    for (ViewDefinition view : catalog.image().views()) {
      if (view.schema().equals(from)) {
        change.put(view.withName(to, view.name()));
      }
    }
    change.apply();
    return RootCoordinator.changed(List.of());
  }

  private static void putRenamed(
      CatalogEditor.Change change,
      TableDefinition table,
      String schema,
      UnaryOperator<String> renamed) {
    List<ColumnDefinition> columns = new ArrayList<>(table.columns());
    columns.replaceAll(column -> column.withDefault(column.defaultSql().map(renamed)));
    if (!schema.equals(table.schema()) || !columns.equals(table.columns())) {
      change.put(table.changed(columns, table.columnIdMax()).withName(schema, table.name()));
    }
  }
}
