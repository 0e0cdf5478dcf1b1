package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.TypeName;

/// `json_to_record(x) AS r(a int, …)` and its kin: a query that takes the named fields of each
/// object and reads them as the types they are to have.
final class JsonRecords {
  private static final Map<String, String> ELEMENTS =
      Map.of(
          "json_to_recordset", "json_array_elements",
          "jsonb_to_recordset", "jsonb_array_elements");
  private static final Set<String> SINGLE = Set.of("json_to_record", "jsonb_to_record");
  private static final String VALUE = "value";

  private JsonRecords() {}

  /// The query; empty for any other function, and without column definitions.
  static Optional<FromItem.Subquery> of(FromItem.Functions item) {
    FromItem.Alias alias = item.alias();
    if (item.functions().size() != 1
        || item.ordinality()
        || !(item.functions().getFirst().call() instanceof ExpressionNode node)
        || !(node.value() instanceof Expression.Function call)
        || call.arguments().size() != 1) {
      return Optional.empty();
    }
    List<FromItem.ColumnDefinition> columns =
        !item.functions().getFirst().definitions().isEmpty()
            ? item.functions().getFirst().definitions()
            : alias == null ? List.of() : alias.definitions();
    String name = call.name().names.getLast();
    boolean known = SINGLE.contains(name) || ELEMENTS.containsKey(name);
    if (!known || columns.isEmpty()) {
      return Optional.empty();
    }
    SqlParserPos at = node.getParserPosition();
    List<SelectItem> items = new ArrayList<>();
    for (FromItem.ColumnDefinition column : columns) {
      items.add(new SelectItem(field(column, at, item.position()), column.name()));
    }
    FromItem source = source(call, name, at, item.position());
    Query query =
        new Query.Select(
            Query.Clauses.NONE,
            false,
            List.of(),
            items,
            List.of(source),
            null,
            List.of(),
            false,
            null,
            List.of(),
            item.position());
    SqlIdentifier aliasName = alias == null ? null : alias.name();
    return Optional.of(
        new FromItem.Subquery(
            query,
            true,
            new FromItem.Alias(
                aliasName == null ? new SqlIdentifier(name, at) : aliasName,
                alias == null ? List.of() : alias.columns(),
                List.of()),
            item.position()));
  }

  /// `(value ->> 'column')::type`, JSON types without the detour through text.
  private static SqlNode field(FromItem.ColumnDefinition column, SqlParserPos at, int position) {
    String type = column.type().name();
    boolean json = type.equals("json") || type.equals("jsonb");
    SqlNode field =
        new ExpressionNode(
            at,
            new Expression.Operator(
                null,
                json ? "->" : "->>",
                new SqlIdentifier(VALUE, at),
                SqlLiteral.createCharString(column.name().getSimple(), at),
                position));
    return new ExpressionNode(at, new Expression.Cast(field, column.type(), position));
  }

  private static FromItem source(
      Expression.Function call, String name, SqlParserPos at, int position) {
    String elements = ELEMENTS.get(name);
    if (elements == null) {
      Query one =
          new Query.Select(
              Query.Clauses.NONE,
              false,
              List.of(),
              List.of(
                  new SelectItem(
                      new ExpressionNode(
                          at,
                          new Expression.Cast(
                              call.arguments().getFirst().value(),
                              new TypeName(
                                  null,
                                  name.startsWith("jsonb") ? "jsonb" : "json",
                                  List.of(),
                                  0,
                                  position),
                              position)),
                      new SqlIdentifier(VALUE, at))),
              List.of(),
              null,
              List.of(),
              false,
              null,
              List.of(),
              position);
      return new FromItem.Subquery(
          one,
          true,
          new FromItem.Alias(new SqlIdentifier("record", at), List.of(), List.of()),
          position);
    }
    Expression.Function unnest =
        new Expression.Function(
            new SqlIdentifier(elements, at),
            call.arguments(),
            false,
            false,
            false,
            List.of(),
            false,
            null,
            null);
    return new FromItem.Functions(
        List.of(new FromItem.FunctionItem(new ExpressionNode(at, unnest), List.of())),
        false,
        false,
        true,
        new FromItem.Alias(
            new SqlIdentifier("record", at), List.of(new SqlIdentifier(VALUE, at)), List.of()),
        position);
  }
}
