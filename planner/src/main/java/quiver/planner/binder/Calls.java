package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.TypeLookup;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.ArgumentName;
import quiver.common.function.FunctionKind;
import quiver.common.function.FunctionSignature;
import quiver.common.function.OutputColumn;
import quiver.common.function.ResolvedFunction;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.OrderItem;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.WindowSpecification;

/// Calls of functions, aggregates, window functions and set-returning functions.
final class Calls {
  private final Binding binding;
  private final ExpressionBinder expressions;
  private final Placeholders placeholders;
  private final Windows windows;
  private final Rex rex;

  Calls(
      Binding binding,
      ExpressionBinder expressions,
      Placeholders placeholders,
      Map<String, WindowSpecification> windows) {
    this.binding = binding;
    this.expressions = expressions;
    this.placeholders = placeholders;
    this.rex = binding.rex();
    this.windows = new Windows(binding, expressions, placeholders, windows);
  }

  /// A call with its overload chosen and its arguments converted.
  record Resolved(ResolvedFunction function, List<RexNode> arguments) {
    FunctionSignature signature() {
      return function.function();
    }
  }

  RexNode bind(ExpressionNode node, Expression.Function e, Clause clause) {
    String name = name(e.name());
    if (e.withinGroup() && HypotheticalSets.FUNCTIONS.contains(name) && e.over() == null) {
      return new HypotheticalSets(binding, expressions, placeholders).bind(e, name, clause);
    }
    List<RexNode> arguments = arguments(e, clause);
    if (e.withinGroup()) {
      for (OrderItem item : e.orderBy()) {
        arguments.add(expressions.bind(item.expression(), clause));
      }
    }
    if (hasVariadicArray(e)) {
      requirePlain(e, name);
      return variadic(e, name, arguments);
    }
    Resolved resolved;
    try {
      resolved = resolve(name, arguments);
    } catch (QuiverException error) {
      Optional<RexNode> cast =
          error.state() == SqlState.UNDEFINED_FUNCTION
              ? asCast(e, name, arguments)
              : Optional.empty();
      if (cast.isPresent()) {
        return cast.get();
      }
      throw qualified(error, e.name());
    }
    FunctionKind kind = resolved.signature().kind();
    if (e.over() != null) {
      return windowCall(e, resolved, clause);
    }
    return switch (kind) {
      case AGGREGATE -> aggregate(e, resolved, clause);
      case WINDOW ->
          throw new QuiverException(
              SqlState.WRONG_OBJECT_TYPE, "window function %s requires an OVER clause", name);
      case SCALAR -> {
        requirePlain(e, name);
        if (name.equals("pg_typeof") && Coercions.isUnknown(arguments.getFirst())) {
          yield rex.constant((long) BaseType.UNKNOWN.oid(), SqlType.of(BaseType.REGTYPE));
        }
        yield rex.call(
            resolved.signature(), "", resolved.function().result(), resolved.arguments());
      }
      case SET_RETURNING -> {
        requirePlain(e, name);
        yield setCall(node, resolved, Optional.empty(), clause);
      }
    };
  }

  /// The function's own name; the schema in front of it has to be one that has functions.
  private String name(SqlIdentifier identifier) {
    List<String> names = identifier.names;
    if (names.size() > 1) {
      String schema = names.get(names.size() - 2);
      boolean known =
          schema.equals("pg_catalog")
              || schema.equals("public")
              || schema.equals("information_schema");
      if (!known) {
        if (binding.context().catalog().schema(schema).isEmpty()) {
          throw new QuiverException(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
        }
        throw new QuiverException(
            SqlState.UNDEFINED_FUNCTION, "function %s.%s does not exist", schema, names.getLast());
      }
    }
    return names.getLast();
  }

  /// The error about an unknown function, with the schema that was written in front of its name.
  private static QuiverException qualified(QuiverException error, SqlIdentifier identifier) {
    List<String> names = identifier.names;
    if (names.size() < 2 || error.state() != SqlState.UNDEFINED_FUNCTION) {
      return error;
    }
    QuiverException named =
        QuiverException.ofMessage(
            error.state(),
            error
                .message()
                .replaceFirst("^function ", "function " + names.get(names.size() - 2) + "."));
    return error.field(QuiverException.Field.HINT).map(named::withHint).orElse(named);
  }

  private List<RexNode> arguments(Expression.Function e, Clause clause) {
    List<RexNode> bound = new ArrayList<>();
    List<Expression.Argument> arguments = e.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      Expression.Argument argument = arguments.get(i);
      if (argument.name() != null) {
        return named(e, bound, clause);
      }
      if (e.variadic()
          && i == arguments.size() - 1
          && argument.value() instanceof ExpressionNode node
          && node.value() instanceof Expression.ArrayElements(List<SqlNode> elements)) {
        bound.addAll(expressions.bindAll(elements, clause));
      } else {
        bound.add(expressions.bind(argument.value(), clause));
      }
    }
    bound.removeIf(Calls::isOutput);
    return bound;
  }

  /// Whether an argument only stands for what a JDBC call returns: a parameter of type `void`,
  /// which PostgreSQL leaves out as well.
  private static boolean isOutput(RexNode argument) {
    return Rex.form(argument) instanceof Form.Parameter
        && Rex.type(argument).base() == BaseType.VOID;
  }

  /// Whether the last argument is an array whose elements are only known row by row.
  private static boolean hasVariadicArray(Expression.Function e) {
    return e.variadic()
        && !(e.arguments().getLast().value() instanceof ExpressionNode node
            && node.value() instanceof Expression.ArrayElements);
  }

  /// `f(…, VARIADIC array)`: resolved as a call with one more element, and marked.
  private RexNode variadic(Expression.Function e, String name, List<RexNode> arguments) {
    RexNode array = arguments.getLast();
    SqlType arrayType = Rex.type(array);
    if (!arrayType.array()) {
      throw new QuiverException(SqlState.DATATYPE_MISMATCH, "VARIADIC argument must be an array")
          .at(Positions.of(e.arguments().getLast().value()));
    }
    List<SqlType> types = new ArrayList<>();
    arguments.subList(0, arguments.size() - 1).forEach(node -> types.add(Rex.type(node)));
    types.add(arrayType.element().withoutModifier());
    ResolvedFunction function = binding.resolver().function(name, types);
    if (!function.function().variadic() || function.function().kind() != FunctionKind.SCALAR) {
      throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION,
              "function %s(%s) does not exist",
              name,
              String.join(", ", arguments.stream().map(a -> Rex.type(a).sqlName()).toList()))
          .withHint(
              "No function matches the given name and argument types. "
                  + "You might need to add explicit type casts.");
    }
    List<RexNode> converted = new ArrayList<>();
    for (int i = 0; i + 1 < arguments.size(); i++) {
      converted.add(
          binding
              .coercions()
              .known(
                  binding
                      .coercions()
                      .coerce(
                          arguments.get(i),
                          function.argumentTypes().get(i),
                          CastContext.IMPLICIT)));
    }
    SqlType element = function.argumentTypes().getLast();
    converted.add(
        element.isPseudo()
            ? array
            : binding
                .coercions()
                .coerce(array, ExpressionBinder.arrayOf(element), CastContext.IMPLICIT));
    return rex.make(new Form.VariadicCall(function.function()), function.result(), converted);
  }

  /// A call with named arguments as one with positional ones; what is left out in between gets the
  /// value it stands for.
  private List<RexNode> named(Expression.Function e, List<RexNode> positional, Clause clause) {
    Map<String, RexNode> named = new LinkedHashMap<>();
    for (Expression.Argument argument :
        e.arguments().subList(positional.size(), e.arguments().size())) {
      String name = argument.name();
      if (name == null) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR, "positional argument cannot follow named argument")
            .at(Positions.of(argument.value()));
      }
      if (named.put(name, expressions.bind(argument.value(), clause)) != null) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR, "argument name \"%s\" used more than once", name)
            .at(Positions.of(argument.value()));
      }
    }
    for (FunctionSignature function :
        binding.resolver().registry().functions(e.name().names.getLast())) {
      List<RexNode> inOrder = inOrder(function, positional, named);
      if (!inOrder.isEmpty()) {
        return inOrder;
      }
    }
    List<String> given = new ArrayList<>();
    positional.forEach(node -> given.add(Rex.type(node).sqlName()));
    named.forEach((name, node) -> given.add(name + " => " + Rex.type(node).sqlName()));
    throw new QuiverException(
            SqlState.UNDEFINED_FUNCTION,
            "function %s(%s) does not exist",
            e.name().names.getLast(),
            String.join(", ", given))
        .withHint(
            "No function matches the given name and argument types. "
                + "You might need to add explicit type casts.");
  }

  /// The arguments in the order of the function; empty if they are not for this overload.
  private List<RexNode> inOrder(
      FunctionSignature function, List<RexNode> positional, Map<String, RexNode> named) {
    List<ArgumentName> names = binding.resolver().registry().argumentNames(function);
    List<String> known = names.stream().map(ArgumentName::name).toList();
    if (!known.containsAll(named.keySet()) || positional.size() > known.size()) {
      return List.of();
    }
    int last = named.keySet().stream().mapToInt(known::indexOf).max().orElse(0);
    List<RexNode> arguments = new ArrayList<>(positional);
    for (int i = positional.size(); i < known.size(); i++) {
      RexNode given = named.get(known.get(i));
      if (given != null) {
        arguments.add(given);
      } else if (names.get(i).standard().isEmpty()) {
        return List.of();
      } else if (i < last) {
        arguments.add(
            binding
                .coercions()
                .coerce(
                    rex.constant(names.get(i).standard().get(), SqlType.UNKNOWN),
                    function.arguments().get(i),
                    CastContext.IMPLICIT));
      }
    }
    boolean twice = named.keySet().stream().anyMatch(n -> known.indexOf(n) < positional.size());
    return twice ? List.of() : arguments;
  }

  private Resolved resolve(String name, List<RexNode> arguments) {
    ResolvedFunction function =
        binding.resolver().function(name, arguments.stream().map(Rex::type).toList());
    List<RexNode> converted = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      RexNode argument =
          binding
              .coercions()
              .coerce(arguments.get(i), function.argumentTypes().get(i), CastContext.IMPLICIT);
      // "any" takes literals as they are; what reaches the engine has a type.
      converted.add(binding.coercions().known(argument));
    }
    return new Resolved(function, converted);
  }

  /// `type(value)` is a cast when there is no such function.
  private Optional<RexNode> asCast(Expression.Function e, String name, List<RexNode> arguments) {
    if (arguments.size() != 1 || e.star() || e.over() != null) {
      return Optional.empty();
    }
    Optional<SqlType> type =
        BaseType.byTypeName(name)
            .map(SqlType::of)
            .filter(each -> !each.isPseudo() && each.base() != BaseType.UNKNOWN)
            .or(() ->
                new TypeLookup(binding.context().catalog(), binding.context().searchPath())
                    .user(Optional.empty(), name));
    return type.flatMap(target ->
        binding.coercions().tryCoerce(arguments.getFirst(), target, CastContext.EXPLICIT));
  }

  private static void requirePlain(Expression.Function e, String name) {
    String wrong =
        e.distinct()
            ? "DISTINCT specified, but %s is not an aggregate function"
            : e.withinGroup()
                ? "WITHIN GROUP specified, but %s is not an aggregate function"
                : !e.orderBy().isEmpty()
                    ? "ORDER BY specified, but %s is not an aggregate function"
                    : e.filter() != null
                        ? "FILTER specified, but %s is not an aggregate function"
                        : e.star() ? "%s(*) specified, but %s is not an aggregate function" : "";
    if (!wrong.isEmpty()) {
      throw QuiverException.ofMessage(SqlState.WRONG_OBJECT_TYPE, wrong.replace("%s", name));
    }
  }

  // ---- aggregates

  private RexNode aggregate(Expression.Function e, Resolved resolved, Clause clause) {
    if (!clause.allowsAggregates()) {
      throw new QuiverException(
          SqlState.GROUPING_ERROR, "aggregate functions are not allowed in %s", clause.phrase());
    }
    String name = resolved.signature().name();
    requireStar(e, resolved);
    List<RexNode> arguments = resolved.arguments();
    SqlNode filterNode = e.filter();
    RexNode filter =
        filterNode == null ? null : expressions.bindCondition(filterNode, Clause.FILTER, "FILTER");
    List<Placeholders.Order> order = new ArrayList<>();
    int directCount = e.withinGroup() ? arguments.size() - e.orderBy().size() : 0;
    for (int i = 0; i < e.orderBy().size(); i++) {
      OrderItem item = e.orderBy().get(i);
      RexNode key =
          e.withinGroup()
              ? arguments.get(directCount + i)
              : binding.coercions().known(expressions.bind(item.expression(), clause));
      order.add(new Placeholders.Order(key, item.descending(), item.nullsFirst()));
    }
    checkNoNesting(arguments, filter, order);
    if (e.distinct()) {
      for (Placeholders.Order key : order) {
        if (!arguments.contains(key.expression())) {
          throw new QuiverException(
                  SqlState.INVALID_COLUMN_REFERENCE,
                  "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument"
                      + " list")
              .at(binding.positionOf(key.expression()));
        }
      }
      for (RexNode argument : arguments) {
        binding.resolver().equality(Rex.type(argument));
      }
    }
    checkLevel(arguments, name);
    return placeholders.add(
        new Placeholders.Aggregate(
            resolved.signature(),
            arguments,
            e.distinct(),
            order,
            filter,
            resolved.function().result()));
  }

  private static void requireStar(Expression.Function e, Resolved resolved) {
    boolean none = resolved.signature().arguments().isEmpty();
    if (none && !e.star()) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "%s(*) must be used to call a parameterless aggregate function",
          resolved.signature().name());
    }
  }

  private void checkNoNesting(
      List<RexNode> arguments, @Nullable RexNode filter, List<Placeholders.Order> order) {
    List<RexNode> all = new ArrayList<>(arguments);
    if (filter != null) {
      all.add(filter);
    }
    order.forEach(key -> all.add(key.expression()));
    for (RexNode node : all) {
      if (contains(node, Form.Placeholder.Kind.AGGREGATE)) {
        throw new QuiverException(
                SqlState.GROUPING_ERROR, "aggregate function calls cannot be nested")
            .at(positionOf(node, Form.Placeholder.Kind.AGGREGATE));
      }
      if (contains(node, Form.Placeholder.Kind.WINDOW)) {
        throw new QuiverException(
                SqlState.GROUPING_ERROR,
                "aggregate function calls cannot contain window function calls")
            .at(positionOf(node, Form.Placeholder.Kind.WINDOW));
      }
      if (contains(node, Form.Placeholder.Kind.SET_RETURNING)) {
        throw new QuiverException(
            SqlState.FEATURE_NOT_SUPPORTED,
            "aggregate function calls cannot contain set-returning function calls");
      }
    }
  }

  /// Where the first placeholder of a kind is in the text.
  int positionOf(RexNode node, Form.Placeholder.Kind kind) {
    int[] position = new int[1];
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitCall(org.apache.calcite.rex.RexCall call) {
            if (position[0] == 0
                && Rex.form(call) instanceof Form.Placeholder(var held, _)
                && held == kind) {
              position[0] = binding.positionOf(call);
            }
            return super.visitCall(call);
          }
        });
    return position[0];
  }

  /// PostgreSQL computes an aggregate over columns of an enclosing query there.
  private static void checkLevel(List<RexNode> arguments, String name) {
    boolean[] seen = new boolean[2];
    for (RexNode argument : arguments) {
      argument.accept(
          new RexVisitorImpl<Void>(true) {
            @Override
            public @Nullable Void visitInputRef(org.apache.calcite.rex.RexInputRef reference) {
              seen[0] = true;
              return null;
            }

            @Override
            public @Nullable Void visitCall(org.apache.calcite.rex.RexCall call) {
              seen[1] |= Rex.form(call) instanceof Form.Outer;
              return super.visitCall(call);
            }
          });
    }
    if (seen[1] && !seen[0]) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "aggregate %s over columns of an outer query is not supported",
          name);
    }
  }

  /// Whether an expression holds a placeholder of this kind.
  static boolean contains(RexNode node, Form.Placeholder.Kind kind) {
    boolean[] found = new boolean[1];
    node.accept(
        new RexVisitorImpl<Void>(true) {
          @Override
          public @Nullable Void visitCall(org.apache.calcite.rex.RexCall call) {
            found[0] |= Rex.form(call) instanceof Form.Placeholder(var held, _) && held == kind;
            return super.visitCall(call);
          }
        });
    return found[0];
  }

  // ---- window calls

  private RexNode windowCall(Expression.Function e, Resolved resolved, Clause clause) {
    FunctionSignature signature = resolved.signature();
    if (signature.kind() != FunctionKind.WINDOW && signature.kind() != FunctionKind.AGGREGATE) {
      throw new QuiverException(
          SqlState.WRONG_OBJECT_TYPE,
          "OVER specified, but %s is not a window function nor an aggregate function",
          signature.name());
    }
    if (!clause.allowsWindows()) {
      throw new QuiverException(
          SqlState.WINDOWING_ERROR, "window functions are not allowed in %s", clause.phrase());
    }
    if (signature.kind() == FunctionKind.AGGREGATE) {
      requireStar(e, resolved);
    }
    if (e.distinct()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "DISTINCT is not implemented for window functions");
    }
    if (!e.orderBy().isEmpty()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          e.withinGroup()
              ? "OVER is not supported for ordered-set aggregates"
              : "aggregate ORDER BY is not implemented for window functions");
    }
    if (e.filter() != null && signature.kind() == FunctionKind.WINDOW) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "FILTER is not implemented for non-aggregate window functions");
    }
    return windows.bind(e, resolved, clause);
  }

  // ---- set-returning calls

  private RexNode setCall(
      ExpressionNode node, Resolved resolved, Optional<String> fieldName, Clause clause) {
    if (!clause.allowsSets()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "set-returning functions are not allowed in %s",
          clause.phrase());
    }
    List<OutputColumn> columns = expressions.outputColumns(resolved.function());
    Optional<Integer> field = Optional.empty();
    SqlType type = resolved.function().result();
    if (fieldName.isPresent()) {
      int index = indexOf(columns, fieldName.get());
      if (index < 0) {
        throw new QuiverException(
                SqlState.UNDEFINED_COLUMN,
                "could not identify column \"%s\" in record data type",
                fieldName.get())
            .at(Positions.of(node));
      }
      field = Optional.of(index);
      type = columns.get(index).type();
    } else if (!columns.isEmpty()) {
      type = SqlType.of(BaseType.RECORD);
    }
    return placeholders.add(
        new Placeholders.SetCall(resolved.signature(), type, columns, field), resolved.arguments());
  }

  private static int indexOf(List<OutputColumn> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /// `(f(…)).field`.
  RexNode fieldOf(ExpressionNode node, Expression.Function e, String field, Clause clause) {
    Resolved resolved = resolveFor(e, clause);
    return setCall(node, resolved, Optional.of(field), clause);
  }

  /// Whether the name is that of a set-returning function with OUT parameters.
  boolean hasColumns(Expression.Function e, Clause clause) {
    return isSetFunction(e)
        && resolveFor(e, clause).signature().kind() == FunctionKind.SET_RETURNING
        && !columnsOf(e, clause).isEmpty();
  }

  private boolean isSetFunction(Expression.Function e) {
    return binding.resolver().registry().functions(e.name().names.getLast()).stream()
        .anyMatch(function -> function.kind() == FunctionKind.SET_RETURNING);
  }

  /// The columns of the rows a call gives, as far as they are known.
  List<OutputColumn> columnsOf(Expression.Function e, Clause clause) {
    return expressions.outputColumns(resolveFor(e, clause).function());
  }

  /// A call of a set-returning function in FROM; empty when the name means another function.
  Optional<Resolved> setFunction(Expression.Function e) {
    if (!isSetFunction(e)) {
      return Optional.empty();
    }
    Resolved resolved = resolveFor(e, Clause.FROM_FUNCTION);
    if (resolved.signature().kind() != FunctionKind.SET_RETURNING) {
      return Optional.empty();
    }
    requirePlain(e, resolved.signature().name());
    return Optional.of(resolved);
  }

  private Resolved resolveFor(Expression.Function e, Clause clause) {
    return resolve(name(e.name()), arguments(e, clause));
  }

  // ---- functions written without parentheses

  RexNode keyword(Expression.Keyword e) {
    Integer precision = e.precision();
    String word = e.keyword() + (precision == null ? "" : "(" + precision + ")");
    return switch (e.keyword()) {
      case CURRENT_DATE -> binding.keyword(ofNow(BaseType.DATE, null), word);
      case CURRENT_TIME -> binding.keyword(ofNow(BaseType.TIMETZ, precision), word);
      case CURRENT_TIMESTAMP -> binding.keyword(ofNow(BaseType.TIMESTAMPTZ, precision), word);
      case LOCALTIME -> binding.keyword(ofNow(BaseType.TIME, precision), word);
      case LOCALTIMESTAMP -> binding.keyword(ofNow(BaseType.TIMESTAMP, precision), word);
      case CURRENT_ROLE, CURRENT_USER, USER -> plain("current_user");
      case SESSION_USER -> plain("session_user");
      case CURRENT_CATALOG -> plain("current_database");
      case CURRENT_SCHEMA -> plain("current_schema");
    };
  }

  private RexNode plain(String name) {
    Resolved resolved = resolve(name, List.of());
    return rex.call(resolved.signature(), "", resolved.function().result(), List.of());
  }

  private RexNode ofNow(BaseType type, @Nullable Integer precision) {
    RexNode now = plain("now");
    SqlType target =
        precision == null ? SqlType.of(type) : SqlType.of(type, Math.min(precision, 6));
    return binding.coercions().coerce(now, target, CastContext.EXPLICIT);
  }
}
