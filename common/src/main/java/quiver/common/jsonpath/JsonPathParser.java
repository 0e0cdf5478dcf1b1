package quiver.common.jsonpath;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.jsonpath.JsonPath.Arithmetic;
import quiver.common.jsonpath.JsonPath.ArithmeticOperator;
import quiver.common.jsonpath.JsonPath.Chain;
import quiver.common.jsonpath.JsonPath.Comparison;
import quiver.common.jsonpath.JsonPath.ComparisonOperator;
import quiver.common.jsonpath.JsonPath.Condition;
import quiver.common.jsonpath.JsonPath.Literal;
import quiver.common.jsonpath.JsonPath.Method;
import quiver.common.jsonpath.JsonPath.Node;
import quiver.common.jsonpath.JsonPath.Start;
import quiver.common.jsonpath.JsonPath.Step;
import quiver.common.jsonpath.JsonPath.Subscript;
import quiver.common.jsonpath.JsonPath.Variable;
import quiver.common.jsonpath.JsonPathLexer.Kind;
import quiver.common.jsonpath.JsonPathLexer.Token;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;

/// Reads the text of a path by recursive descent. Used by one thread.
final class JsonPathParser {
  /// Parentheses, filters and signs inside one another.
  private static final int NESTING_MAX = 1_000;

  private final String text;
  private final JsonPathLexer lexer;
  private Token token;
  private int nesting;
  private int filters;
  private int subscripts;

  JsonPathParser(String text) {
    this.text = text;
    this.lexer = new JsonPathLexer(text);
    this.token = lexer.next();
  }

  JsonPath parse() {
    if (token.kind() == Kind.END) {
      throw new QuiverException(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "invalid input syntax for type %s: \"%s\"",
          "jsonpath",
          text);
    }
    boolean strict = token.isWord("strict");
    if (strict || token.isWord("lax")) {
      advance();
    }
    Node root = expression();
    if (token.kind() != Kind.END) {
      throw lexer.syntaxError(token);
    }
    return new JsonPath(strict, root);
  }

  private Token advance() {
    Token taken = token;
    token = lexer.next();
    return taken;
  }

  private boolean take(String symbol) {
    if (!token.is(symbol)) {
      return false;
    }
    advance();
    return true;
  }

  private void expect(String symbol) {
    if (!take(symbol)) {
      throw lexer.syntaxError(token);
    }
  }

  private void enter() {
    if (++nesting > NESTING_MAX) {
      throw new QuiverException(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
  }

  // ---- operators, from the weakest

  private Node expression() {
    enter();
    Node node = and();
    while (token.is("||")) {
      requireCondition(node);
      advance();
      node = new JsonPath.Or(node, requireCondition(and()));
    }
    nesting--;
    return node;
  }

  private Node and() {
    Node node = comparison();
    while (token.is("&&")) {
      requireCondition(node);
      advance();
      node = new JsonPath.And(node, requireCondition(comparison()));
    }
    return node;
  }

  private Node requireCondition(Node node) {
    if (!(node instanceof Condition)) {
      throw lexer.syntaxError(token);
    }
    return node;
  }

  private Node comparison() {
    if (token.is("!")) {
      advance();
      if (!token.is("(") && !token.isWord("exists")) {
        throw lexer.syntaxError(token);
      }
      return new JsonPath.Not(requireCondition(primary()));
    }
    Node left = sum();
    if (left instanceof Condition && !token.isWord("is")) {
      return left;
    }
    Optional<ComparisonOperator> operator = comparisonOperator();
    if (operator.isPresent()) {
      advance();
      return new Comparison(operator.get(), left, sum());
    }
    if (token.isWord("starts")) {
      advance();
      word("with");
      Node prefix =
          switch (token.kind()) {
            case STRING -> new Literal(new Jsonb.Text(advance().text()));
            case VARIABLE -> new Variable(advance().text());
            default -> throw lexer.syntaxError(token);
          };
      return new JsonPath.StartsWith(left, prefix);
    }
    if (token.isWord("like_regex")) {
      advance();
      return likeRegex(left);
    }
    return left;
  }

  private void word(String word) {
    if (!token.isWord(word)) {
      throw lexer.syntaxError(token);
    }
    advance();
  }

  private Optional<ComparisonOperator> comparisonOperator() {
    if (token.kind() != Kind.SYMBOL) {
      return Optional.empty();
    }
    return switch (token.text()) {
      case "==", "=" -> Optional.of(ComparisonOperator.EQUAL);
      case "!=", "<>" -> Optional.of(ComparisonOperator.NOT_EQUAL);
      case "<" -> Optional.of(ComparisonOperator.LESS);
      case ">" -> Optional.of(ComparisonOperator.GREATER);
      case "<=" -> Optional.of(ComparisonOperator.LESS_OR_EQUAL);
      case ">=" -> Optional.of(ComparisonOperator.GREATER_OR_EQUAL);
      default -> Optional.empty();
    };
  }

  private Node likeRegex(Node left) {
    if (token.kind() != Kind.STRING) {
      throw lexer.syntaxError(token);
    }
    String pattern = advance().text();
    String given = "";
    if (token.isWord("flag")) {
      advance();
      if (token.kind() != Kind.STRING) {
        throw lexer.syntaxError(token);
      }
      given = advance().text();
    }
    for (int i = 0; i < given.length(); i++) {
      if ("ismxq".indexOf(given.charAt(i)) < 0) {
        throw new QuiverException(
                SqlState.SYNTAX_ERROR, "invalid input syntax for type %s", "jsonpath")
            .withDetail(
                String.format(
                    Locale.ROOT,
                    "Unrecognized flag character \"%s\" in LIKE_REGEX predicate.",
                    given.substring(i, i + 1)));
      }
    }
    StringBuilder flags = new StringBuilder();
    for (char flag : "ismxq".toCharArray()) {
      flags.append(given.indexOf(flag) >= 0 ? String.valueOf(flag) : "");
    }
    if (given.indexOf('x') >= 0 && given.indexOf('q') < 0) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "XQuery \"x\" flag (expanded regular expressions) is not implemented");
    }
    return new JsonPath.LikeRegex(left, pattern, flags.toString());
  }

  private Node sum() {
    Node node = product();
    while (token.is("+") || token.is("-")) {
      boolean add = advance().text().equals("+");
      node =
          new Arithmetic(
              add ? ArithmeticOperator.ADD : ArithmeticOperator.SUBTRACT, node, product());
    }
    return node;
  }

  private Node product() {
    Node node = sign();
    while (token.is("*") || token.is("/") || token.is("%")) {
      ArithmeticOperator operator =
          switch (advance().text()) {
            case "*" -> ArithmeticOperator.MULTIPLY;
            case "/" -> ArithmeticOperator.DIVIDE;
            default -> ArithmeticOperator.MODULO;
          };
      node = new Arithmetic(operator, node, sign());
    }
    return node;
  }

  private Node sign() {
    if (token.is("+") || token.is("-")) {
      enter();
      boolean minus = advance().text().equals("-");
      Node operand = sign();
      nesting--;
      if (operand instanceof Literal(Jsonb.Decimal(Numeric value))) {
        return new Literal(new Jsonb.Decimal(minus ? value.negate() : value));
      }
      return new JsonPath.Sign(minus, operand);
    }
    return steps(primary());
  }

  // ---- values

  private Node primary() {
    Token first = advance();
    return switch (first.kind()) {
      case STRING -> new Literal(new Jsonb.Text(first.text()));
      case NUMBER -> new Literal(new Jsonb.Decimal(number(first.text())));
      case VARIABLE -> new Variable(first.text());
      case SYMBOL -> symbol(first);
      case WORD -> word(first);
      case END -> throw lexer.syntaxError(first);
    };
  }

  private static Numeric number(String digits) {
    return Numeric.of(new java.math.BigDecimal(digits.endsWith(".") ? digits + "0" : digits));
  }

  private Node symbol(Token first) {
    return switch (first.text()) {
      case "$" -> Start.ROOT;
      case "@" -> {
        if (filters == 0) {
          throw new QuiverException(SqlState.SYNTAX_ERROR, "@ is not allowed in root expressions");
        }
        yield Start.CURRENT;
      }
      case "(" -> {
        Node node = expression();
        expect(")");
        if (token.isWord("is")) {
          advance();
          word("unknown");
          yield new JsonPath.IsUnknown(requireCondition(node));
        }
        yield node;
      }
      default -> throw lexer.syntaxError(first);
    };
  }

  private Node word(Token first) {
    return switch (first.text()) {
      case "true" -> new Literal(new Jsonb.Bool(true));
      case "false" -> new Literal(new Jsonb.Bool(false));
      case "null" -> new Literal(new Jsonb.Nil());
      case "last" -> {
        if (subscripts == 0) {
          throw new QuiverException(
              SqlState.SYNTAX_ERROR, "LAST is allowed only in array subscripts");
        }
        yield Start.LAST;
      }
      case "exists" -> {
        expect("(");
        Node node = expression();
        expect(")");
        yield new JsonPath.Exists(node);
      }
      default -> throw lexer.syntaxError(first);
    };
  }

  // ---- steps

  private Node steps(Node base) {
    List<Step> steps = new ArrayList<>();
    while (true) {
      if (take(".")) {
        steps.add(afterDot());
      } else if (take("[")) {
        steps.add(subscripts());
      } else if (take("?")) {
        expect("(");
        filters++;
        steps.add(new JsonPath.Filter(requireCondition(expression())));
        filters--;
        expect(")");
      } else {
        return steps.isEmpty() ? base : new Chain(base, steps);
      }
    }
  }

  private Step afterDot() {
    if (take("*")) {
      return new JsonPath.AnyKey();
    }
    if (take("**")) {
      return levels();
    }
    if (token.kind() != Kind.WORD && token.kind() != Kind.STRING) {
      throw lexer.syntaxError(token);
    }
    Token name = advance();
    if (name.kind() == Kind.WORD && token.is("(")) {
      return call(name);
    }
    return new JsonPath.Key(name.text());
  }

  private Step call(Token name) {
    if (name.text().equals("datetime")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "jsonpath item method .datetime() is not supported");
    }
    for (Method method : Method.values()) {
      if (method.text().equals(name.text())) {
        expect("(");
        expect(")");
        return new JsonPath.Call(method);
      }
    }
    throw lexer.syntaxError(token);
  }

  private Step levels() {
    if (!take("{")) {
      return new JsonPath.AnyLevel(0, JsonPath.LAST_LEVEL);
    }
    int first = level();
    int last = first;
    if (token.isWord("to")) {
      advance();
      last = level();
    }
    expect("}");
    return new JsonPath.AnyLevel(first, last);
  }

  private int level() {
    if (token.isWord("last")) {
      advance();
      return JsonPath.LAST_LEVEL;
    }
    if (token.kind() != Kind.NUMBER || !token.text().chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw lexer.syntaxError(token);
    }
    return new java.math.BigInteger(advance().text())
        .min(java.math.BigInteger.valueOf(JsonPath.LAST_LEVEL - 1L))
        .intValue();
  }

  private Step subscripts() {
    if (take("*")) {
      expect("]");
      return new JsonPath.AnyItem();
    }
    subscripts++;
    List<Subscript> list = new ArrayList<>();
    do {
      Node from = expression();
      Optional<Node> to = Optional.empty();
      if (token.isWord("to")) {
        advance();
        to = Optional.of(expression());
      }
      list.add(new Subscript(from, to));
    } while (take(","));
    subscripts--;
    expect("]");
    return new JsonPath.Subscripts(list);
  }
}
