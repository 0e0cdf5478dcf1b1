package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefinitionText;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OperatorSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.type.UserType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;

/// Expressions as the text `pg_get_expr` shows, which is also what the catalog keeps: fully
/// parenthesised, every conversion written. Reading it back gives the same expression.
class Deparser {
  private static final Pattern FRACTION = Pattern.compile("[0-9]*\\.[0-9]+");
  private static final Set<String> VALUE_FUNCTIONS =
      Set.of("current_user", "session_user", "current_schema");
  private static final Set<String> KEYWORD_FUNCTIONS =
      Set.of("extract", "overlay", "position", "substring", "normalize");

  private final Binding binding;
  private final FunctionRegistry registry;
  private final IntFunction<String> columnNames;

  /// @param columnNames the name of an input column
  Deparser(Binding binding, IntFunction<String> columnNames) {
    this.binding = binding;
    this.registry = binding.resolver().registry();
    this.columnNames = columnNames;
  }

  /// The text of an expression; a conversion that assignment adds is left out.
  String text(RexNode node) {
    if (Rex.form(node) instanceof Form.Cast(CastContext context)
        && context != CastContext.EXPLICIT) {
      return text(((RexCall) node).getOperands().getFirst());
    }
    return print(node);
  }

  /// A column of the row the expression is over.
  String column(int index) {
    return quoted(columnNames.apply(index));
  }

  /// A column of an enclosing query's row.
  String outer(Form.Outer outer) {
    throw new IllegalStateException("not part of a definition: " + outer);
  }

  /// An aggregate, window call, set-returning call or subquery.
  String placeholder(Form.Placeholder placeholder, List<RexNode> operands) {
    throw new IllegalStateException("not part of a definition: " + placeholder);
  }

  /// ROW(…), or all columns of an item of FROM.
  String row(List<String> names, List<RexNode> fields) {
    return "ROW(" + String.join(", ", printAll(fields)) + ")";
  }

  String print(RexNode node) {
    String keyword = binding.keywordOf(node);
    if (keyword != null) {
      return keyword;
    }
    return switch (node) {
      case RexInputRef reference -> column(reference.getIndex());
      case RexLiteral literal ->
          literal.isNull()
              ? "NULL::boolean"
              : Boolean.TRUE.equals(literal.getValueAs(Boolean.class)) ? "true" : "false";
      case RexCall call -> call(call);
      default -> throw new IllegalStateException("unexpected expression " + node);
    };
  }

  private String call(RexCall call) {
    Form form = Rex.form(call);
    List<RexNode> operands = call.getOperands();
    if (form != null) {
      return opaque(call, form, operands);
    }
    return switch (call.getKind()) {
      case AND -> "(" + String.join(" AND ", printAll(operands)) + ")";
      case OR -> "(" + String.join(" OR ", printAll(operands)) + ")";
      case NOT -> not(operands.getFirst());
      case IS_NULL -> "(" + print(operands.getFirst()) + " IS NULL)";
      default -> throw new IllegalStateException("unexpected expression " + call);
    };
  }

  private String not(RexNode operand) {
    return operand.getKind() == SqlKind.IS_NULL
        ? "(" + print(((RexCall) operand).getOperands().getFirst()) + " IS NOT NULL)"
        : "(NOT " + print(operand) + ")";
  }

  final List<String> printAll(List<RexNode> nodes) {
    List<String> texts = new ArrayList<>();
    nodes.forEach(node -> texts.add(print(node)));
    return texts;
  }

  private String opaque(RexCall call, Form form, List<RexNode> operands) {
    return switch (form) {
      case Form.Constant(Object value, SqlType type) -> constant(value, type);
      case Form.Call(var function, _) when Domains.isCheck(function) ->
          cast(operands.getFirst(), Rex.type(call));
      case Form.Call(var function, String symbol) -> function(function, symbol, operands);
      case Form.VariadicCall(var function) ->
          functionName(function.name())
              + "("
              + String.join(", ", printAll(operands.subList(0, operands.size() - 1)))
              + (operands.size() > 1 ? ", " : "")
              + "VARIADIC "
              + print(operands.getLast())
              + ")";
      case Form.Cast _ -> cast(operands.getFirst(), Rex.type(call));
      case Form.IsDistinct _ ->
          "(" + print(operands.get(0)) + " IS DISTINCT FROM " + print(operands.get(1)) + ")";
      case Form.Coalesce _ -> "COALESCE(" + String.join(", ", printAll(operands)) + ")";
      case Form.Case _ -> caseOf(operands);
      case Form.AnyAll(var comparison, boolean all) ->
          "("
              + print(operands.get(0))
              + " "
              + symbolOf(comparison)
              + (all ? " ALL (" : " ANY (")
              + print(operands.get(1))
              + "))";
      case Form.ArrayOf _ ->
          operands.isEmpty()
              ? "'{}'::" + TypeNames.formatType(Rex.type(call))
              : "ARRAY[" + String.join(", ", printAll(operands)) + "]";
      case Form.Subscript(var bounds) -> subscript(bounds, operands);
      case Form.RowOf(List<String> names) -> {
        String row = row(names, operands);
        SqlType type = Rex.type(call);
        yield type.isBuiltIn() || !row.startsWith("ROW(")
            ? row
            : row + "::" + TypeNames.formatType(type);
      }
      case Form.Parameter(int index) -> "$" + (index + 1);
      case Form.Outer outer -> outer(outer);
      case Form.Placeholder placeholder -> placeholder(placeholder, operands);
    };
  }

  final String function(FunctionSignature function, String symbol, List<RexNode> operands) {
    if (!symbol.isEmpty()) {
      return operands.size() == 1
          ? "(" + symbol + " " + print(operands.getFirst()) + ")"
          : "(" + print(operands.get(0)) + " " + symbol + " " + print(operands.get(1)) + ")";
    }
    if (function.name().equals("record_field")
        && Rex.type(operands.getFirst()).isComposite()
        && Rex.form(operands.get(1)) instanceof Form.Constant(Object index, _)) {
      UserType.OfComposite type =
          Rex.type(operands.getFirst()).user().compositeType().orElseThrow();
      String field = type.fields().get((int) (long) (Long) index).name();
      String record = print(operands.getFirst());
      boolean isPart =
          Rex.form(operands.getFirst()) instanceof Form.Subscript
              || (Rex.form(operands.getFirst()) instanceof Form.Call(var inner, _)
                  && inner.name().equals("record_field"));
      return (isPart ? record : "(" + record + ")") + "." + quoted(field);
    }
    if (operands.isEmpty() && VALUE_FUNCTIONS.contains(function.name())) {
      return function.name().toUpperCase(java.util.Locale.ROOT);
    }
    if (function.name().equals("extract")
        && operands.size() == 2
        && Rex.form(operands.getFirst()) instanceof Form.Constant(String field, _)) {
      return "EXTRACT(" + field + " FROM " + print(operands.get(1)) + ")";
    }
    if (function.name().equals("timezone") && operands.size() == 2) {
      return "(" + print(operands.get(1)) + " AT TIME ZONE " + print(operands.get(0)) + ")";
    }
    return functionName(function.name()) + "(" + String.join(", ", printAll(operands)) + ")";
  }

  // Special syntax stands in the way of some names.
  static String functionName(String name) {
    return KEYWORD_FUNCTIONS.contains(name) ? "pg_catalog.\"" + name + '"' : quoted(name);
  }

  final String symbolOf(FunctionSignature function) {
    return registry.operators().stream()
        .filter(operator -> operator.function().equals(function))
        .map(OperatorSignature::symbol)
        .findFirst()
        .orElseThrow();
  }

  private String cast(RexNode operand, SqlType type) {
    if (Rex.type(operand).isComposite() && type.sameTypeAs(SqlType.of(BaseType.RECORD))) {
      return print(operand);
    }
    String name = TypeNames.formatType(type);
    return Rex.form(operand) instanceof Form.Constant(Object value, SqlType source)
            && (Coercions.isUnknown(source) || source.equals(type.withoutModifier()))
            && value instanceof String text
        ? literal(type.base() == BaseType.REGCLASS ? keptName(text) : text) + "::" + name
        : "(" + print(operand) + ")::" + name;
  }

  /// A relation as the catalog keeps its name, since sessions search different schemas.
  private String keptName(String text) {
    return RelationLiteral.of(text)
        .flatMap(name -> name.find(binding.context()))
        .flatMap(RelationLiteral::kept)
        .orElse(text);
  }

  String caseOf(List<RexNode> operands) {
    StringBuilder text = new StringBuilder("CASE");
    for (int i = 0; i + 1 < operands.size(); i += 2) {
      text.append(" WHEN ").append(print(operands.get(i)));
      text.append(" THEN ").append(print(operands.get(i + 1)));
    }
    return text.append(" ELSE ").append(print(operands.getLast())).append(" END").toString();
  }

  private String subscript(List<Form.Bound> bounds, List<RexNode> operands) {
    RexNode array = operands.getFirst();
    StringBuilder text =
        new StringBuilder(array instanceof RexInputRef ? print(array) : "(" + print(array) + ")");
    int next = 1;
    for (Form.Bound bound : bounds) {
      text.append('[');
      switch (bound) {
        case AT -> text.append(print(operands.get(next++)));
        case SLICE_ALL -> text.append(':');
        case SLICE_FROM -> text.append(print(operands.get(next++))).append(':');
        case SLICE_TO -> text.append(':').append(print(operands.get(next++)));
        case SLICE_FROM_TO -> {
          text.append(print(operands.get(next++))).append(':');
          text.append(print(operands.get(next++)));
        }
      }
      text.append(']');
    }
    return text.toString();
  }

  private String constant(@Nullable Object value, SqlType type) {
    if (value == null) {
      return "NULL::" + TypeNames.formatType(type);
    }
    String text = Literals.canonicalText(value, type);
    if (type.base() == BaseType.REGCLASS && value instanceof Long oid) {
      text = binding.context().catalog().object(oid).flatMap(RelationLiteral::kept).orElse(text);
    }
    boolean bare =
        !type.array()
            && switch (type.base()) {
              case INT4 -> !text.startsWith("-");
              case NUMERIC -> FRACTION.matcher(text).matches();
              case UNKNOWN, BOOL -> true;
              default -> false;
            };
    if (bare) {
      return type.base() == BaseType.UNKNOWN ? literal(text) : text;
    }
    return literal(text) + "::" + TypeNames.formatType(type);
  }

  /// A quoted string.
  static String literal(String text) {
    String doubled = text.replace("'", "''");
    return doubled.indexOf('\\') < 0
        ? "'" + doubled + "'"
        : "E'" + doubled.replace("\\", "\\\\") + "'";
  }

  static String quoted(String name) {
    return DefinitionText.identifier(name);
  }
}
