package quiver.planner.binder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.planner.parser.node.IndexElement;
import quiver.planner.parser.node.Option;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Statement;

/// CREATE INDEX, with pgvector's rules and messages.
final class IndexBinder {
  private static final String HNSW = "hnsw";
  private static final int CONNECTIONS_MIN = 2;
  private static final int CONNECTIONS_MAX = 100;
  private static final int CONNECTIONS_DEFAULT = 16;
  private static final int CANDIDATES_MIN = 4;
  private static final int CANDIDATES_MAX = 1000;
  private static final int CANDIDATES_DEFAULT = 64;

  /// Methods of PostgreSQL and of vector extensions that are known by name.
  private static final Set<String> OTHER_METHODS =
      Set.of("btree", "hash", "gin", "gist", "spgist", "brin", "ivfflat", "diskann");

  private final RelationNames names;

  IndexBinder(Binding binding) {
    this.names = new RelationNames(binding.context());
  }

  BoundStatement.Ddl createIndex(Statement.CreateIndex statement) {
    TableDefinition table = names.requireDefinedTable(statement.table());
    SqlIdentifier methodName = statement.method();
    String method = methodName == null ? "btree" : methodName.getSimple().toLowerCase(Locale.ROOT);
    if (OTHER_METHODS.contains(method)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "index method \"%s\" is not supported", method);
    }
    if (!method.equals(HNSW)) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "access method \"%s\" does not exist", method);
    }
    requireShape(statement);
    IndexElement element = statement.elements().getFirst();
    ColumnDefinition column = column(table, element.expression());
    DistanceMetric metric = metric(column, element.operatorClass());
    Map<String, String> options = options(statement.options());
    SqlIdentifier name = statement.name();
    return new BoundStatement.Ddl(
        new DdlCommand.CreateIndex(
            table.id(),
            name == null ? Optional.empty() : Optional.of(name.names.getLast()),
            statement.ifNotExists(),
            HNSW,
            List.of(column.id()),
            List.of(metric.operatorClass(column.type().base().typeName())),
            Optional.of(metric),
            options),
        "CREATE INDEX");
  }

  private static void requireShape(Statement.CreateIndex statement) {
    if (statement.unique()) {
      throw refused("access method \"%s\" does not support unique indexes");
    }
    if (!statement.include().isEmpty()) {
      throw refused("access method \"%s\" does not support included columns");
    }
    if (statement.elements().size() != 1) {
      throw refused("access method \"%s\" does not support multicolumn indexes");
    }
    if (statement.where() != null) {
      throw DefinitionBinder.unsupported("partial indexes are");
    }
    if (statement.tablespace() != null) {
      throw DefinitionBinder.unsupported("tablespaces are");
    }
    if (statement.nullsNotDistinct()) {
      throw DefinitionBinder.unsupported("NULLS NOT DISTINCT is");
    }
    IndexElement element = statement.elements().getFirst();
    if (element.descending()) {
      throw refused("access method \"%s\" does not support ASC/DESC options");
    }
    if (element.nulls() != OrderItem.Nulls.DEFAULT) {
      throw refused("access method \"%s\" does not support NULLS FIRST/LAST options");
    }
    if (element.collation() != null) {
      throw DefinitionBinder.unsupported("collations of a vector index are");
    }
    if (!element.operatorClassOptions().isEmpty()) {
      throw DefinitionBinder.unsupported("operator class options are");
    }
  }

  private static QuiverException refused(String format) {
    return QuiverException.ofMessage(SqlState.FEATURE_NOT_SUPPORTED, format.replace("%s", HNSW));
  }

  private static ColumnDefinition column(TableDefinition table, SqlNode node) {
    if (!(node instanceof SqlIdentifier identifier) || identifier.names.size() != 1) {
      throw DefinitionBinder.unsupported("expression indexes are").at(Positions.of(node));
    }
    int ordinal =
        table
            .ordinalOf(identifier.getSimple())
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_COLUMN,
                    "column \"%s\" does not exist",
                    identifier.getSimple()));
    return table.columns().get(ordinal);
  }

  private static DistanceMetric metric(
      ColumnDefinition column, @Nullable SqlIdentifier operatorClass) {
    SqlType type = column.type();
    if (operatorClass == null) {
      throw new QuiverException(
              SqlState.UNDEFINED_OBJECT,
              "data type %s has no default operator class for access method \"%s\"",
              type.sqlName(),
              HNSW)
          .withHint(
              "You must specify an operator class for the index or define a default operator class"
                  + " for the data type.");
    }
    String name = operatorClass.names.getLast();
    for (BaseType base : List.of(BaseType.VECTOR, BaseType.HALFVEC, BaseType.SPARSEVEC)) {
      for (DistanceMetric metric : DistanceMetric.values()) {
        if (metric.operatorClass(base.typeName()).equals(name)) {
          return checked(column, base, metric, name);
        }
      }
    }
    if (name.equals("bit_hamming_ops") || name.equals("bit_jaccard_ops")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "operator class \"%s\" is not supported", name);
    }
    throw new QuiverException(
        SqlState.UNDEFINED_OBJECT,
        "operator class \"%s\" does not exist for access method \"%s\"",
        name,
        HNSW);
  }

  private static DistanceMetric checked(
      ColumnDefinition column, BaseType base, DistanceMetric metric, String name) {
    SqlType type = column.type();
    if (type.base() != base || type.array()) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "operator class \"%s\" does not accept data type %s",
          name,
          type.sqlName());
    }
    if (base != BaseType.VECTOR) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "operator class \"%s\" is not supported", name);
    }
    if (type.modifier() == SqlType.NO_MODIFIER) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "column does not have dimensions");
    }
    return metric;
  }

  private static Map<String, String> options(List<Option> options) {
    Map<String, String> values = new LinkedHashMap<>();
    int connections = CONNECTIONS_DEFAULT;
    int candidates = CANDIDATES_DEFAULT;
    for (Option option : options) {
      switch (option.name()) {
        case "m" -> {
          connections = integer(option, CONNECTIONS_MIN, CONNECTIONS_MAX);
          values.put("m", Integer.toString(connections));
        }
        case "ef_construction" -> {
          candidates = integer(option, CANDIDATES_MIN, CANDIDATES_MAX);
          values.put("ef_construction", Integer.toString(candidates));
        }
        default ->
            throw new QuiverException(
                SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", option.name());
      }
    }
    if (candidates < 2 * connections) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "ef_construction must be greater than or equal to 2 * m");
    }
    return values;
  }

  /// The integer value of a storage parameter.
  static int integer(Option option, int min, int max) {
    String text = option.text();
    long value;
    try {
      value = Long.parseLong(text == null ? "" : text.strip());
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "invalid value for integer option \"%s\": %s",
              option.name(),
              text == null ? "true" : text)
          .withCause(e);
    }
    if (value < min || value > max) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "value %d out of bounds for option \"%s\"",
              value,
              option.name())
          .withDetail("Valid values are between \"" + min + "\" and \"" + max + "\".");
    }
    return (int) value;
  }
}
