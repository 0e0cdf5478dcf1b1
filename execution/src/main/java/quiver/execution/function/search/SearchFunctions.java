package quiver.execution.function.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.search.Lexeme;
import quiver.common.search.TextQuery;
import quiver.common.search.TextQuery.Binary;
import quiver.common.search.TextQuery.Node;
import quiver.common.search.TextQuery.Not;
import quiver.common.search.TextQuery.Operand;
import quiver.common.search.TextQuery.Operator;
import quiver.common.search.TextVector;
import quiver.common.search.Weight;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.DatumOrder;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;
import quiver.execution.function.ScalarFunction;

/// Functions and operators of full-text search. Source: PostgreSQL 15, sections 9.13 and 12.
public final class SearchFunctions {
  private static final float[] WEIGHTS = {0.1f, 0.2f, 0.4f, 1.0f};

  private SearchFunctions() {}

  public static void addTo(FunctionTable table) {
    making(table);
    operators(table);
    vectors(table);
    queries(table);
    ranks(table);
    headlines(table);
  }

  // ---- arguments

  private static Object value(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index]);
  }

  private static TextVector vector(@Nullable Object[] arguments, int index) {
    return (TextVector) value(arguments, index);
  }

  private static TextQuery query(@Nullable Object[] arguments, int index) {
    return (TextQuery) value(arguments, index);
  }

  private static String text(@Nullable Object[] arguments, int index) {
    return (String) value(arguments, index);
  }

  private static ArrayValue array(@Nullable Object[] arguments, int index) {
    return (ArrayValue) value(arguments, index);
  }

  /// The configuration `default_text_search_config` names.
  static Language defaultLanguage(FunctionContext context) {
    String name =
        context
            .session()
            .state()
            .settings()
            .getOrDefault("default_text_search_config", "pg_catalog.english");
    return language(name);
  }

  static Language language(String name) {
    String bare = name.toLowerCase(Locale.ROOT).replace("\"", "");
    bare = bare.startsWith("pg_catalog.") ? bare.substring("pg_catalog.".length()) : bare;
    return Language.ofConfiguration(bare)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "text search configuration \"%s\" does not exist",
                name));
  }

  /// The configuration of a call: its first argument, when it has one more than `count`.
  static Configuration configuration(
      FunctionContext context, @Nullable Object[] arguments, boolean named) {
    if (!named) {
      return new Configuration(defaultLanguage(context));
    }
    long oid = (Long) value(arguments, 0);
    return new Configuration(
        Language.ofConfiguration(oid)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INTERNAL_ERROR,
                    "cache lookup failed for text search configuration %d",
                    oid)));
  }

  // ---- to_tsvector, to_tsquery

  private static void making(FunctionTable table) {
    each(table, "to_tsvector", "text", (c, a, i) -> c.vector(text(a, i)));
    each(table, "to_tsvector", "json", (c, a, i) -> c.vector(strings(JsonText.parse(text(a, i)))));
    each(table, "to_tsvector", "jsonb", (c, a, i) -> c.vector(strings((Jsonb) value(a, i))));
    each(table, "to_tsquery", "text", (c, a, i) -> new QueryBuilder(c).withOperators(text(a, i)));
    each(
        table,
        "plainto_tsquery",
        "text",
        (c, a, i) -> new QueryBuilder(c).plain(text(a, i), Operator.AND));
    each(
        table,
        "phraseto_tsquery",
        "text",
        (c, a, i) -> new QueryBuilder(c).plain(text(a, i), Operator.PHRASE));
    each(
        table,
        "websearch_to_tsquery",
        "text",
        (c, a, i) -> new QueryBuilder(c).webSearch(text(a, i)));
    table
        .all(
            "get_current_ts_config",
            (context, _) -> (long) defaultLanguage(context).configurationOid())
        .all("ts_lexize", (_, a) -> lexize((Long) value(a, 0), text(a, 1)));
  }

  /// A function of a text with the configuration before it or not.
  private interface Made {
    Object of(Configuration configuration, @Nullable Object[] arguments, int index);
  }

  private static void each(FunctionTable table, String name, String type, Made made) {
    table.one(
        name + "(" + type + ")", (context, a) -> made.of(configuration(context, a, false), a, 0));
    table.one(
        name + "(regconfig," + type + ")",
        (context, a) -> made.of(configuration(context, a, true), a, 1));
  }

  /// The string values of a document, in order.
  static List<String> strings(Jsonb json) {
    List<String> strings = new ArrayList<>();
    collect(json, strings);
    return strings;
  }

  /// As they are written.
  private static List<String> strings(JsonText.Node node) {
    List<String> strings = new ArrayList<>();
    collect(node, strings);
    return strings;
  }

  private static void collect(JsonText.Node node, List<String> strings) {
    switch (node.kind()) {
      case STRING -> strings.add(node.string());
      case ARRAY, OBJECT -> node.children().forEach(child -> collect(child, strings));
      case NULL, TRUE, FALSE, NUMBER -> {}
    }
  }

  private static void collect(Jsonb json, List<String> strings) {
    switch (json) {
      case Jsonb.Text(String value) -> strings.add(value);
      case Jsonb.Items items -> items.items().forEach(item -> collect(item, strings));
      case Jsonb.Fields fields -> fields.values().forEach(field -> collect(field, strings));
      case Jsonb.Nil _, Jsonb.Bool _, Jsonb.Decimal _ -> {}
    }
  }

  private static ArrayValue lexize(long dictionary, String word) {
    Language language =
        Language.ofDictionary(dictionary)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INTERNAL_ERROR,
                    "cache lookup failed for text search dictionary %d",
                    dictionary));
    List<Object> lexemes = new ArrayList<>();
    new Dictionary(language).lexeme(word).ifPresent(lexemes::add);
    return lexemes.isEmpty()
        ? ArrayValue.empty(BaseType.TEXT)
        : ArrayValue.of(BaseType.TEXT, lexemes);
  }

  // ---- operators

  private static void operators(FunctionTable table) {
    ScalarFunction documentFirst = (_, a) -> Matcher.matches(vector(a, 0), query(a, 1));
    table
        .one("ts_match_vq(tsvector,tsquery)", documentFirst)
        .one("ts_match_qv(tsquery,tsvector)", (_, a) -> Matcher.matches(vector(a, 1), query(a, 0)))
        .one(
            "ts_match_tq(text,tsquery)",
            (context, a) ->
                Matcher.matches(configuration(context, a, false).vector(text(a, 0)), query(a, 1)))
        .one(
            "ts_match_tt(text,text)",
            (context, a) -> {
              Configuration configuration = configuration(context, a, false);
              return Matcher.matches(
                  configuration.vector(text(a, 0)),
                  new QueryBuilder(configuration).plain(text(a, 1), Operator.AND));
            })
        .one("tsvector_concat(tsvector,tsvector)", (_, a) -> concat(vector(a, 0), vector(a, 1)))
        .one(
            "tsquery_and(tsquery,tsquery)",
            (_, a) -> TextQuery.joined(Operator.AND, query(a, 0), query(a, 1), 0))
        .one(
            "tsquery_or(tsquery,tsquery)",
            (_, a) -> TextQuery.joined(Operator.OR, query(a, 0), query(a, 1), 0))
        .one("tsquery_not(tsquery)", (_, a) -> not(query(a, 0)))
        .one(
            "tsquery_phrase(tsquery,tsquery)",
            (_, a) -> TextQuery.phrase(query(a, 0), query(a, 1), 1))
        .one(
            "tsquery_phrase(tsquery,tsquery,int4)",
            (_, a) -> TextQuery.phrase(query(a, 0), query(a, 1), (Long) value(a, 2)))
        .one(
            "tsq_mcontains(tsquery,tsquery)",
            (_, a) -> words(query(a, 0)).containsAll(words(query(a, 1))))
        .one(
            "tsq_mcontained(tsquery,tsquery)",
            (_, a) -> words(query(a, 1)).containsAll(words(query(a, 0))));
  }

  private static TextVector concat(TextVector left, TextVector right) {
    int shift = left.lastPosition();
    List<Lexeme> lexemes = new ArrayList<>(left.lexemes());
    for (Lexeme lexeme : right.lexemes()) {
      int[] shifted = new int[lexeme.positions().length];
      for (int i = 0; i < shifted.length; i++) {
        shifted[i] = Lexeme.entry(lexeme.position(i) + shift, lexeme.weight(i));
      }
      lexemes.add(new Lexeme(lexeme.word(), shifted));
    }
    return TextVector.of(lexemes);
  }

  private static TextQuery not(TextQuery query) {
    return query.root() == null ? query : TextQuery.of(new Not(query.root()));
  }

  private static Set<String> words(TextQuery query) {
    Set<String> words = new TreeSet<>();
    if (query.root() != null) {
      words(query.root(), words);
    }
    return words;
  }

  private static void words(Node node, Set<String> words) {
    switch (node) {
      case Operand operand -> words.add(operand.word());
      case Not(var child) -> words(child, words);
      case Binary binary -> {
        words(binary.left(), words);
        words(binary.right(), words);
      }
    }
  }

  // ---- tsvector

  private static void vectors(FunctionTable table) {
    table
        .one("length(tsvector)", (_, a) -> (long) vector(a, 0).lexemes().size())
        .one(
            "strip(tsvector)",
            (_, a) -> mapped(vector(a, 0), lexeme -> Lexeme.withoutPositions(lexeme.word())))
        .one(
            "setweight(tsvector,char)",
            (_, a) -> {
              Weight weight = weight(text(a, 1));
              return mapped(vector(a, 0), lexeme -> weighted(lexeme, weight));
            })
        .one(
            "setweight(tsvector,char,_text)",
            (_, a) -> {
              Weight weight = weight(text(a, 1));
              Set<String> words = wordSet(array(a, 2));
              return mapped(
                  vector(a, 0),
                  lexeme -> words.contains(lexeme.word()) ? weighted(lexeme, weight) : lexeme);
            })
        .one("ts_delete(tsvector,text)", (_, a) -> without(vector(a, 0), Set.of(text(a, 1))))
        .one("ts_delete(tsvector,_text)", (_, a) -> without(vector(a, 0), wordSet(array(a, 1))))
        .one("ts_filter(tsvector,_char)", (_, a) -> filtered(vector(a, 0), array(a, 1)))
        .one(
            "tsvector_to_array(tsvector)",
            (_, a) -> {
              List<Object> words = new ArrayList<>();
              vector(a, 0).lexemes().forEach(lexeme -> words.add(lexeme.word()));
              return words.isEmpty()
                  ? ArrayValue.empty(BaseType.TEXT)
                  : ArrayValue.of(BaseType.TEXT, words);
            })
        .one("array_to_tsvector(_text)", (_, a) -> fromArray(array(a, 0)));
  }

  private static TextVector mapped(TextVector vector, UnaryOperator<Lexeme> function) {
    return TextVector.of(vector.lexemes().stream().map(function).toList());
  }

  private static Weight weight(String letter) {
    return Weight.ofLetter(letter.isEmpty() ? 0 : letter.charAt(0))
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INTERNAL_ERROR,
                "unrecognized weight: %d",
                letter.isEmpty() ? 0 : (int) letter.charAt(0)));
  }

  private static Lexeme weighted(Lexeme lexeme, Weight weight) {
    int[] positions = new int[lexeme.positions().length];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = Lexeme.entry(lexeme.position(i), weight);
    }
    return new Lexeme(lexeme.word(), positions);
  }

  private static Set<String> wordSet(ArrayValue words) {
    Set<String> set = new TreeSet<>(DatumOrder::compareText);
    for (Object word : words.elements()) {
      if (word != null) {
        set.add((String) word);
      }
    }
    return set;
  }

  private static TextVector without(TextVector vector, Set<String> words) {
    return TextVector.of(
        vector.lexemes().stream().filter(lexeme -> !words.contains(lexeme.word())).toList());
  }

  private static TextVector filtered(TextVector vector, ArrayValue letters) {
    int mask = 0;
    for (Object letter : letters.elements()) {
      if (letter == null) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "weight array may not contain nulls");
      }
      String text = (String) letter;
      mask |=
          Weight.ofLetter(text.isEmpty() ? 0 : text.charAt(0))
              .orElseThrow(() ->
                  new QuiverException(
                      SqlState.INVALID_PARAMETER_VALUE, "unrecognized weight: \"%s\"", text))
              .bit();
    }
    int weights = mask;
    List<Lexeme> kept = new ArrayList<>();
    for (Lexeme lexeme : vector.lexemes()) {
      int[] positions =
          Arrays.stream(lexeme.positions()).filter(p -> (weights & 1 << (p & 3)) != 0).toArray();
      if (positions.length > 0) {
        kept.add(new Lexeme(lexeme.word(), positions));
      }
    }
    return TextVector.of(kept);
  }

  private static TextVector fromArray(ArrayValue words) {
    List<Lexeme> lexemes = new ArrayList<>();
    for (Object word : words.elements()) {
      if (word == null) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "lexeme array may not contain nulls");
      }
      if (((String) word).isEmpty()) {
        throw new QuiverException(
            SqlState.ZERO_LENGTH_CHARACTER_STRING, "lexeme array may not contain empty strings");
      }
      lexemes.add(Lexeme.withoutPositions((String) word));
    }
    return TextVector.of(lexemes);
  }

  // ---- tsquery

  private static void queries(FunctionTable table) {
    table
        .one("numnode(tsquery)", (_, a) -> (long) query(a, 0).nodeCount())
        .one("querytree(tsquery)", (_, a) -> indexable(query(a, 0)))
        .one(
            "ts_rewrite(tsquery,tsquery,tsquery)",
            (_, a) -> Rewriting.replaced(query(a, 0), query(a, 1), query(a, 2)));
  }

  /// What an index can look for: everything that is not under a NOT; `T` for all documents.
  private static String indexable(TextQuery query) {
    if (query.root() == null) {
      return "";
    }
    Node node = positive(query.root());
    return node == null ? "T" : TextQuery.of(node).toString();
  }

  private static @Nullable Node positive(Node node) {
    return switch (node) {
      case Operand operand -> operand;
      case Not _ -> null;
      case Binary(var operator, var left, var right, var distance) -> {
        Node a = positive(left);
        Node b = positive(right);
        if (a != null && b != null) {
          yield new Binary(operator, a, b, distance);
        }
        yield operator == Operator.OR ? null : a != null ? a : b;
      }
    };
  }

  // ---- ts_rank, ts_rank_cd, ts_headline

  private static void ranks(FunctionTable table) {
    rank(table, "ts_rank", (ranking, a) -> ranking.byFrequency(vector(a, 0), query(a, 1)));
    rank(table, "ts_rank_cd", (ranking, a) -> ranking.byCoverDensity(vector(a, 0), query(a, 1)));
  }

  private interface Ranked {
    float of(Ranking ranking, @Nullable Object[] documentAndQuery);
  }

  private static void rank(FunctionTable table, String name, Ranked rank) {
    Function<@Nullable Object[], Integer> method = a -> (int) (long) (Long) value(a, a.length - 1);
    table
        .one(name + "(tsvector,tsquery)", (_, a) -> (double) rank.of(new Ranking(WEIGHTS, 0), a))
        .one(
            name + "(tsvector,tsquery,int4)",
            (_, a) -> (double) rank.of(new Ranking(WEIGHTS, method.apply(a)), a))
        .one(
            name + "(_float4,tsvector,tsquery)",
            (_, a) ->
                (double) rank.of(new Ranking(weights(array(a, 0)), 0), new Object[] {a[1], a[2]}))
        .one(
            name + "(_float4,tsvector,tsquery,int4)",
            (_, a) ->
                (double)
                    rank.of(
                        new Ranking(weights(array(a, 0)), method.apply(a)),
                        new Object[] {a[1], a[2]}));
  }

  private static float[] weights(ArrayValue given) {
    if (given.dimensionCount() != 1) {
      throw new QuiverException(
          SqlState.ARRAY_SUBSCRIPT_ERROR, "array of weight must be one-dimensional");
    }
    if (given.size() < WEIGHTS.length) {
      throw new QuiverException(SqlState.ARRAY_SUBSCRIPT_ERROR, "array of weight is too short");
    }
    float[] weights = new float[WEIGHTS.length];
    for (int i = 0; i < weights.length; i++) {
      Object weight = given.elements()[i];
      if (weight == null) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "array of weight must not contain nulls");
      }
      float number = ((Double) weight).floatValue();
      weights[i] = number >= 0 ? number : WEIGHTS[i];
      if (weights[i] > 1.0f) {
        throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "weight out of range");
      }
    }
    return weights;
  }

  private static void headlines(FunctionTable table) {
    for (boolean named : new boolean[] {false, true}) {
      String prefix = named ? "ts_headline(regconfig,text,tsquery" : "ts_headline(text,tsquery";
      int first = named ? 1 : 0;
      table.one(
          prefix + ")",
          (context, a) ->
              Headline.of(
                  configuration(context, a, named),
                  text(a, first),
                  query(a, first + 1),
                  HeadlineOptions.DEFAULT));
      table.one(
          prefix + ",text)",
          (context, a) ->
              Headline.of(
                  configuration(context, a, named),
                  text(a, first),
                  query(a, first + 1),
                  HeadlineOptions.parse(text(a, first + 2))));
    }
  }
}
