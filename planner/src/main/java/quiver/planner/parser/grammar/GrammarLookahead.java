package quiver.planner.parser.grammar;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;

/// What the next tokens begin. The productions ask here wherever one token does not decide: most
/// words are names as well as keywords.
abstract class GrammarLookahead extends TokenLookahead {
  /// Precedences of PostgreSQL's grammar, weakest first. A prefix operator's operand is parsed at
  /// its own level, the right side of a binary operator one above.
  protected static final int OR_LEVEL = 1;

  protected static final int AND_LEVEL = 2;
  protected static final int NOT_LEVEL = 3;
  protected static final int IS_LEVEL = 4;
  protected static final int COMPARISON_LEVEL = 5;
  protected static final int MATCH_LEVEL = 6;
  protected static final int SYMBOL_LEVEL = 8;
  protected static final int ADD_LEVEL = 9;
  protected static final int MULTIPLY_LEVEL = 10;
  protected static final int POWER_LEVEL = 11;
  protected static final int AT_LEVEL = 12;
  protected static final int COLLATE_LEVEL = 13;
  protected static final int SIGN_LEVEL = 14;
  protected static final int NO_OPERATOR = 0;

  /// PostgreSQL's bit masks of interval fields.
  protected static final int INTERVAL_SECOND = 1 << 12;

  /// How strongly the operator at the next token binds, [#NO_OPERATOR] if there is none.
  ///
  /// @param restricted only PostgreSQL's `b_expr` operators
  protected final int operatorLevel(boolean restricted) {
    SqlToken next = ahead(1);
    return switch (next.kind) {
      case OR -> restricted ? NO_OPERATOR : OR_LEVEL;
      case AND -> restricted ? NO_OPERATOR : AND_LEVEL;
      case IS -> restricted && !isDistinctFrom() ? NO_OPERATOR : IS_LEVEL;
      case ISNULL, NOTNULL -> restricted ? NO_OPERATOR : IS_LEVEL;
      case LT, GT, EQ, LE, GE, NE -> COMPARISON_LEVEL;
      case BETWEEN, IN, LIKE, ILIKE -> restricted ? NO_OPERATOR : MATCH_LEVEL;
      case SIMILAR -> !restricted && ahead(2).kind == TO ? MATCH_LEVEL : NO_OPERATOR;
      case NOT ->
          !restricted
                  && switch (ahead(2).kind) {
                    case BETWEEN, IN, LIKE, ILIKE, SIMILAR -> true;
                    default -> false;
                  }
              ? MATCH_LEVEL
              : NO_OPERATOR;
      case SYMBOL -> SYMBOL_LEVEL;
      case OPERATOR -> ahead(2).kind == LPAREN ? SYMBOL_LEVEL : NO_OPERATOR;
      case PLUS, MINUS -> ADD_LEVEL;
      case STAR, SLASH, PERCENT_REMAINDER -> MULTIPLY_LEVEL;
      case CARET -> POWER_LEVEL;
      case AT -> !restricted && ahead(2).kind == TIME ? AT_LEVEL : NO_OPERATOR;
      case COLLATE -> restricted ? NO_OPERATOR : COLLATE_LEVEL;
      default -> NO_OPERATOR;
    };
  }

  private boolean isDistinctFrom() {
    return ahead(2).kind == DISTINCT || (ahead(2).kind == NOT && ahead(3).kind == DISTINCT);
  }

  /// Refuses a second operator of a level that does not associate, such as `a < b < c`.
  protected final void rejectChain(int level, boolean restricted) {
    if (operatorLevel(restricted) == level) {
      throw syntaxError();
    }
  }

  protected final boolean atQuery() {
    return atQuery(1);
  }

  protected final boolean atQuery(int distance) {
    return switch (ahead(distance).kind) {
      case SELECT, WITH, TABLE -> true;
      case VALUES -> ahead(distance + 1).kind == LPAREN;
      default -> false;
    };
  }

  /// Whether a parenthesised query goes on as a query.
  protected final boolean atQueryTail() {
    return switch (ahead(1).kind) {
      case UNION, INTERSECT, EXCEPT, ORDER, LIMIT, OFFSET, FETCH, FOR -> true;
      default -> false;
    };
  }

  /// Whether the parenthesis of INSERT INTO t (…) holds a query, not columns.
  protected final boolean atQueryAfterParentheses() {
    return ahead(2).kind == LPAREN || atQuery(2);
  }

  /// Whether `FOR SYSTEM_TIME` stands here.
  protected final boolean atSystemTime() {
    return at(FOR) && isNonReserved(2) && ahead(2).value().equals("system_time");
  }

  /// How strongly the set operator ahead binds, 0 if there is none.
  protected final int setOperatorLevel() {
    return switch (ahead(1).kind) {
      case UNION, EXCEPT -> 1;
      case INTERSECT -> 2;
      default -> 0;
    };
  }

  /// Whether a target list starts here; it may be empty.
  protected final boolean atSelectItem() {
    return switch (ahead(1).kind) {
      case EOF,
          SEMICOLON,
          RPAREN,
          INTO,
          FROM,
          WHERE,
          GROUP,
          HAVING,
          WINDOW,
          UNION,
          INTERSECT,
          EXCEPT,
          ORDER,
          LIMIT,
          OFFSET,
          FETCH,
          FOR ->
          false;
      default -> true;
    };
  }

  protected final boolean atPersistence() {
    return switch (ahead(1).kind) {
      case TEMP, TEMPORARY, UNLOGGED -> true;
      case LOCAL, GLOBAL -> ahead(2).kind == TEMP || ahead(2).kind == TEMPORARY;
      default -> false;
    };
  }

  protected final boolean atJoin() {
    return switch (ahead(1).kind) {
      case JOIN, CROSS, NATURAL, INNER, LEFT, RIGHT, FULL -> true;
      default -> false;
    };
  }

  protected final boolean atAlias() {
    return (at(AS) && ahead(2).kind != LPAREN) || isColumnId(1);
  }

  /// Whether a name is followed by a comma or the end of a list of names.
  protected final boolean atListedName() {
    return atListedName(1);
  }

  protected final boolean atListedName(int distance) {
    return isColumnId(distance)
        && (ahead(distance + 1).kind == COMMA || ahead(distance + 1).kind == RPAREN);
  }

  /// Whether FROM has a function here: a dotted name with a parenthesis behind it.
  protected final boolean atTableFunction() {
    if (atValueKeyword() || (ahead(2).kind == LPAREN && atSyntaxFunction())) {
      return true;
    }
    int distance = 1;
    while (isLabel(distance) && ahead(distance + 1).kind == DOT) {
      distance += 2;
    }
    return isLabel(distance)
        && ahead(distance + 1).kind == LPAREN
        && (distance == 1 ? isFunctionId(1) : isNonReserved(1));
  }

  /// Whether what follows can follow an item of FROM without an alias.
  protected final boolean atFromItemEnd() {
    return atJoin()
        || switch (ahead(1).kind) {
          case COMMA, ON, USING, RETURNING, SET, WHEN -> true;
          default -> !atSelectItem();
        };
  }

  protected final boolean atNumber() {
    return switch (ahead(1).kind) {
      case PLUS, MINUS, UNSIGNED_INTEGER_LITERAL, DECIMAL_NUMERIC_LITERAL -> true;
      default -> false;
    };
  }

  /// Whether the next word, a parenthesis behind it, has a syntax of its own.
  protected final boolean atSyntaxFunction() {
    return switch (ahead(1).kind) {
      case CAST,
          EXTRACT,
          POSITION,
          OVERLAY,
          SUBSTRING,
          TRIM,
          NORMALIZE,
          NULLIF,
          COALESCE,
          GREATEST,
          LEAST,
          GROUPING,
          TREAT,
          XMLATTRIBUTES,
          XMLCONCAT,
          XMLELEMENT,
          XMLEXISTS,
          XMLFOREST,
          XMLPARSE,
          XMLPI,
          XMLROOT,
          XMLSERIALIZE ->
          true;
      default -> false;
    };
  }

  protected final boolean atValueKeyword() {
    return switch (ahead(1).kind) {
      case CURRENT_DATE,
          CURRENT_ROLE,
          CURRENT_USER,
          USER,
          SESSION_USER,
          CURRENT_CATALOG,
          CURRENT_TIME,
          CURRENT_TIMESTAMP,
          LOCALTIME,
          LOCALTIMESTAMP ->
          true;
      case CURRENT_SCHEMA -> ahead(2).kind != LPAREN;
      default -> false;
    };
  }

  /// A field of EXTRACT that is a word.
  protected final boolean atExtractField() {
    return at(IDENTIFIER) || atIntervalField();
  }

  protected final boolean atIntervalField() {
    return switch (ahead(1).kind) {
      case YEAR, MONTH, DAY, HOUR, MINUTE, SECOND -> true;
      default -> false;
    };
  }

  /// Whether the range of an interval goes on; MONTH and SECOND end one.
  protected final boolean atIntervalEnd(int first) {
    return at(TO) && first != 1 << 1 && first != INTERVAL_SECOND;
  }

  /// Whether a type begins here that has a keyword.
  protected final boolean atTypeKeyword() {
    return switch (ahead(1).kind) {
      case INT,
          INTEGER,
          SMALLINT,
          BIGINT,
          REAL,
          BOOLEAN,
          FLOAT,
          DECIMAL,
          DEC,
          NUMERIC,
          BIT,
          VARCHAR,
          CHARACTER,
          CHAR,
          NCHAR,
          NATIONAL,
          TIMESTAMP,
          TIME ->
          true;
      case DOUBLE -> ahead(2).kind == PRECISION;
      default -> false;
    };
  }

  /// Whether a literal begins here whose type is a keyword: the same words are also names.
  protected final boolean atTypedLiteral() {
    if (!atTypeKeyword() && !at(INTERVAL)) {
      return false;
    }
    return switch (ahead(2).kind) {
      case QUOTED_STRING, LPAREN, VARYING, PRECISION -> true;
      case WITH, WITHOUT -> ahead(3).kind == TIME;
      case CHARACTER, CHAR -> at(NATIONAL);
      default -> false;
    };
  }

  protected final boolean atOldCopyOption() {
    return switch (ahead(1).kind) {
      case BINARY, CSV, FREEZE, HEADER, DELIMITER, NULL, QUOTE_, ESCAPE, ENCODING, FORCE -> true;
      default -> false;
    };
  }

  protected final boolean atTableConstraint() {
    return switch (ahead(1).kind) {
      case CONSTRAINT, CHECK, UNIQUE, PRIMARY, FOREIGN -> true;
      case EXCLUDE -> ahead(2).kind == USING || ahead(2).kind == LPAREN;
      default -> false;
    };
  }

  protected final boolean atSequenceOption() {
    return isSequenceOption(1);
  }

  private boolean isSequenceOption(int distance) {
    return switch (ahead(distance).kind) {
      case INCREMENT, MINVALUE, MAXVALUE, START, RESTART, CACHE, CYCLE, OWNED, SEQUENCE -> true;
      case AS -> true;
      case NO ->
          switch (ahead(distance + 1).kind) {
            case MINVALUE, MAXVALUE, CYCLE -> true;
            default -> false;
          };
      default -> false;
    };
  }

  /// Whether ALTER COLUMN goes on with something about its identity.
  protected final boolean atIdentityChange() {
    return at(RESTART) || at(SET, GENERATED) || (at(SET) && isSequenceOption(2));
  }

  /// Whether CREATE makes a view; its words may follow OR REPLACE and TEMP.
  protected final boolean atCreateView() {
    if (!at(CREATE)) {
      return false;
    }
    int distance = ahead(2).kind == OR && ahead(3).kind == REPLACE ? 4 : 2;
    if (ahead(distance).kind == TEMP || ahead(distance).kind == TEMPORARY) {
      distance++;
    }
    return ahead(distance).kind == VIEW
        || (ahead(distance).kind == RECURSIVE && ahead(distance + 1).kind == VIEW);
  }

  protected final boolean atCreateGeneric() {
    return at(CREATE)
        && switch (ahead(2).kind) {
          case TABLE,
              SEQUENCE,
              INDEX,
              SCHEMA,
              EXTENSION,
              DATABASE,
              ROLE,
              GROUP,
              MATERIALIZED,
              TEMP,
              TEMPORARY,
              LOCAL,
              GLOBAL,
              UNLOGGED ->
              false;
          case UNIQUE -> ahead(3).kind != INDEX;
          case USER -> isUserMapping();
          default -> true;
        };
  }

  protected final boolean atDropGeneric() {
    return at(DROP)
        && switch (ahead(2).kind) {
          case DATABASE,
              ROLE,
              GROUP,
              TABLE,
              INDEX,
              VIEW,
              MATERIALIZED,
              SCHEMA,
              SEQUENCE,
              TYPE,
              DOMAIN,
              EXTENSION ->
              false;
          case USER -> isUserMapping();
          default -> true;
        };
  }

  protected final boolean atAlterGeneric() {
    return at(ALTER)
        && switch (ahead(2).kind) {
          case TABLE, INDEX, VIEW, MATERIALIZED, SEQUENCE, SCHEMA -> ahead(3).kind == ALL;
          case ROLE -> ahead(3).kind == ALL || isRoleSetting();
          case USER -> isUserMapping() || ahead(3).kind == ALL || isRoleSetting();
          default -> true;
        };
  }

  private boolean isUserMapping() {
    return ahead(3).kind == OTHER_KEYWORD && ahead(3).value.equals("mapping");
  }

  private boolean isRoleSetting() {
    return switch (ahead(4).kind) {
      case SET, RESET, IN -> true;
      default -> false;
    };
  }

  protected final boolean atCommentGeneric() {
    return at(COMMENT, ON)
        && switch (ahead(3).kind) {
          case TABLE,
              COLUMN,
              INDEX,
              VIEW,
              MATERIALIZED,
              SEQUENCE,
              SCHEMA,
              EXTENSION,
              DATABASE,
              ROLE,
              CONSTRAINT ->
              false;
          default -> object(3) != null;
        };
  }

  /// The command tag of a statement that is not parsed further, null if there is none.
  protected final @Nullable String genericTag() {
    String verb = ahead(1).value;
    return switch (verb) {
      case "grant", "revoke", "load", "comment" -> verb.toUpperCase(Locale.ROOT);
      case "import" -> "IMPORT FOREIGN SCHEMA";
      case "reassign" -> "REASSIGN OWNED";
      case "security" -> "SECURITY LABEL";
      default -> objectTag(verb);
    };
  }

  private @Nullable String objectTag(String verb) {
    String object = object(ahead(2).kind == OR && ahead(3).kind == REPLACE ? 4 : 2);
    return object == null ? null : (verb + " " + object).toUpperCase(Locale.ROOT);
  }

  /// The kind of object named at a token, null if there is none.
  private @Nullable String object(int from) {
    int distance = from;
    while (PREFIXES.contains(ahead(distance).value)) {
      distance++;
    }
    String one = ahead(distance).value;
    String two = one + " " + ahead(distance + 1).value;
    if (TWO_WORD_OBJECTS.contains(two)) {
      return two;
    }
    return ONE_WORD_OBJECTS.contains(one) ? one : null;
  }

  /// The syntax error of a CREATE, ALTER or DROP that names no kind of object.
  protected final QuiverException misfit() {
    int distance = 2;
    if (ahead(distance).kind == OR) {
      distance += ahead(distance + 1).kind == REPLACE ? 2 : 1;
    }
    while (HALF_OBJECTS.contains(ahead(distance).value)) {
      distance++;
    }
    return lexer().syntaxError(ahead(distance));
  }

  /// Words that begin the name of a kind of object.
  private static final Set<String> HALF_OBJECTS =
      Set.of(
          "access",
          "constraint",
          "default",
          "event",
          "foreign",
          "global",
          "large",
          "local",
          "materialized",
          "procedural",
          "recursive",
          "temp",
          "temporary",
          "text",
          "trusted",
          "unique");

  /// Words between CREATE and the kind of object.
  private static final Set<String> PREFIXES = Set.of("trusted", "procedural", "constraint");

  private static final Set<String> ONE_WORD_OBJECTS =
      Set.of(
          "aggregate",
          "cast",
          "collation",
          "conversion",
          "database",
          "domain",
          "function",
          "group",
          "index",
          "language",
          "operator",
          "owned",
          "policy",
          "procedure",
          "publication",
          "role",
          "routine",
          "rule",
          "server",
          "statistics",
          "subscription",
          "system",
          "table",
          "tablespace",
          "transform",
          "trigger",
          "type",
          "extension",
          "user");

  private static final Set<String> TWO_WORD_OBJECTS =
      Set.of(
          "access method",
          "default privileges",
          "event trigger",
          "foreign table",
          "foreign data",
          "large object",
          "materialized view",
          "operator class",
          "operator family",
          "text search",
          "user mapping");

  /// A word of FETCH that is not itself the cursor's name.
  protected final boolean atFetchWord(int kind) {
    return at(kind) && ahead(2).kind != EOF && ahead(2).kind != SEMICOLON;
  }
}
