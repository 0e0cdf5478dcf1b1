package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ViewText;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.plan.WindowFrame;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.calcite.WindowRel;
import quiver.planner.parser.node.Query;

/// Expressions of one level of a view's query: columns with the name of their item in FROM,
/// aggregates, window calls and subqueries in place of their placeholders.
final class ViewExpressions extends Deparser {
  private static final int CASE_INDENT = 4;

  private final QueryText query;
  private final Scope scope;
  private final Placeholders placeholders;
  private final boolean qualified;
  private int caseDepth;

  ViewExpressions(QueryText query, Scope scope, Placeholders placeholders) {
    this(query, scope, placeholders, true);
  }

  /// @param qualified whether columns are called with the name of their item in FROM
  ViewExpressions(QueryText query, Scope scope, Placeholders placeholders, boolean qualified) {
    super(query.binding(), String::valueOf);
    this.qualified = qualified;
    this.query = query;
    this.scope = scope;
    this.placeholders = placeholders;
  }

  static boolean isColumn(RexNode node) {
    return node instanceof RexInputRef || Rex.form(node) instanceof Form.Outer;
  }

  /// What a column is called without its item.
  String columnName(RexNode node) {
    return node instanceof RexInputRef reference
        ? found(scope, reference.getIndex()).columnName(query.trace())
        : outerColumn((Form.Outer) java.util.Objects.requireNonNull(Rex.form(node)))
            .columnName(query.trace());
  }

  @Override
  String print(RexNode node) {
    if (Rex.form(node) instanceof Form.Parameter(int index)) {
      throw new QuiverException(
              SqlState.UNDEFINED_PARAMETER, "there is no parameter $%d", index + 1)
          .at(query.binding().positionOf(node));
    }
    return super.print(node);
  }

  // ---- columns

  /// A column by the entry of FROM it belongs to.
  private record Found(Namespace namespace, Namespace.Column column) {
    /// Aliases may rename columns, joins by name keep their names.
    String columnName(QueryTrace trace) {
      return namespace.isNamedByRelation(column) && !trace.isJoinedByName(namespace, column)
          ? ViewText.column(namespace.relationId(), column.origin().columnId())
          : quoted(column.name());
    }

    String text(QueryTrace trace) {
      return itemName(namespace) + "." + columnName(trace);
    }
  }

  private static String itemName(Namespace namespace) {
    return namespace.relationId() != 0 && namespace.schema() != null
        ? ViewText.relationName(namespace.relationId())
        : quoted(namespace.name());
  }

  private Found found(Scope level, int index) {
    for (Namespace namespace : level.namespaces()) {
      for (Namespace.Column column : namespace.columns()) {
        if (column.expression() instanceof RexInputRef reference && reference.getIndex() == index) {
          if (namespace.relationId() != 0 && column.origin().columnId() > 0) {
            query.use(namespace.relationId(), column.origin().columnId());
          }
          return new Found(namespace, column);
        }
      }
    }
    throw DefinitionBinder.unsupported("this column reference in a view is");
  }

  @Override
  String column(int index) {
    Found found = found(scope, index);
    return qualified ? found.text(query.trace()) : found.columnName(query.trace());
  }

  private Found outerColumn(Form.Outer outer) {
    return found(query.trace().scope(outer.scope()), outer.index());
  }

  @Override
  String outer(Form.Outer outer) {
    return outerColumn(outer).text(query.trace());
  }

  @Override
  String row(List<String> names, List<RexNode> fields) {
    if (names.isEmpty() || fields.isEmpty() || !isColumn(fields.getFirst())) {
      return super.row(names, fields);
    }
    fields.forEach(this::columnName);
    RexNode first = fields.getFirst();
    Found found =
        first instanceof RexInputRef reference
            ? found(scope, reference.getIndex())
            : outerColumn((Form.Outer) java.util.Objects.requireNonNull(Rex.form(first)));
    return itemName(found.namespace()) + ".*";
  }

  // ---- CASE on lines of its own

  @Override
  String caseOf(List<RexNode> operands) {
    caseDepth++;
    int indent = query.indentation() + (caseDepth - 1) * CASE_INDENT;
    String start = "\n" + " ".repeat(indent);
    String step = start + " ".repeat(CASE_INDENT);
    StringBuilder text = new StringBuilder(start).append("CASE");
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      text.append(step).append("WHEN ").append(print(operands.get(i)));
      text.append(" THEN ").append(print(operands.get(i + 1)));
    }
    text.append(step).append("ELSE ").append(print(operands.getLast()));
    caseDepth--;
    return text.append(start).append("END").toString();
  }

  // ---- placeholders

  @Override
  String placeholder(Form.Placeholder placeholder, List<RexNode> operands) {
    int number = placeholder.number();
    return switch (placeholder.kind()) {
      case AGGREGATE -> aggregate(placeholders.aggregates().get(number));
      case GROUPING ->
          "GROUPING("
              + String.join(", ", printAll(placeholders.groupings().get(number).arguments()))
              + ")";
      case WINDOW -> window(placeholders.window(number), operands);
      case SET_RETURNING -> {
        Placeholders.SetCall call = placeholders.setCall(number);
        String text = function(call.function(), "", operands);
        yield call.field()
            .map(field -> "(" + text + ")." + quoted(call.columns().get(field).name()))
            .orElse(text);
      }
      case SUBQUERY -> subquery(placeholders.subquery(number), operands);
    };
  }

  private String aggregate(Placeholders.Aggregate aggregate) {
    String name = functionName(aggregate.function().name());
    List<RexNode> arguments = aggregate.arguments();
    StringBuilder text = new StringBuilder(name).append('(');
    boolean ordered =
        !aggregate.order().isEmpty()
            && arguments.size() >= aggregate.order().size()
            && isWithinGroup(aggregate);
    if (ordered) {
      int direct = arguments.size() - aggregate.order().size();
      text.append(String.join(", ", printAll(arguments.subList(0, direct))));
      text.append(") WITHIN GROUP (ORDER BY ").append(order(aggregate.order()));
    } else {
      text.append(aggregate.distinct() ? "DISTINCT " : "");
      text.append(arguments.isEmpty() ? "*" : String.join(", ", printAll(arguments)));
      if (!aggregate.order().isEmpty()) {
        text.append(" ORDER BY ").append(order(aggregate.order()));
      }
    }
    text.append(')');
    return withFilter(text, aggregate.filter());
  }

  /// The keys of an ordered-set aggregate are its last arguments themselves.
  private static boolean isWithinGroup(Placeholders.Aggregate aggregate) {
    String name = aggregate.function().name();
    return name.startsWith("percentile_") || name.equals("mode");
  }

  private String order(List<Placeholders.Order> order) {
    List<String> keys = new ArrayList<>();
    for (Placeholders.Order key : order) {
      keys.add(print(key.expression()) + QueryText.direction(key.descending(), key.nullsFirst()));
    }
    return String.join(", ", keys);
  }

  private String withFilter(StringBuilder text, @Nullable RexNode filter) {
    if (filter != null) {
      text.append(" FILTER (WHERE ").append(print(filter)).append(')');
    }
    return text.toString();
  }

  private String window(Placeholders.Window window, List<RexNode> operands) {
    int at = window.argumentCount();
    FunctionSignature function = window.function();
    List<String> arguments = printAll(operands.subList(0, at));
    boolean star =
        arguments.isEmpty() && function.kind() == quiver.common.function.FunctionKind.AGGREGATE;
    StringBuilder text = new StringBuilder(functionName(function.name())).append('(');
    text.append(star ? "*" : String.join(", ", arguments)).append(')');
    if (window.filtered()) {
      text = new StringBuilder(withFilter(text, operands.get(at++)));
    }
    List<String> parts = new ArrayList<>();
    if (window.partitionCount() > 0) {
      parts.add(
          "PARTITION BY "
              + String.join(", ", printAll(operands.subList(at, at + window.partitionCount()))));
      at += window.partitionCount();
    }
    List<String> keys = new ArrayList<>();
    for (Placeholders.Direction direction : window.order()) {
      keys.add(
          print(operands.get(at++))
              + QueryText.direction(direction.descending(), direction.nullsFirst()));
    }
    if (!keys.isEmpty()) {
      parts.add("ORDER BY " + String.join(", ", keys));
    }
    if (!window.frame().shape().equals(WindowFrame.DEFAULT)) {
      parts.add(frame(window.frame()));
    }
    return text.append(" OVER (").append(String.join(" ", parts)).append(')').toString();
  }

  private String frame(WindowRel.Frame frame) {
    WindowFrame shape = frame.shape();
    String text =
        shape.mode().name()
            + " BETWEEN "
            + bound(shape.start(), frame.startOffset())
            + " AND "
            + bound(shape.end(), frame.endOffset());
    return shape.exclusion() == WindowFrame.Exclusion.NO_OTHERS
        ? text
        : text + " EXCLUDE " + shape.exclusion().name().replace('_', ' ');
  }

  private String bound(WindowFrame.Bound bound, List<RexNode> offset) {
    return switch (bound.kind()) {
      case OFFSET_PRECEDING -> offset(offset) + " PRECEDING";
      case OFFSET_FOLLOWING -> offset(offset) + " FOLLOWING";
      default -> bound.kind().name().replace('_', ' ').toUpperCase(Locale.ROOT);
    };
  }

  private String offset(List<RexNode> offset) {
    RexNode node = offset.getFirst();
    return Rex.form(node) instanceof Form.Cast
            && !(Rex.form(((RexCall) node).getOperands().getFirst()) instanceof Form.Parameter)
        ? text(((RexCall) node).getOperands().getFirst())
        : constantOrText(node);
  }

  private String constantOrText(RexNode node) {
    return Rex.form(node) instanceof Form.Constant(Long number, _)
        ? number.toString()
        : print(node);
  }

  private String subquery(Placeholders.Subquery subquery, List<RexNode> operands) {
    Query inner = query.trace().query(subquery.rel());
    String text =
        switch (subquery.use()) {
          case SCALAR -> "(" + query.nested(inner) + ")";
          case ARRAY -> "ARRAY(" + query.nested(inner) + ")";
          case EXISTS -> "(EXISTS (" + query.nested(inner) + "))";
          case ANY, ALL -> compared(subquery, inner, operands);
        };
    return ViewText.queryInExpression(text);
  }

  private String compared(Placeholders.Subquery subquery, Query inner, List<RexNode> operands) {
    List<String> left = new ArrayList<>();
    for (RexNode operand : operands) {
      left.add(ViewText.expression(print(operand)));
    }
    String test = left.size() == 1 ? left.getFirst() : "(" + String.join(", ", left) + ")";
    boolean any = subquery.use() == Placeholders.Use.ANY;
    String operator =
        any && subquery.equality() ? "IN" : symbol(subquery, operands) + (any ? " ANY" : " ALL");
    return "(" + test + " " + operator + " (" + query.nested(inner) + "))";
  }

  private String symbol(Placeholders.Subquery subquery, List<RexNode> operands) {
    RexNode comparison = subquery.comparison().of(operands, operands);
    if (operands.size() == 1 && Rex.form(comparison) instanceof Form.Call(_, String symbol)) {
      return symbol;
    }
    throw DefinitionBinder.unsupported("comparing a row with a query in a view is");
  }
}
