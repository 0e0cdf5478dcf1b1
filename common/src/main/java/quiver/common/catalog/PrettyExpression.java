package quiver.common.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Takes the parentheses out of an expression of the catalog that PostgreSQL's pretty form does
/// without. The catalog's form has parentheses around every operator call, so that each group holds
/// at most one.
///
/// Source: the rules psql shows at work; PostgreSQL 15, section 9.26, `pg_get_expr`.
public final class PrettyExpression {
  private static final Set<String> KEPT_AFTER =
      Set.of("ANY", "ALL", "IN", "SOME", "OVER", "FILTER", "GROUP");

  /// A part of the text.
  private sealed interface Part {
    /// A token, or the space between two.
    record Token(String text) implements Part {}

    /// Parentheses or brackets with what is in them.
    ///
    /// @param list whether they belong to a call, an array, a type or a subscript
    record Group(char open, List<Part> parts, boolean list) implements Part {}
  }

  /// What an expression is, or what is around it.
  private enum Kind {
    SIMPLE,
    CAST,
    OPERATOR,
    ARRAY_OPERATOR,
    TEST,
    AND,
    OR,
    NOT,
    /// The whole text, arguments of calls, branches of CASE: they have their own separators.
    SEPARATED;

    boolean isLogical() {
      return this == AND || this == OR || this == NOT;
    }
  }

  private final String text;
  private int at;

  private PrettyExpression(String text) {
    this.text = text;
  }

  /// The expression with only the parentheses it needs.
  public static String of(String sql) {
    PrettyExpression reader = new PrettyExpression(sql);
    StringBuilder out = new StringBuilder();
    print(reader.parts('\0'), Kind.SEPARATED, out);
    return out.toString();
  }

  // ---- reading

  private List<Part> parts(char close) {
    List<Part> parts = new ArrayList<>();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == close) {
        break;
      }
      if (c == '(' || c == '[') {
        boolean list = c == '[' || belongsToPrevious(parts);
        at++;
        List<Part> inner = parts(c == '(' ? ')' : ']');
        at++;
        parts.add(new Part.Group(c, inner, list));
      } else {
        int start = at;
        skipToken(c);
        parts.add(new Part.Token(text.substring(start, at)));
      }
    }
    return parts;
  }

  /// `f(` and `numeric(`, and `ANY (`.
  private static boolean belongsToPrevious(List<Part> parts) {
    if (parts.isEmpty() || !(parts.getLast() instanceof Part.Token(String last))) {
      return false;
    }
    if (!last.isBlank()) {
      return isWord(last.charAt(0)) || last.startsWith("\"");
    }
    return parts.size() > 1
        && parts.get(parts.size() - 2) instanceof Part.Token(String word)
        && KEPT_AFTER.contains(word);
  }

  private void skipToken(char first) {
    if (first == '\'' || first == '"') {
      at = quotedEnd(at);
    } else if (first == 'E' && text.startsWith("E'", at)) {
      at = escapedEnd(at + 1);
    } else if (isWord(first)) {
      while (at < text.length() && (isWord(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
    } else if (Character.isWhitespace(first)) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    } else if (text.startsWith("::", at)) {
      at += 2;
    } else {
      at++;
      while (isSymbol(first) && at < text.length() && isSymbol(text.charAt(at))) {
        at++;
      }
    }
  }

  private int quotedEnd(int start) {
    char quote = text.charAt(start);
    int end = text.indexOf(quote, start + 1);
    return end < 0 ? text.length() : end + 1;
  }

  private int escapedEnd(int start) {
    int end = start + 1;
    while (end < text.length() && text.charAt(end) != '\'') {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    return Math.min(text.length(), end + 1);
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }

  private static boolean isSymbol(char c) {
    return "+-*/<>=~!@#%^&|`?".indexOf(c) >= 0;
  }

  // ---- printing

  private static void print(List<Part> parts, Kind parent, StringBuilder out) {
    int caseDepth = 0;
    for (int i = 0; i < parts.size(); i++) {
      switch (parts.get(i)) {
        case Part.Token(String token) -> {
          caseDepth += token.equals("CASE") ? 1 : token.equals("END") ? -1 : 0;
          out.append(token);
        }
        case Part.Group group -> {
          boolean inCase = caseDepth > 0;
          Kind around = inCase ? Kind.SEPARATED : isCast(parts, i) ? Kind.CAST : parent;
          group(group, around, parts, i, out);
        }
      }
    }
  }

  private static boolean isCast(List<Part> parts, int index) {
    return index + 1 < parts.size() && parts.get(index + 1).equals(new Part.Token("::"));
  }

  /// `((a))` is `(a)`.
  private static Part.Group unwrapped(Part.Group group) {
    Part.Group inner = group;
    while (inner.parts().size() == 1
        && inner.parts().getFirst() instanceof Part.Group next
        && !next.list()) {
      inner = next;
    }
    return inner;
  }

  private static void group(
      Part.Group outer, Kind around, List<Part> siblings, int index, StringBuilder out) {
    Part.Group group = outer.list() ? outer : unwrapped(outer);
    if (group.list()) {
      out.append(group.open());
      print(group.parts(), Kind.SEPARATED, out);
      out.append(group.open() == '(' ? ')' : ']');
      return;
    }
    boolean subscripted =
        index + 1 < siblings.size()
            && siblings.get(index + 1) instanceof Part.Group next
            && next.open() == '[';
    boolean fieldFollows =
        index + 1 < siblings.size()
            && siblings.get(index + 1) instanceof Part.Token(String token)
            && token.startsWith(".");
    boolean kept =
        subscripted || fieldFollows || !isDispensable(group.parts(), around, siblings, index == 0);
    out.append(kept ? "(" : "");
    print(group.parts(), kindOf(group.parts()), out);
    out.append(kept ? ")" : "");
  }

  private static boolean isDispensable(
      List<Part> parts, Kind around, List<Part> siblings, boolean first) {
    if (parts.contains(new Part.Token("AT")) && parts.contains(new Part.Token("ZONE"))) {
      return false;
    }
    Kind kind = kindOf(parts);
    if (around == Kind.SEPARATED) {
      return true;
    }
    return switch (kind) {
      case SIMPLE, SEPARATED -> true;
      case CAST ->
          !(parts.getFirst() instanceof Part.Group group)
              || isDispensable(unwrapped(group).parts(), Kind.CAST, parts, true);
      case OPERATOR ->
          around.isLogical()
              || (around == Kind.OPERATOR && bindsTighter(symbol(parts), symbol(siblings), first));
      case TEST -> around.isLogical();
      case ARRAY_OPERATOR -> false;
      case NOT, AND -> around == Kind.AND || around == Kind.OR;
      case OR -> around == Kind.OR;
    };
  }

  /// Only the precedence of the basic arithmetic operators is taken to be known to the reader.
  private static boolean bindsTighter(String inner, String outer, boolean first) {
    int innerLevel = level(inner);
    int outerLevel = level(outer);
    return innerLevel > 0
        && outerLevel > 0
        && (innerLevel > outerLevel || (innerLevel == outerLevel && first));
  }

  private static int level(String symbol) {
    return switch (symbol) {
      case "+", "-" -> 1;
      case "*", "/", "%" -> 2;
      default -> 0;
    };
  }

  /// The symbol of a binary operator call; empty when there is none.
  private static String symbol(List<Part> parts) {
    for (int i = 1; i < parts.size(); i++) {
      if (parts.get(i) instanceof Part.Token(String token) && isSymbol(token.charAt(0))) {
        return token;
      }
    }
    return "";
  }

  private static Kind kindOf(List<Part> parts) {
    Kind kind = Kind.SIMPLE;
    int caseDepth = 0;
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof Part.Token(String token))) {
        continue;
      }
      caseDepth += token.equals("CASE") ? 1 : token.equals("END") ? -1 : 0;
      if (caseDepth > 0) {
        continue;
      }
      switch (token) {
        case "AND" -> {
          return Kind.AND;
        }
        case "OR" -> {
          return Kind.OR;
        }
        case "IS" -> {
          return Kind.TEST;
        }
        case "NOT" -> {
          return i == 0 ? Kind.NOT : Kind.TEST;
        }
        case "ANY", "ALL" -> kind = Kind.ARRAY_OPERATOR;
        case "::" -> kind = kind == Kind.SIMPLE ? Kind.CAST : kind;
        default -> {
          if (isSymbol(token.charAt(0)) && kind != Kind.ARRAY_OPERATOR) {
            kind = Kind.OPERATOR;
          }
        }
      }
    }
    return kind;
  }
}
