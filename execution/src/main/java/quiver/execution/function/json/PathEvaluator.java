package quiver.execution.function.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.jsonpath.JsonPath;
import quiver.common.jsonpath.JsonPath.Arithmetic;
import quiver.common.jsonpath.JsonPath.Chain;
import quiver.common.jsonpath.JsonPath.Condition;
import quiver.common.jsonpath.JsonPath.Literal;
import quiver.common.jsonpath.JsonPath.Node;
import quiver.common.jsonpath.JsonPath.Sign;
import quiver.common.jsonpath.JsonPath.Start;
import quiver.common.jsonpath.JsonPath.Variable;
import quiver.common.text.TextOrder;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;
import quiver.execution.function.FunctionContext;

/// Runs one path over one document. Used by one thread.
final class PathEvaluator {
  /// Matches a string against a pattern with flags of `like_regex`.
  interface Likeness {
    boolean matches(FunctionContext context, String text, String pattern, String flags);
  }

  /// What expressions see around them.
  ///
  /// @param size of the array whose subscript is computed
  record Place(Jsonb current, int size) {}

  private final FunctionContext context;
  private final JsonPath path;
  private final Jsonb root;
  private final Jsonb.Fields variables;
  private final Likeness likeness;
  private final PathSteps steps;

  PathEvaluator(
      FunctionContext context,
      JsonPath path,
      Jsonb root,
      Jsonb.Fields variables,
      Likeness likeness) {
    this.context = context;
    this.path = path;
    this.root = root;
    this.variables = variables;
    this.likeness = likeness;
    this.steps = new PathSteps(this);
  }

  /// The items the path yields.
  ///
  /// @throws QuiverException of class 22 where the document does not have the expected structure
  List<Jsonb> items() {
    return items(path.root(), new Place(root, 0));
  }

  boolean strict() {
    return path.strict();
  }

  Jsonb root() {
    return root;
  }

  List<Jsonb> items(Node node, Place place) {
    context.session().checkCancelled();
    return switch (node) {
      case Start start ->
          switch (start) {
            case ROOT -> List.of(root);
            case CURRENT -> List.of(place.current);
            case LAST -> List.of(new Jsonb.Decimal(Numeric.of(place.size - 1L)));
          };
      case Literal(var value) -> List.of(value);
      case Variable(var name) -> List.of(variable(name));
      case Chain(var base, var list) -> steps.follow(list, items(base, place), place);
      case Sign sign -> signed(sign, place);
      case Arithmetic arithmetic -> List.of(arithmetic(arithmetic, place));
      case Condition condition -> {
        Boolean truth = test(condition, place);
        yield List.of(truth == null ? new Jsonb.Nil() : new Jsonb.Bool(truth));
      }
    };
  }

  private Jsonb variable(String name) {
    return variables
        .get(name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT, "could not find jsonpath variable \"%s\"", name));
  }

  /// Operands in lax mode: the items of arrays instead of the arrays.
  private List<Jsonb> unwrapped(Node node, Place place) {
    List<Jsonb> items = items(node, place);
    return path.strict() ? items : unwrapped(items);
  }

  static List<Jsonb> unwrapped(List<Jsonb> items) {
    List<Jsonb> unwrapped = new ArrayList<>(items.size());
    for (Jsonb item : items) {
      if (item instanceof Jsonb.Items(var children)) {
        unwrapped.addAll(children);
      } else {
        unwrapped.add(item);
      }
    }
    return unwrapped;
  }

  // ---- numbers

  private List<Jsonb> signed(Sign sign, Place place) {
    List<Jsonb> results = new ArrayList<>();
    for (Jsonb item : unwrapped(sign.operand(), place)) {
      if (!(item instanceof Jsonb.Decimal(Numeric value))) {
        throw new QuiverException(
            SqlState.SQL_JSON_NUMBER_NOT_FOUND,
            "operand of unary jsonpath operator %s is not a numeric value",
            sign.minus() ? "-" : "+");
      }
      results.add(new Jsonb.Decimal(sign.minus() ? value.negate() : value));
    }
    return results;
  }

  private Jsonb arithmetic(Arithmetic node, Place place) {
    Numeric left = single(node.left(), place, "left", node.operator().symbol());
    Numeric right = single(node.right(), place, "right", node.operator().symbol());
    return new Jsonb.Decimal(
        switch (node.operator()) {
          case ADD -> left.add(right);
          case SUBTRACT -> left.subtract(right);
          case MULTIPLY -> left.multiply(right);
          case DIVIDE -> left.divide(right);
          case MODULO -> left.remainder(right);
        });
  }

  private Numeric single(Node node, Place place, String side, String operator) {
    List<Jsonb> items = unwrapped(node, place);
    if (items.size() == 1 && items.getFirst() instanceof Jsonb.Decimal(Numeric value)) {
      return value;
    }
    throw new QuiverException(
        SqlState.SINGLETON_SQL_JSON_ITEM_REQUIRED,
        "%s operand of jsonpath operator %s is not a single numeric value",
        side,
        operator);
  }

  // ---- conditions

  /// True, false, or null for unknown.
  @Nullable Boolean test(Node node, Place place) {
    return switch (node) {
      case JsonPath.And(var left, var right) -> and(left, right, place);
      case JsonPath.Or(var left, var right) -> or(left, right, place);
      case JsonPath.Not(var operand) -> {
        Boolean truth = test(operand, place);
        yield truth == null ? null : (Boolean) !truth;
      }
      case JsonPath.IsUnknown(var operand) -> test(operand, place) == null;
      case JsonPath.Comparison comparison -> comparison(comparison, place);
      case JsonPath.StartsWith(var left, var prefix) ->
          pairs(left, prefix, place, false, PathEvaluator::startsWith);
      case JsonPath.LikeRegex like -> likeRegex(like, place);
      case JsonPath.Exists(var operand) -> exists(operand, place);
      default -> throw new IllegalStateException("not a condition: " + node);
    };
  }

  private @Nullable Boolean and(Node left, Node right, Place place) {
    Boolean first = test(left, place);
    if (first != null && !first) {
      return false;
    }
    Boolean second = test(right, place);
    return (second != null && !second) ? (Boolean) false : first == null ? null : second;
  }

  private @Nullable Boolean or(Node left, Node right, Place place) {
    Boolean first = test(left, place);
    if (first != null && first) {
      return true;
    }
    Boolean second = test(right, place);
    return (second != null && second) ? (Boolean) true : first == null ? null : second;
  }

  private @Nullable Boolean exists(Node operand, Place place) {
    return attempt(operand, place, false).map(items -> !items.isEmpty()).orElse(null);
  }

  /// The items of an operand, empty for an error of the document: unknown.
  private Optional<List<Jsonb>> attempt(Node node, Place place, boolean unwrap) {
    try {
      return Optional.of(unwrap ? unwrapped(node, place) : items(node, place));
    } catch (QuiverException e) {
      if (isStructural(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Errors that `silent` and conditions swallow.
  static boolean isStructural(QuiverException error) {
    return error.state().code().startsWith("22");
  }

  private interface PairTest {
    @Nullable Boolean test(Jsonb left, Jsonb right);
  }

  private @Nullable Boolean comparison(JsonPath.Comparison node, Place place) {
    return pairs(
        node.left(),
        node.right(),
        place,
        true,
        (left, right) -> compare(node.operator(), left, right));
  }

  /// Whether some pair passes; in strict mode one pair that is unknown makes all unknown.
  private @Nullable Boolean pairs(
      Node left, Node right, Place place, boolean unwrapRight, PairTest test) {
    Optional<List<Jsonb>> lefts = attempt(left, place, true);
    if (lefts.isEmpty()) {
      return null;
    }
    Optional<List<Jsonb>> rights = attempt(right, place, unwrapRight);
    if (rights.isEmpty()) {
      return null;
    }
    boolean found = false;
    boolean unknown = false;
    for (Jsonb one : lefts.get()) {
      for (Jsonb other : rights.get()) {
        Boolean truth = test.test(one, other);
        if (truth == null) {
          if (path.strict()) {
            return null;
          }
          unknown = true;
        } else if (truth) {
          if (!path.strict()) {
            return true;
          }
          found = true;
        }
      }
    }
    return found ? (Boolean) true : unknown ? null : (Boolean) false;
  }

  private static @Nullable Boolean startsWith(Jsonb whole, Jsonb prefix) {
    return (whole instanceof Jsonb.Text(String text) && prefix instanceof Jsonb.Text(String start))
        ? (Boolean) text.startsWith(start)
        : null;
  }

  private @Nullable Boolean likeRegex(JsonPath.LikeRegex node, Place place) {
    return pairs(
        node.left(),
        new Literal(new Jsonb.Nil()),
        place,
        false,
        (item, _) ->
            item instanceof Jsonb.Text(String text)
                ? (Boolean) likeness.matches(context, text, node.pattern(), node.flags())
                : null);
  }

  private static @Nullable Boolean compare(
      JsonPath.ComparisonOperator operator, Jsonb left, Jsonb right) {
    Integer order = order(left, right);
    if (order == null) {
      boolean oneIsNull = left instanceof Jsonb.Nil || right instanceof Jsonb.Nil;
      return oneIsNull ? (Boolean) (operator == JsonPath.ComparisonOperator.NOT_EQUAL) : null;
    }
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case GREATER -> order > 0;
      case LESS_OR_EQUAL -> order <= 0;
      case GREATER_OR_EQUAL -> order >= 0;
    };
  }

  /// Null for items that cannot be compared.
  private static @Nullable Integer order(Jsonb left, Jsonb right) {
    if (left instanceof Jsonb.Nil && right instanceof Jsonb.Nil) {
      return 0;
    }
    if (left instanceof Jsonb.Bool(var a) && right instanceof Jsonb.Bool(var b)) {
      return Boolean.compare(a, b);
    }
    if (left instanceof Jsonb.Decimal(var a) && right instanceof Jsonb.Decimal(var b)) {
      return a.compareTo(b);
    }
    if (left instanceof Jsonb.Text(var a) && right instanceof Jsonb.Text(var b)) {
      return TextOrder.compare(a, b);
    }
    return null;
  }
}
