package quiver.common.jsonpath;

import java.util.List;
import java.util.Optional;
import quiver.common.value.Jsonb;

/// A `jsonpath`: an expression over JSON items. Immutable. Source: PostgreSQL 15, section 9.16.2.
///
/// @param strict whether structural mismatches are errors; in lax mode arrays are unwrapped and
///   missing things are empty
public record JsonPath(boolean strict, Node root) {
  /// Levels to the last one, for [AnyLevel] and subscripts of `**`.
  public static final int LAST_LEVEL = Integer.MAX_VALUE;

  /// An expression: a value, or a condition.
  public sealed interface Node
      permits Start, Literal, Variable, Chain, Sign, Arithmetic, Condition {}

  /// A condition: true, false or unknown.
  public sealed interface Condition extends Node
      permits Comparison, And, Or, Not, IsUnknown, StartsWith, LikeRegex, Exists {}

  /// What an expression begins with.
  public enum Start implements Node {
    ROOT("$"),
    CURRENT("@"),
    LAST("last");

    final String text;

    Start(String text) {
      this.text = text;
    }
  }

  public record Literal(Jsonb value) implements Node {}

  public record Variable(String name) implements Node {}

  /// Steps from the items of an expression to others.
  public record Chain(Node base, List<Step> steps) implements Node {
    public Chain {
      steps = List.copyOf(steps);
    }
  }

  public record Sign(boolean minus, Node operand) implements Node {}

  public record Arithmetic(ArithmeticOperator operator, Node left, Node right) implements Node {}

  public record Comparison(ComparisonOperator operator, Node left, Node right)
      implements Condition {}

  public record And(Node left, Node right) implements Condition {}

  public record Or(Node left, Node right) implements Condition {}

  public record Not(Node operand) implements Condition {}

  public record IsUnknown(Node operand) implements Condition {}

  public record StartsWith(Node left, Node prefix) implements Condition {}

  /// @param flags in PostgreSQL's order: of `ismxq`
  public record LikeRegex(Node left, String pattern, String flags) implements Condition {}

  public record Exists(Node operand) implements Condition {}

  public enum ArithmeticOperator {
    ADD("+", Priority.SUM),
    SUBTRACT("-", Priority.SUM),
    MULTIPLY("*", Priority.PRODUCT),
    DIVIDE("/", Priority.PRODUCT),
    MODULO("%", Priority.PRODUCT);

    private final String symbol;
    final int priority;

    ArithmeticOperator(String symbol, int priority) {
      this.symbol = symbol;
      this.priority = priority;
    }

    public String symbol() {
      return symbol;
    }
  }

  public enum ComparisonOperator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    GREATER(">"),
    LESS_OR_EQUAL("<="),
    GREATER_OR_EQUAL(">=");

    final String symbol;

    ComparisonOperator(String symbol) {
      this.symbol = symbol;
    }
  }

  /// One step of a [Chain].
  public sealed interface Step permits Key, AnyKey, AnyItem, Subscripts, AnyLevel, Call, Filter {}

  public record Key(String name) implements Step {}

  public record AnyKey() implements Step {}

  public record AnyItem() implements Step {}

  public record Subscripts(List<Subscript> subscripts) implements Step {
    public Subscripts {
      subscripts = List.copyOf(subscripts);
    }
  }

  /// One subscript, or a range of them.
  public record Subscript(Node from, Optional<Node> to) {}

  /// `**`, with the levels from `first` to `last`.
  public record AnyLevel(int first, int last) implements Step {}

  public record Call(Method method) implements Step {}

  public record Filter(Node condition) implements Step {}

  /// Methods of items.
  public enum Method {
    ABS("abs"),
    SIZE("size"),
    TYPE("type"),
    FLOOR("floor"),
    DOUBLE("double"),
    CEILING("ceiling"),
    KEYVALUE("keyvalue");

    private final String text;

    Method(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /// How strong operators bind.
  static final class Priority {
    static final int OR = 0;
    static final int AND = 1;
    static final int COMPARISON = 2;
    static final int SUM = 3;
    static final int PRODUCT = 4;
    static final int SIGN = 5;
    static final int ATOM = 6;

    private Priority() {}

    static int of(Node node) {
      return switch (node) {
        case Or _ -> OR;
        case And _ -> AND;
        case Comparison _, StartsWith _ -> COMPARISON;
        case Arithmetic arithmetic -> arithmetic.operator.priority;
        case Sign _ -> SIGN;
        default -> ATOM;
      };
    }
  }

  /// @throws quiver.common.error.QuiverException `42601` if the text is not a path
  public static JsonPath parse(String text) {
    return new JsonPathParser(text).parse();
  }

  /// The text as the output function writes it.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    JsonPathWriter.write(this, text);
    return text.toString();
  }
}
