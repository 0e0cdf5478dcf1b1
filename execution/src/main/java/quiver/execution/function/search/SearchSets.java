package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.search.Lexeme;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.SetFunction;

/// The set-returning functions of full-text search, by signature key.
public final class SearchSets {
  private static final long PARSER_OID = 3722;

  private SearchSets() {}

  public static Map<String, SetFunction> functions() {
    return Map.of(
        "unnest(tsvector)", (_, a) -> lexemes((TextVector) value(a, 0)),
        "ts_debug(text)", (c, a) -> debug(SearchFunctions.defaultLanguage(c), (String) value(a, 0)),
        "ts_debug(regconfig,text)", SearchSets::debug,
        "ts_parse(text,text)", (_, a) -> parse(checkParser(value(a, 0)), (String) value(a, 1)),
        "ts_parse(oid,text)", (_, a) -> parse(checkParser(value(a, 0)), (String) value(a, 1)),
        "ts_token_type(text)", (_, a) -> tokenTypes(checkParser(value(a, 0))),
        "ts_token_type(oid)", (_, a) -> tokenTypes(checkParser(value(a, 0))));
  }

  private static Object value(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index]);
  }

  private static Iterator<@Nullable Object[]> lexemes(TextVector vector) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Lexeme lexeme : vector.lexemes()) {
      List<Object> positions = new ArrayList<>();
      List<Object> weights = new ArrayList<>();
      for (int i = 0; i < lexeme.positions().length; i++) {
        positions.add((long) lexeme.position(i));
        weights.add(lexeme.weight(i).name());
      }
      boolean known = lexeme.hasPositions();
      rows.add(
          new @Nullable Object[] {
            lexeme.word(),
            known ? ArrayValue.of(BaseType.INT2, positions) : null,
            known ? ArrayValue.of(BaseType.TEXT, weights) : null
          });
    }
    return rows.iterator();
  }

  private static Iterator<@Nullable Object[]> debug(
      FunctionContext context, @Nullable Object[] arguments) {
    long oid = (Long) value(arguments, 0);
    return debug(
        Language.ofConfiguration(oid).orElse(Language.SIMPLE), (String) value(arguments, 1));
  }

  private static Iterator<@Nullable Object[]> debug(Language language, String text) {
    Configuration configuration = new Configuration(language);
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Token token : TextParser.parse(text)) {
      TokenType type = token.type();
      Object dictionary = (long) language.ofToken(type).dictionaryOid();
      Optional<String> lexeme = configuration.lexeme(token);
      boolean indexed = type.isIndexed();
      rows.add(
          new @Nullable Object[] {
            type.alias(),
            type.description(),
            token.text(),
            indexed
                ? ArrayValue.of(BaseType.REGDICTIONARY, List.of(dictionary))
                : ArrayValue.empty(BaseType.REGDICTIONARY),
            indexed ? dictionary : null,
            !indexed
                ? null
                : lexeme.isPresent()
                    ? ArrayValue.of(BaseType.TEXT, List.of(lexeme.get()))
                    : ArrayValue.empty(BaseType.TEXT)
          });
    }
    return rows.iterator();
  }

  private static Object checkParser(Object parser) {
    if (!parser.equals("default")
        && !parser.equals("pg_catalog.default")
        && !parser.equals(PARSER_OID)) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "text search parser \"%s\" does not exist", parser);
    }
    return parser;
  }

  private static Iterator<@Nullable Object[]> parse(Object ignored, String text) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Token token : TextParser.parse(text)) {
      rows.add(new @Nullable Object[] {(long) token.type().id(), token.text()});
    }
    return rows.iterator();
  }

  private static Iterator<@Nullable Object[]> tokenTypes(Object ignored) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (TokenType type : TokenType.values()) {
      rows.add(new @Nullable Object[] {(long) type.id(), type.alias(), type.description()});
    }
    return rows.iterator();
  }
}
