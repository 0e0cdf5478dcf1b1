package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.AccessRefusal;
import quiver.common.plan.CopyOptions;
import quiver.common.type.SqlType;
import quiver.planner.calcite.ValuesRel;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Statement;

/// COPY FROM STDIN and COPY TO STDOUT.
final class CopyBinder {
  private final Binding binding;
  private final RelationNames names;

  CopyBinder(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
  }

  private static void requireClient(Statement.CopyEnd end) {
    switch (end) {
      case Statement.CopyClient _ -> {}
      case Statement.CopyFile _ -> throw DefinitionBinder.unsupported("COPY with a server file is");
      case Statement.CopyProgram _ -> throw DefinitionBinder.unsupported("COPY with a program is");
    }
  }

  // ---- COPY FROM

  BoundStatement.CopyIn copyFrom(Statement.CopyFrom statement) {
    requireClient(statement.source());
    if (names.require(statement.table())
        instanceof RelationNames.Relation.View(ViewDefinition view)) {
      throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "cannot copy to view \"%s\"", view.name())
          .withHint("To enable copying to a view, provide an INSTEAD OF INSERT trigger.");
    }
    TableDefinition table = names.requireChangeable(statement.table());
    ChangeTarget target = ChangeTarget.of(binding, table);
    List<Integer> columns =
        ModificationBinder.targets(target, statement.columns()).stream()
            .filter(ordinal -> isCopied(table.columns().get(ordinal), statement))
            .toList();
    ModificationBinder.demandInsert(target, columns);
    binding.demands().askRightsFirst();
    if (new RowSecurity(binding).applies(table)) {
      binding
          .demands()
          .refuse(
              new AccessRefusal(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "COPY FROM not supported with row-level security",
                  "Use INSERT statements instead."));
    }
    List<SqlType> streamTypes =
        columns.stream().map(ordinal -> table.columns().get(ordinal).type()).toList();
    ValuesRel stream = new ValuesRel(binding.cluster(), List.of(), streamTypes);
    TableExpressions tableExpressions = new TableExpressions(binding);
    List<RexNode> row = new ArrayList<>();
    for (int ordinal = 0; ordinal < table.columns().size(); ordinal++) {
      int position = columns.indexOf(ordinal);
      row.add(
          position >= 0
              ? binding.column(stream, position)
              : tableExpressions.defaultOf(table.columns().get(ordinal)));
    }
    RelNode source =
        tableExpressions.withGenerated(binding.project(stream, row), table.columns(), table.name());
    BoundStatement.Insert insert =
        new BoundStatement.Insert(
            table,
            source,
            tableExpressions.checks(table),
            Optional.empty(),
            BoundStatement.Returning.NONE);
    return new BoundStatement.CopyIn(
        insert,
        columns,
        streamTypes,
        options(statement.options(), table, columns, true),
        where(statement.where(), table, columns));
  }

  /// Generated columns are no part of a COPY.
  private static boolean isCopied(ColumnDefinition column, Statement.CopyFrom statement) {
    if (column.generatedSql().isPresent() && !statement.columns().isEmpty()) {
      throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "column \"%s\" is a generated column",
              column.name())
          .withDetail("Generated columns cannot be used in COPY.");
    }
    return column.generatedSql().isEmpty();
  }

  private List<RexNode> where(
      @Nullable SqlNode where, TableDefinition table, List<Integer> columns) {
    if (where == null) {
      return List.of();
    }
    List<Namespace.Column> visible = new ArrayList<>();
    for (int ordinal : columns) {
      ColumnDefinition column = table.columns().get(ordinal);
      visible.add(
          new Namespace.Column(
              column.name(),
              binding.rex().column(visible.size(), column.type()),
              Namespace.Origin.NONE,
              false));
    }
    Namespace namespace = new Namespace(table.name(), table.schema(), null, visible, table, false);
    Scope scope = new Scope(binding.newId(), null, List.of(namespace), visible, binding.rex());
    ExpressionBinder expressions =
        new ExpressionBinder(
            binding, scope, CommonTables.NONE, new Placeholders(binding.rex()), Map.of());
    return List.of(expressions.bindCondition(where, Clause.COPY_WHERE, "WHERE"));
  }

  // ---- COPY TO

  BoundStatement.CopyOut copyTo(Statement.CopyTableTo statement) {
    requireClient(statement.target());
    binding.demands().askRightsFirst();
    FromItem.Table item = new FromItem.Table(statement.table(), null);
    FromResult from = new FromBinder(binding, null, CommonTables.NONE).bind(List.of(item));
    List<Namespace.Column> visible =
        from.columns().stream().filter(column -> !column.hidden()).toList();
    List<RexNode> values = new ArrayList<>();
    List<BoundQuery.OutputColumn> outputs = new ArrayList<>();
    for (Namespace.Column column : selected(visible, statement.columns(), item)) {
      binding.demands().read(column.origin());
      values.add(column.expression());
      outputs.add(
          new BoundQuery.OutputColumn(
              column.name(), column.type(), column.origin().tableId(), column.origin().columnId()));
    }
    BoundQuery query = new BoundQuery(binding.project(from.rel(), values), outputs);
    return new BoundStatement.CopyOut(
        new BoundStatement.Select(query), options(statement.options(), query.columns()));
  }

  private static List<Namespace.Column> selected(
      List<Namespace.Column> visible, List<SqlIdentifier> wanted, FromItem.Table table) {
    if (wanted.isEmpty()) {
      return visible;
    }
    List<Namespace.Column> selected = new ArrayList<>();
    for (SqlIdentifier name : wanted) {
      selected.add(
          visible.stream()
              .filter(column -> column.name().equals(name.getSimple()))
              .findFirst()
              .orElseThrow(() ->
                  new QuiverException(
                          SqlState.UNDEFINED_COLUMN,
                          "column \"%s\" of relation \"%s\" does not exist",
                          name.getSimple(),
                          table.name().names.getLast())
                      .at(Positions.of(name))));
    }
    return selected;
  }

  BoundStatement.CopyOut copyTo(Statement.CopyQueryTo statement) {
    requireClient(statement.target());
    BoundStatement source = new StatementBinder(binding).bind(statement.statement());
    return new BoundStatement.CopyOut(source, options(statement.options(), columns(source)));
  }

  private static List<BoundQuery.OutputColumn> columns(BoundStatement source) {
    List<BoundQuery.OutputColumn> returned =
        switch (source) {
          case BoundStatement.Select(BoundQuery query) -> query.columns();
          case BoundStatement.Modifying modifying -> columns(modifying.body());
          case BoundStatement.Insert insert -> insert.returning().columns();
          case BoundStatement.Update update -> update.returning().columns();
          case BoundStatement.Delete delete -> delete.returning().columns();
          default -> throw DefinitionBinder.unsupported("COPY of this statement is");
        };
    if (returned.isEmpty() && !(source instanceof BoundStatement.Select)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "COPY query must have a RETURNING clause");
    }
    return returned;
  }

  // ---- options

  private static CopyOptions options(List<Option> options, List<BoundQuery.OutputColumn> returned) {
    return new OptionReader(returned.stream().map(BoundQuery.OutputColumn::name).toList(), false)
        .read(options);
  }

  private static CopyOptions options(
      List<Option> options, TableDefinition table, List<Integer> columns, boolean from) {
    return new OptionReader(
            columns.stream().map(ordinal -> table.columns().get(ordinal).name()).toList(), from)
        .read(options);
  }

  /// Reads COPY's options; messages are PostgreSQL's.
  private static final class OptionReader {
    private final List<String> columns;
    private final boolean from;
    private CopyOptions.Format format = CopyOptions.Format.TEXT;
    private @Nullable String delimiter;
    private @Nullable String nullText;
    private boolean header;
    private boolean headerMatch;
    private @Nullable String quote;
    private @Nullable String escape;
    private List<Integer> forceQuote = List.of();
    private List<Integer> forceNotNull = List.of();
    private List<Integer> forceNull = List.of();
    private final List<String> seen = new ArrayList<>();

    OptionReader(List<String> columns, boolean from) {
      this.columns = columns;
      this.from = from;
    }

    CopyOptions read(List<Option> options) {
      for (Option option : options) {
        if (seen.contains(option.name())) {
          throw error("conflicting or redundant options").at(option.position());
        }
        seen.add(option.name());
        read(option);
      }
      return checked();
    }

    private static QuiverException error(String message) {
      return QuiverException.ofMessage(SqlState.SYNTAX_ERROR, message);
    }

    private static QuiverException unsupported(String message) {
      return QuiverException.ofMessage(SqlState.FEATURE_NOT_SUPPORTED, message);
    }

    private void read(Option option) {
      switch (option.name()) {
        case "format" -> format = format(option);
        case "delimiter" -> delimiter = text(option);
        case "null" -> nullText = text(option);
        case "header" -> header(option);
        case "quote" -> quote = text(option);
        case "escape" -> escape = text(option);
        case "force_quote" -> forceQuote = names(option, true);
        case "force_not_null" -> forceNotNull = names(option, false);
        case "force_null" -> forceNull = names(option, false);
        case "encoding" -> {
          String encoding = text(option).toLowerCase(Locale.ROOT).replace("-", "");
          if (!encoding.equals("utf8")) {
            throw unsupported("COPY with encoding \"" + text(option) + "\" is not supported");
          }
        }
        // Spares PostgreSQL a later pass over the rows; here rows are never visited again.
        case "freeze" -> truth(option);
        default ->
            throw error("option \"" + option.name() + "\" not recognized").at(option.position());
      }
    }

    private static CopyOptions.Format format(Option option) {
      return switch (text(option)) {
        case "text" -> CopyOptions.Format.TEXT;
        case "csv" -> CopyOptions.Format.CSV;
        case "binary" -> CopyOptions.Format.BINARY;
        default ->
            throw QuiverException.ofMessage(
                    SqlState.INVALID_PARAMETER_VALUE,
                    "COPY format \"" + option.text() + "\" not recognized")
                .at(option.position());
      };
    }

    private static String text(Option option) {
      String text = option.text();
      if (text == null) {
        throw error(option.name() + " requires a parameter").at(option.position());
      }
      return text;
    }

    private void header(Option option) {
      String text = option.text();
      if (text != null && text.equalsIgnoreCase("match")) {
        if (!from) {
          throw unsupported("cannot use \"match\" with HEADER in COPY TO");
        }
        header = true;
        headerMatch = true;
      } else {
        header = truth(option);
      }
    }

    static boolean truth(Option option) {
      String text = option.text();
      if (text == null) {
        return true;
      }
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true", "on", "1" -> true;
        case "false", "off", "0" -> false;
        default -> throw error(option.name() + " requires a Boolean value").at(option.position());
      };
    }

    private List<Integer> names(Option option, boolean star) {
      if (star && option.value() instanceof Option.Star) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
          all.add(i);
        }
        return all;
      }
      if (!(option.value() instanceof Option.Items items)) {
        throw error("argument to option \"" + option.name() + "\" must be a list of column names")
            .at(option.position());
      }
      List<Integer> positions = new ArrayList<>();
      for (String name : items.texts()) {
        int index = columns.indexOf(name);
        if (index < 0) {
          throw new QuiverException(
              SqlState.INVALID_COLUMN_REFERENCE,
              "%s column \"%s\" not referenced by COPY",
              option.name().toUpperCase(Locale.ROOT),
              name);
        }
        positions.add(index);
      }
      return positions;
    }

    private CopyOptions checked() {
      boolean csv = format == CopyOptions.Format.CSV;
      if (format == CopyOptions.Format.BINARY) {
        if (delimiter != null) {
          throw error("cannot specify DELIMITER in BINARY mode");
        }
        if (nullText != null) {
          throw error("cannot specify NULL in BINARY mode");
        }
        if (header) {
          throw unsupported("cannot specify HEADER in BINARY mode");
        }
      }
      String separator = delimiter == null ? (csv ? "," : "\t") : delimiter;
      String missing = nullText == null ? (csv ? "" : "\\N") : nullText;
      String quoting = quote == null ? "\"" : quote;
      String escaping = escape == null ? quoting : escape;
      if (separator.length() != 1) {
        throw unsupported("COPY delimiter must be a single one-byte character");
      }
      if (separator.equals("\n") || separator.equals("\r")) {
        throw invalid("COPY delimiter cannot be newline or carriage return");
      }
      if (missing.contains("\n") || missing.contains("\r")) {
        throw invalid("COPY null representation cannot use newline or carriage return");
      }
      if (!csv && "\\.abcdefghijklmnopqrstuvwxyz0123456789".contains(separator)) {
        throw invalid("COPY delimiter cannot be \"" + separator + "\"");
      }
      checkCsvOnly(csv);
      if (csv) {
        if (quoting.length() != 1) {
          throw unsupported("COPY quote must be a single one-byte character");
        }
        if (separator.equals(quoting)) {
          throw invalid("COPY delimiter and quote must be different");
        }
        if (escaping.length() != 1) {
          throw unsupported("COPY escape must be a single one-byte character");
        }
        if (missing.contains(quoting)) {
          throw unsupported("CSV quote character must not appear in the NULL specification");
        }
      }
      if (missing.contains(separator)) {
        throw unsupported("COPY delimiter must not appear in the NULL specification");
      }
      return new CopyOptions(
          format,
          separator.charAt(0),
          missing,
          header,
          headerMatch,
          quoting.charAt(0),
          escaping.charAt(0),
          forceQuote,
          forceNotNull,
          forceNull);
    }

    private static QuiverException invalid(String message) {
      return QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
    }

    private void checkCsvOnly(boolean csv) {
      if (!csv) {
        for (String name :
            List.of("quote", "escape", "force_quote", "force_not_null", "force_null")) {
          if (seen.contains(name)) {
            throw unsupported("COPY " + name.replace('_', ' ') + " available only in CSV mode");
          }
        }
      }
      if (!forceQuote.isEmpty() && from) {
        throw unsupported("COPY force quote only available using COPY TO");
      }
      if (!forceNotNull.isEmpty() && !from) {
        throw unsupported("COPY force not null only available using COPY FROM");
      }
      if (!forceNull.isEmpty() && !from) {
        throw unsupported("COPY force null only available using COPY FROM");
      }
    }
  }
}
