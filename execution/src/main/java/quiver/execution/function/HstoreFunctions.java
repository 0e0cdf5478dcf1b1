package quiver.execution.function;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Hstore;
import quiver.common.value.Jsonb;

/// Functions and operators of `hstore`.
final class HstoreFunctions {
  private HstoreFunctions() {}

  static void addTo(FunctionTable table) {
    constructors(table);
    lookUps(table);
    changes(table);
    table
        .one("akeys(hstore)", (_, a) -> texts(keys(a)))
        .one("avals(hstore)", (_, a) -> texts(values(a)))
        .one("hstore_to_array(hstore)", (_, a) -> texts(flat(a)))
        .one("hstore_to_json(hstore)", (_, a) -> json(a).toString())
        .one("hstore_to_jsonb(hstore)", (_, a) -> json(a));
  }

  /// The rows of the set-returning functions.
  static void addSetsTo(Map<String, SetFunction> functions) {
    functions.put("skeys(hstore)", (_, a) -> rows(keys(a)));
    functions.put("svals(hstore)", (_, a) -> rows(values(a)));
    functions.put(
        "each(hstore)",
        (_, a) ->
            pairs(a, 0).entrySet().stream()
                .map(pair -> new @Nullable Object[] {pair.getKey(), pair.getValue().orElse(null)})
                .iterator());
  }

  private static java.util.Iterator<@Nullable Object[]> rows(List<@Nullable Object> values) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    values.forEach(value -> rows.add(new @Nullable Object[] {value}));
    return rows.iterator();
  }

  private static Map<String, Optional<String>> pairs(@Nullable Object[] arguments, int index) {
    return ((Hstore) Arguments.value(arguments, index)).pairs();
  }

  private static List<@Nullable Object> keys(@Nullable Object[] arguments) {
    return new ArrayList<>(pairs(arguments, 0).keySet());
  }

  private static List<@Nullable Object> values(@Nullable Object[] arguments) {
    List<@Nullable Object> values = new ArrayList<>();
    pairs(arguments, 0).values().forEach(value -> values.add(value.orElse(null)));
    return values;
  }

  private static List<@Nullable Object> flat(@Nullable Object[] arguments) {
    List<@Nullable Object> flat = new ArrayList<>();
    pairs(arguments, 0)
        .forEach((key, value) -> {
          flat.add(key);
          flat.add(value.orElse(null));
        });
    return flat;
  }

  private static ArrayValue texts(List<@Nullable Object> values) {
    return ArrayValue.of(BaseType.TEXT, values);
  }

  private static Jsonb json(@Nullable Object[] arguments) {
    List<String> keys = new ArrayList<>();
    List<Jsonb> values = new ArrayList<>();
    pairs(arguments, 0)
        .forEach((key, value) -> {
          keys.add(key);
          values.add(value.<Jsonb>map(Jsonb.Text::new).orElseGet(Jsonb.Nil::new));
        });
    return new Jsonb.Fields(keys, values);
  }

  private static void constructors(FunctionTable table) {
    table
        .one(
            "hstore(text,text)",
            (_, a) ->
                a[0] == null
                    ? null
                    : Hstore.of(Map.of(Arguments.text(a, 0), Optional.ofNullable((String) a[1]))))
        .one("hstore(_text)", (_, a) -> alternating(Arguments.array(a, 0)))
        .one(
            "hstore(_text,_text)",
            (_, a) -> a[0] == null ? null : paired(Arguments.array(a, 0), (ArrayValue) a[1]));
  }

  private static Hstore alternating(ArrayValue array) {
    if (array.size() % 2 != 0) {
      throw new QuiverException(
          SqlState.ARRAY_SUBSCRIPT_ERROR, "array must have even number of elements");
    }
    Map<String, Optional<String>> pairs = new LinkedHashMap<>();
    for (int i = 0; i < array.size(); i += 2) {
      pairs.putIfAbsent(
          key(array.elements()[i]), Optional.ofNullable((String) array.elements()[i + 1]));
    }
    return Hstore.of(pairs);
  }

  private static Hstore paired(ArrayValue keys, @Nullable ArrayValue values) {
    if (values != null && values.size() != keys.size()) {
      throw new QuiverException(SqlState.ARRAY_SUBSCRIPT_ERROR, "arrays must have same bounds");
    }
    Map<String, Optional<String>> pairs = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      pairs.putIfAbsent(
          key(keys.elements()[i]),
          values == null ? Optional.empty() : Optional.ofNullable((String) values.elements()[i]));
    }
    return Hstore.of(pairs);
  }

  private static String key(@Nullable Object value) {
    if (value == null) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "null value not allowed for hstore key");
    }
    return (String) value;
  }

  private static void lookUps(FunctionTable table) {
    table
        .all("fetchval", (_, a) -> value(pairs(a, 0), Arguments.text(a, 1)))
        .all("exist", (_, a) -> pairs(a, 0).containsKey(Arguments.text(a, 1)))
        .all("defined", (_, a) -> value(pairs(a, 0), Arguments.text(a, 1)) != null)
        .all("exists_any", (_, a) -> wanted(a).stream().anyMatch(pairs(a, 0)::containsKey))
        .all("exists_all", (_, a) -> pairs(a, 0).keySet().containsAll(wanted(a)))
        .all("hs_contains", (_, a) -> hstore(a, 0).contains(hstore(a, 1)))
        .all("hs_contained", (_, a) -> hstore(a, 1).contains(hstore(a, 0)))
        .all("slice_array", (_, a) -> sliceArray(a));
  }

  private static Hstore hstore(@Nullable Object[] arguments, int index) {
    return (Hstore) Arguments.value(arguments, index);
  }

  private static @Nullable String value(Map<String, Optional<String>> pairs, String key) {
    Optional<String> found = pairs.get(key);
    return found == null ? null : found.orElse(null);
  }

  /// The keys of the array that is the second argument, without its NULLs.
  private static List<String> wanted(@Nullable Object[] arguments) {
    List<String> keys = new ArrayList<>();
    for (Object key : Arguments.array(arguments, 1).elements()) {
      if (key != null) {
        keys.add((String) key);
      }
    }
    return keys;
  }

  private static ArrayValue sliceArray(@Nullable Object[] arguments) {
    Map<String, Optional<String>> pairs = pairs(arguments, 0);
    List<@Nullable Object> values = new ArrayList<>();
    for (Object key : Arguments.array(arguments, 1).elements()) {
      values.add(key == null ? null : value(pairs, (String) key));
    }
    return texts(values);
  }

  private static void changes(FunctionTable table) {
    table
        .all("hs_concat", (_, a) -> concat(pairs(a, 0), pairs(a, 1)))
        .one("delete(hstore,text)", (_, a) -> without(a, List.of(Arguments.text(a, 1))))
        .one("delete(hstore,_text)", (_, a) -> without(a, wanted(a)))
        .one("delete(hstore,hstore)", (_, a) -> withoutPairs(a))
        .all("slice", (_, a) -> slice(a));
  }

  private static Hstore concat(
      Map<String, Optional<String>> left, Map<String, Optional<String>> right) {
    Map<String, Optional<String>> pairs = new LinkedHashMap<>(left);
    pairs.putAll(right);
    return Hstore.of(pairs);
  }

  private static Hstore without(@Nullable Object[] arguments, List<String> keys) {
    Map<String, Optional<String>> pairs = new LinkedHashMap<>(pairs(arguments, 0));
    keys.forEach(pairs::remove);
    return Hstore.of(pairs);
  }

  private static Hstore withoutPairs(@Nullable Object[] arguments) {
    Map<String, Optional<String>> pairs = new LinkedHashMap<>(pairs(arguments, 0));
    pairs(arguments, 1).forEach(pairs::remove);
    return Hstore.of(pairs);
  }

  private static Hstore slice(@Nullable Object[] arguments) {
    Map<String, Optional<String>> pairs = new LinkedHashMap<>(pairs(arguments, 0));
    pairs.keySet().retainAll(wanted(arguments));
    return Hstore.of(pairs);
  }
}
