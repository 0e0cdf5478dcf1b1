package quiver.common.jsonpath;

import java.util.List;
import quiver.common.jsonpath.JsonPath.AnyItem;
import quiver.common.jsonpath.JsonPath.AnyKey;
import quiver.common.jsonpath.JsonPath.AnyLevel;
import quiver.common.jsonpath.JsonPath.Arithmetic;
import quiver.common.jsonpath.JsonPath.Call;
import quiver.common.jsonpath.JsonPath.Chain;
import quiver.common.jsonpath.JsonPath.Comparison;
import quiver.common.jsonpath.JsonPath.Exists;
import quiver.common.jsonpath.JsonPath.Filter;
import quiver.common.jsonpath.JsonPath.IsUnknown;
import quiver.common.jsonpath.JsonPath.LikeRegex;
import quiver.common.jsonpath.JsonPath.Literal;
import quiver.common.jsonpath.JsonPath.Node;
import quiver.common.jsonpath.JsonPath.Priority;
import quiver.common.jsonpath.JsonPath.Sign;
import quiver.common.jsonpath.JsonPath.Start;
import quiver.common.jsonpath.JsonPath.StartsWith;
import quiver.common.jsonpath.JsonPath.Step;
import quiver.common.jsonpath.JsonPath.Subscript;
import quiver.common.jsonpath.JsonPath.Subscripts;
import quiver.common.jsonpath.JsonPath.Variable;
import quiver.common.value.JsonText;

/// The canonical text of a path: keys in quotes, operators with blanks and only the parentheses
/// they need.
final class JsonPathWriter {
  private final StringBuilder text;

  private JsonPathWriter(StringBuilder text) {
    this.text = text;
  }

  static void write(JsonPath path, StringBuilder text) {
    text.append(path.strict() ? "strict " : "");
    new JsonPathWriter(text).node(path.root(), true);
  }

  /// @param parentheses whether operators are put in parentheses
  private void node(Node node, boolean parentheses) {
    switch (node) {
      case Start start -> text.append(start.text);
      case Literal literal -> text.append(literal.value());
      case Variable variable -> text.append('$').append(JsonText.quote(variable.name()));
      case Chain chain -> {
        node(chain.base(), true);
        chain.steps().forEach(this::step);
      }
      case Sign sign -> {
        text.append(parentheses ? "(" : "").append(sign.minus() ? '-' : '+');
        node(sign.operand(), Priority.of(sign.operand()) <= Priority.SIGN);
        text.append(parentheses ? ")" : "");
      }
      case Arithmetic(var operator, var left, var right) ->
          binary(node, left, operator.symbol(), right, parentheses);
      case Comparison(var operator, var left, var right) ->
          binary(node, left, operator.symbol, right, parentheses);
      case JsonPath.And(var left, var right) -> binary(node, left, "&&", right, parentheses);
      case JsonPath.Or(var left, var right) -> binary(node, left, "||", right, parentheses);
      case StartsWith(var left, var prefix) ->
          binary(node, left, "starts with", prefix, parentheses);
      case LikeRegex like -> likeRegex(like, parentheses);
      case JsonPath.Not(var operand) -> enclosed("!(", operand, ")");
      case IsUnknown(var operand) -> enclosed("(", operand, ") is unknown");
      case Exists(var operand) -> enclosed("exists (", operand, ")");
    }
  }

  private void enclosed(String before, Node operand, String after) {
    text.append(before);
    node(operand, false);
    text.append(after);
  }

  private void binary(Node node, Node left, String operator, Node right, boolean parentheses) {
    int priority = Priority.of(node);
    text.append(parentheses ? "(" : "");
    node(left, Priority.of(left) <= priority);
    text.append(' ').append(operator).append(' ');
    node(right, Priority.of(right) <= priority);
    text.append(parentheses ? ")" : "");
  }

  private void likeRegex(LikeRegex like, boolean parentheses) {
    text.append(parentheses ? "(" : "");
    node(like.left(), Priority.of(like.left()) <= Priority.ATOM);
    text.append(" like_regex ").append(JsonText.quote(like.pattern()));
    if (!like.flags().isEmpty()) {
      text.append(" flag \"").append(like.flags()).append('"');
    }
    text.append(parentheses ? ")" : "");
  }

  private void step(Step step) {
    switch (step) {
      case JsonPath.Key key -> text.append('.').append(JsonText.quote(key.name()));
      case AnyKey _ -> text.append(".*");
      case AnyItem _ -> text.append("[*]");
      case Subscripts(var subscripts) -> subscripts(subscripts);
      case AnyLevel level -> level(level);
      case Call(var method) -> text.append('.').append(method.text()).append("()");
      case Filter(var condition) -> enclosed("?(", condition, ")");
    }
  }

  private void subscripts(List<Subscript> subscripts) {
    text.append('[');
    for (int i = 0; i < subscripts.size(); i++) {
      text.append(i == 0 ? "" : ",");
      node(subscripts.get(i).from(), false);
      subscripts
          .get(i)
          .to()
          .ifPresent(to -> {
            text.append(" to ");
            node(to, false);
          });
    }
    text.append(']');
  }

  private void level(AnyLevel level) {
    text.append(".**");
    if (level.first() == 0 && level.last() == JsonPath.LAST_LEVEL) {
      return;
    }
    text.append('{').append(levelText(level.first()));
    if (level.first() != level.last()) {
      text.append(" to ").append(levelText(level.last()));
    }
    text.append('}');
  }

  private static String levelText(int level) {
    return level == JsonPath.LAST_LEVEL ? "last" : Integer.toString(level);
  }
}
