package quiver.execution.function.catalog;

import static quiver.execution.function.catalog.SessionFunctions.number;
import static quiver.execution.function.catalog.SessionFunctions.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.CommentClasses;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.ForeignKey;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.PrettyExpression;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableDefinition.CheckConstraint;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewText;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.value.ArrayValue;
import quiver.common.value.RecordValue;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;

/// `format_type`, `pg_get_…def`, visibility, privileges, sizes.
public final class DefinitionFunctions {
  private static final long CLASS_RELATION = 1_259;

  private DefinitionFunctions() {}

  public static void addTo(FunctionTable table) {
    definitions(table);
    functionTexts(table);
    visibility(table);
    lookups(table);
    privileges(table);
    sizes(table);
    IndexPropertyFunctions.addTo(table);
    absentThings(table);
  }

  private static CatalogImage catalog(FunctionContext context) {
    return context.session().catalog();
  }

  private static void definitions(FunctionTable table) {
    table
        .all(
            "format_type",
            (context, arguments) ->
                arguments[0] == null
                    ? null
                    : formatType(context, number(arguments, 0), arguments[1]))
        .all(
            "pg_get_expr",
            (context, arguments) -> {
              String shown = shown(context, text(arguments, 0));
              return isPretty(arguments, 2) ? PrettyExpression.of(shown) : shown;
            })
        .all("pg_get_indexdef", DefinitionFunctions::indexDefinition)
        .all("pg_get_constraintdef", DefinitionFunctions::constraintDefinition)
        .all(
            "shobj_description",
            (context, arguments) ->
                CommentClasses.comment(
                        catalog(context), number(arguments, 0), Optional.of(text(arguments, 1)))
                    .orElse(null))
        .all(
            "obj_description",
            (context, arguments) ->
                CommentClasses.comment(
                        catalog(context),
                        number(arguments, 0),
                        arguments.length > 1 ? Optional.of(text(arguments, 1)) : Optional.empty())
                    .orElse(null))
        .all(
            "col_description",
            (context, arguments) ->
                catalog(context).comments(number(arguments, 0)).stream()
                    .filter(comment ->
                        comment.columnId() != 0 && comment.columnId() == number(arguments, 1))
                    .map(CommentDefinition::text)
                    .findFirst()
                    .orElse(null))
        .all("pg_get_viewdef", DefinitionFunctions::viewDefinition)
        .all("pg_get_ruledef", DefinitionFunctions::ruleDefinition)
        .all(
            "pg_get_userbyid",
            (context, arguments) ->
                new CatalogNames(context.session())
                    .roleName(number(arguments, 0))
                    .orElse("unknown (OID=" + number(arguments, 0) + ")"))
        .all("pg_get_serial_sequence", DefinitionFunctions::serialSequence)
        .all("pg_sequence_parameters", DefinitionFunctions::sequenceParameters)
        .all("pg_describe_object", DefinitionFunctions::describeObject)
        .all("pg_identify_object", (_, _) -> null)
        .all("pg_relation_filenode", (_, arguments) -> number(arguments, 0))
        .all("pg_partition_root", (_, _) -> null);
  }

  private static String formatType(FunctionContext context, long oid, @Nullable Object modifier) {
    if (oid == 0) {
      return "-";
    }
    return catalog(context)
        .sqlType(oid)
        .map(type ->
            !type.isBuiltIn()
                ? new CatalogNames(context.session()).typeName(type)
                : modifier == null
                    ? withoutModifier(type)
                    : TypeNames.formatType(type.withModifier(((Long) modifier).intValue())))
        .orElse("???");
  }

  /// A modifier that is not known is another thing than none, which for these types means length 1.
  private static String withoutModifier(SqlType type) {
    String brackets = type.array() ? "[]" : "";
    return switch (type.base()) {
      case BPCHAR -> "character" + brackets;
      case BIT -> "bit" + brackets;
      default -> TypeNames.formatType(type);
    };
  }

  /// Whether the flag for pretty printing is among the arguments and set.
  private static boolean isPretty(@Nullable Object[] arguments, int index) {
    return arguments.length > index && Boolean.TRUE.equals(arguments[index]);
  }

  private static @Nullable Object indexDefinition(
      FunctionContext context, @Nullable Object[] arguments) {
    long oid = number(arguments, 0);
    int column = arguments.length > 1 ? (int) number(arguments, 1) : 0;
    boolean pretty = isPretty(arguments, 2);
    for (TableDefinition table : catalog(context).tables()) {
      for (IndexDefinition index : table.indexes()) {
        if (index.id() == oid) {
          if (column == 0) {
            return shown(context, DefinitionText.index(table, index, pretty));
          }
          return column <= index.keys().size() + index.includedColumnIds().size()
              ? shown(context, DefinitionText.indexColumn(table, index, column - 1, pretty))
              : "";
        }
      }
    }
    return null;
  }

  private static @Nullable Object constraintDefinition(
      FunctionContext context, @Nullable Object[] arguments) {
    long oid = number(arguments, 0);
    for (TableDefinition table : catalog(context).tables()) {
      if (table.primaryKey().isPresent() && table.primaryKey().get().id() == oid) {
        return DefinitionText.primaryKey(table);
      }
      for (IndexDefinition index : table.indexes()) {
        if (index.constraintId().filter(id -> id == oid).isPresent()) {
          return DefinitionText.unique(table, index);
        }
      }
      for (ForeignKey key : table.foreignKeys()) {
        if (key.id() == oid) {
          TableDefinition parent = catalog(context).table(key.referencedTableId()).orElseThrow();
          String name =
              new CatalogNames(context.session())
                  .nameOf(BaseType.REGCLASS, parent.id())
                  .orElse(parent.name());
          return DefinitionText.foreignKey(table, key, parent, name);
        }
      }
      for (CheckConstraint check : table.checks()) {
        if (check.id() == oid) {
          return shown(
              context,
              isPretty(arguments, 1)
                  ? DefinitionText.prettyCheck(check)
                  : DefinitionText.check(check));
        }
      }
    }
    for (TypeDefinition type : catalog(context).types()) {
      for (CheckConstraint check : type.checks()) {
        if (check.id() == oid) {
          return shown(
              context,
              isPretty(arguments, 1)
                  ? DefinitionText.prettyCheck(check)
                  : DefinitionText.check(check));
        }
      }
    }
    return null;
  }

  private static @Nullable Object viewDefinition(
      FunctionContext context, @Nullable Object[] arguments) {
    long oid =
        arguments[0] instanceof String name
            ? new CatalogNames(context.session()).oidOf(BaseType.REGCLASS, name)
            : number(arguments, 0);
    // A width asks for the pretty form too.
    boolean pretty =
        arguments.length > 1 && (arguments[1] instanceof Long || isPretty(arguments, 1));
    return view(context, oid).map(view -> viewText(context, view, pretty)).orElse(null);
  }

  private static Optional<ViewDefinition> view(FunctionContext context, long relationId) {
    CatalogImage catalog = catalog(context);
    return catalog.materializedView(relationId).or(() -> catalog.view(relationId));
  }

  private static String viewText(FunctionContext context, ViewDefinition view, boolean pretty) {
    List<String> path = context.session().state().relationPath();
    CatalogImage catalog = catalog(context);
    return shown(
        context, ViewText.definition(view, catalog, oid -> catalog.isVisible(oid, path), pretty));
  }

  private static @Nullable Object ruleDefinition(
      FunctionContext context, @Nullable Object[] arguments) {
    return catalog(context)
        .view(number(arguments, 0))
        .map(view ->
            "CREATE RULE \"_RETURN\" AS\n    ON SELECT TO "
                + DefinitionText.identifier(view.schema())
                + "."
                + DefinitionText.identifier(view.name())
                + " DO INSTEAD "
                + viewText(context, view, isPretty(arguments, 1)))
        .orElse(null);
  }

  private static @Nullable Object serialSequence(
      FunctionContext context, @Nullable Object[] arguments) {
    CatalogNames names = new CatalogNames(context.session());
    long oid = names.oidOf(BaseType.REGCLASS, text(arguments, 0));
    String name = text(arguments, 1);
    TableDefinition table =
        catalog(context)
            .table(oid)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a table", text(arguments, 0)));
    ColumnDefinition column =
        table
            .ordinalOf(name)
            .map(table.columns()::get)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_COLUMN,
                    "column \"%s\" of relation \"%s\" does not exist",
                    name,
                    table.name()));
    Optional<SequenceDefinition> sequence =
        column
            .sequenceId()
            .flatMap(catalog(context)::sequence)
            .or(() ->
                catalog(context).sequences().stream()
                    .filter(each -> each.ownedByColumn() == column.id())
                    .filter(each -> each.ownedByTable().filter(id -> id == oid).isPresent())
                    .findFirst());
    return sequence
        .map(found ->
            DefinitionText.identifier(found.schema())
                + "."
                + DefinitionText.identifier(found.name()))
        .orElse(null);
  }

  private static Object sequenceParameters(FunctionContext context, @Nullable Object[] arguments) {
    SequenceDefinition sequence =
        SessionFunctions.sequence(context.session(), number(arguments, 0));
    return new RecordValue(
        List.of(
            "start_value",
            "minimum_value",
            "maximum_value",
            "increment",
            "cycle_option",
            "cache_size",
            "data_type"),
        List.of(
            SqlType.INT8,
            SqlType.INT8,
            SqlType.INT8,
            SqlType.INT8,
            SqlType.BOOL,
            SqlType.INT8,
            SqlType.OID),
        new Object[] {
          sequence.start(),
          sequence.min(),
          sequence.max(),
          sequence.increment(),
          sequence.cycle(),
          sequence.cache(),
          (long) sequence.type().oid()
        });
  }

  private static String shown(FunctionContext context, String sql) {
    return ShownExpressions.of(sql, catalog(context), context.session().state().searchPath());
  }

  private static @Nullable Object describeObject(
      FunctionContext context, @Nullable Object[] arguments) {
    if (number(arguments, 0) != CLASS_RELATION) {
      return null;
    }
    CatalogImage catalog = catalog(context);
    long oid = number(arguments, 1);
    int column = (int) number(arguments, 2);
    Optional<TableDefinition> table = catalog.table(oid);
    if (table.isPresent() && column > 0) {
      return "column "
          + table.get().columns().get(table.get().ordinalOfId(column)).name()
          + " of table "
          + table.get().name();
    }
    String kind =
        catalog.materializedView(oid).isPresent()
            ? "materialized view "
            : table.isPresent()
                ? "table "
                : catalog.sequence(oid).isPresent()
                    ? "sequence "
                    : catalog.view(oid).isPresent() ? "view " : "index ";
    return new CatalogNames(context.session())
        .relation(oid)
        .map(relation -> kind + relation.name())
        .orElse(null);
  }

  private static void functionTexts(FunctionTable table) {
    table
        .all(
            "pg_get_function_arguments", (_, arguments) -> argumentList(number(arguments, 0), true))
        .all(
            "pg_get_function_identity_arguments",
            (_, arguments) -> argumentList(number(arguments, 0), false))
        .all(
            "pg_get_function_result",
            (_, arguments) ->
                function(number(arguments, 0)).map(DefinitionFunctions::result).orElse(null))
        .all("pg_get_function_arg_default", (_, _) -> null)
        .all("pg_get_function_sqlbody", (_, _) -> null)
        .all(
            "pg_get_functiondef",
            (_, arguments) ->
                function(number(arguments, 0))
                    .map(DefinitionFunctions::functionDefinition)
                    .orElse(null))
        .all(
            "oidvectortypes",
            (context, arguments) ->
                java.util.Arrays.stream(
                        ((ArrayValue) SessionFunctions.value(arguments, 0)).elements())
                    .map(oid ->
                        formatType(context, (Long) java.util.Objects.requireNonNull(oid), null))
                    .collect(Collectors.joining(", ")));
  }

  private static Optional<FunctionSignature> function(long oid) {
    return FunctionRegistry.standard().functionByOid((int) oid);
  }

  private static String result(FunctionSignature function) {
    String type = TypeNames.formatType(function.result());
    return switch (function.kind()) {
      case SET_RETURNING -> "SETOF " + type;
      case SCALAR, AGGREGATE, WINDOW -> type;
    };
  }

  /// The statement that would create one of our functions if it could be created.
  private static String functionDefinition(FunctionSignature function) {
    if (function.kind() == FunctionKind.AGGREGATE) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is an aggregate function", function.name());
    }
    String flags =
        (function.kind() == FunctionKind.WINDOW ? " WINDOW" : "")
            + switch (function.volatility()) {
              case IMMUTABLE -> " IMMUTABLE";
              case STABLE -> " STABLE";
              case VOLATILE -> "";
            }
            + " PARALLEL SAFE"
            + (function.strict() ? " STRICT" : "");
    return "CREATE OR REPLACE FUNCTION "
        + CatalogNames.schemaOf(function.oid())
        + "."
        + DefinitionText.identifier(function.name())
        + "("
        + argumentList(function, true)
        + ")\n RETURNS "
        + result(function)
        + "\n LANGUAGE internal\n"
        + flags
        + "\nAS $function$"
        + function.name()
        + "$function$\n";
  }

  private static @Nullable Object argumentList(long oid, boolean outputs) {
    return function(oid).map(found -> argumentList(found, outputs)).orElse(null);
  }

  private static String argumentList(FunctionSignature function, boolean outputs) {
    List<String> texts = new ArrayList<>();
    int last = function.arguments().size() - 1;
    for (int i = 0; i <= last; i++) {
      String type = TypeNames.formatType(function.declaredArguments().get(i));
      texts.add(function.variadic() && i == last ? "VARIADIC " + type : type);
    }
    if (outputs) {
      for (OutputColumn column : FunctionRegistry.standard().outputColumns(function)) {
        texts.add(
            "OUT "
                + DefinitionText.identifier(column.name())
                + " "
                + TypeNames.formatType(column.type()));
      }
    }
    return String.join(", ", texts);
  }

  private static void visibility(FunctionTable table) {
    table.all(
        "pg_table_is_visible",
        (context, arguments) -> {
          CatalogNames names = new CatalogNames(context.session());
          return names.relation(number(arguments, 0)).map(names::isVisible).orElse(null);
        });
    table
        .all(
            "pg_type_is_visible",
            (context, arguments) ->
                new CatalogNames(context.session())
                    .isTypeVisible(number(arguments, 0))
                    .orElse(null))
        .all(
            "pg_function_is_visible",
            (_, arguments) -> function(number(arguments, 0)).isPresent() ? true : null)
        .all(
            "pg_operator_is_visible",
            (_, arguments) ->
                FunctionRegistry.standard().operatorByOid((int) number(arguments, 0)).isPresent()
                    ? true
                    : null);
    for (String kind :
        List.of(
            "opclass",
            "opfamily",
            "collation",
            "conversion",
            "statistics_obj",
            "ts_config",
            "ts_dict",
            "ts_parser",
            "ts_template")) {
      table.all("pg_" + kind + "_is_visible", (_, _) -> true);
    }
  }

  private static void lookups(FunctionTable table) {
    Map<String, BaseType> functions = new HashMap<>();
    functions.put("to_regclass", BaseType.REGCLASS);
    functions.put("to_regtype", BaseType.REGTYPE);
    functions.put("to_regproc", BaseType.REGPROC);
    functions.put("to_regprocedure", BaseType.REGPROCEDURE);
    functions.put("to_regoper", BaseType.REGOPER);
    functions.put("to_regoperator", BaseType.REGOPERATOR);
    functions.put("to_regnamespace", BaseType.REGNAMESPACE);
    functions.put("to_regrole", BaseType.REGROLE);
    functions.put("to_regcollation", BaseType.REGCOLLATION);
    functions.forEach((name, type) ->
        table.all(
            name,
            (context, arguments) ->
                new CatalogNames(context.session()).find(type, text(arguments, 0)).orElse(null)));
  }

  private static void privileges(FunctionTable table) {
    PrivilegeFunctions.addTo(table);
    table.all(
        "pg_relation_is_updatable",
        (context, arguments) -> (long) changes(context, number(arguments, 0)));
    table.all(
        "pg_column_is_updatable", (context, arguments) -> isColumnUpdatable(context, arguments));
    table.all("pg_relation_is_publishable", (_, _) -> false);
  }

  /// Whether rows can be inserted, updated and deleted.
  private static int changes(FunctionContext context, long relationId) {
    CatalogImage catalog = catalog(context);
    return catalog.table(relationId).isPresent()
        ? catalog.materializedView(relationId).isPresent() ? 0 : ViewDefinition.CHANGES_ALL
        : catalog.view(relationId).map(view -> view.changes(catalog)).orElse(0);
  }

  private static boolean isColumnUpdatable(FunctionContext context, @Nullable Object[] arguments) {
    CatalogImage catalog = catalog(context);
    int number = (int) number(arguments, 1);
    return catalog
        .view(number(arguments, 0))
        .map(view ->
            view.isUpdatable(number, catalog)
                && view.changes(catalog) == ViewDefinition.CHANGES_ALL)
        .orElseGet(() -> number > 0 && changes(context, number(arguments, 0)) != 0);
  }

  private static void sizes(FunctionTable table) {
    table
        .all(
            "pg_relation_size",
            (context, arguments) -> context.session().relationSizeBytes(number(arguments, 0)))
        .all(
            "pg_table_size",
            (context, arguments) -> context.session().relationSizeBytes(number(arguments, 0)))
        .all("pg_indexes_size", (context, arguments) -> indexBytes(context, number(arguments, 0)))
        .all(
            "pg_total_relation_size",
            (context, arguments) ->
                context.session().relationSizeBytes(number(arguments, 0))
                    + indexBytes(context, number(arguments, 0)))
        .all(
            "quiver_txn_status",
            (context, arguments) ->
                context.session().transactionStatus(SessionFunctions.text(arguments, 0)))
        .all("quiver_index_recall", DefinitionFunctions::indexRecall)
        .all("pg_database_size", (context, _) -> databaseBytes(context))
        .all("pg_tablespace_size", (context, _) -> databaseBytes(context));
  }

  /// NULL where there are no rows to measure with.
  private static @Nullable Object indexRecall(
      FunctionContext context, @Nullable Object[] arguments) {
    double recall =
        context
            .session()
            .indexRecall(
                number(arguments, 0), (int) number(arguments, 1), (int) number(arguments, 2));
    return Double.isNaN(recall) ? null : recall;
  }

  private static long indexBytes(FunctionContext context, long tableId) {
    return catalog(context).table(tableId).stream()
        .flatMap(table -> table.indexes().stream())
        .mapToLong(index -> context.session().relationSizeBytes(index.id()))
        .sum();
  }

  private static long databaseBytes(FunctionContext context) {
    return catalog(context).tables().stream()
        .mapToLong(table ->
            context.session().relationSizeBytes(table.id()) + indexBytes(context, table.id()))
        .sum();
  }

  /// Functions about objects that cannot exist here: what PostgreSQL answers for an unknown OID.
  private static void absentThings(FunctionTable table) {
    for (String name :
        List.of(
            "pg_get_partkeydef",
            "pg_get_partition_constraintdef",
            "pg_get_triggerdef",
            "pg_get_statisticsobjdef",
            "pg_get_statisticsobjdef_columns",
            "pg_get_statisticsobjdef_expressions",
            "pg_get_replica_identity_index")) {
      table.all(name, (_, _) -> null);
    }
    table.all("pg_tablespace_location", (_, _) -> "");
    table.all("pg_stat_get_numscans", (_, _) -> 0L);
    table.all("pg_stat_get_live_tuples", (_, _) -> 0L);
    table.all("pg_stat_get_dead_tuples", (_, _) -> 0L);
  }
}
