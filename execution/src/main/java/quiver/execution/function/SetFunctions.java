package quiver.execution.function;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Interval;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.MultirangeValue;
import quiver.common.value.Numeric;

/// The set-returning functions, by [FunctionSignature#key]. Immutable.
public final class SetFunctions {
  private final Map<String, SetFunction> functions = new HashMap<>();

  /// The functions of this package and those of others.
  ///
  /// @param others by key
  public SetFunctions(Map<String, SetFunction> others) {
    series();
    arrays();
    json();
    catalog();
    functions.putAll(others);
  }

  /// The keys that have an implementation.
  public Set<String> keys() {
    return Set.copyOf(functions.keySet());
  }

  /// The implementation of a function for one call's types.
  ///
  /// @throws QuiverException `0A000` naming the function if there is none
  public SetFunction setReturning(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    SetFunction implementation = functions.get(function.key());
    if (implementation == null) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "function %s is not supported", function.key());
    }
    return implementation;
  }

  /// One-column rows of ready values.
  public static Iterator<@Nullable Object[]> column(List<? extends @Nullable Object> values) {
    Iterator<? extends @Nullable Object> iterator = values.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return iterator.hasNext();
      }

      @Override
      public @Nullable Object[] next() {
        return new @Nullable Object[] {iterator.next()};
      }
    };
  }

  private static Iterator<@Nullable Object[]> rows(List<@Nullable Object[]> rows) {
    return rows.iterator();
  }

  // ---- generate_series

  /// A series by its first value; `next` gives the value after one, null after the last.
  private static <T> Iterator<@Nullable Object[]> series(
      @Nullable T first, Function<T, @Nullable T> next) {
    return new Iterator<>() {
      private @Nullable T current = first;

      @Override
      public boolean hasNext() {
        return current != null;
      }

      @Override
      public @Nullable Object[] next() {
        T value = current;
        if (value == null) {
          throw new NoSuchElementException();
        }
        current = next.apply(value);
        return new @Nullable Object[] {value};
      }
    };
  }

  private static QuiverException stepError(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
  }

  private void series() {
    for (String type : new String[] {"int4", "int8"}) {
      functions.put(
          "generate_series(" + type + "," + type + ")",
          (_, a) -> integers(Arguments.integer(a, 0), Arguments.integer(a, 1), 1));
      functions.put(
          "generate_series(" + type + "," + type + "," + type + ")",
          (_, a) ->
              integers(Arguments.integer(a, 0), Arguments.integer(a, 1), Arguments.integer(a, 2)));
    }
    functions.put(
        "generate_series(numeric,numeric)",
        (_, a) -> numerics(Arguments.numeric(a, 0), Arguments.numeric(a, 1), Numeric.ONE));
    functions.put(
        "generate_series(numeric,numeric,numeric)",
        (_, a) ->
            numerics(Arguments.numeric(a, 0), Arguments.numeric(a, 1), Arguments.numeric(a, 2)));
    functions.put(
        "generate_series(timestamp,timestamp,interval)",
        (_, a) ->
            times(
                Arguments.integer(a, 0),
                Arguments.integer(a, 1),
                Arguments.interval(a, 2),
                value -> DateTimeMath.addToTimestamp(value, Arguments.interval(a, 2))));
    functions.put(
        "generate_series(timestamptz,timestamptz,interval)",
        (context, a) ->
            times(
                Arguments.integer(a, 0),
                Arguments.integer(a, 1),
                Arguments.interval(a, 2),
                value ->
                    DateTimeMath.addToInstant(
                        value, Arguments.interval(a, 2), context.format().zone())));
  }

  private static Iterator<@Nullable Object[]> integers(long first, long last, long step) {
    if (step == 0) {
      throw stepError("step size cannot equal zero");
    }
    Long start = step > 0 ? (first <= last ? (Long) first : null) : first >= last ? first : null;
    return series(
        start,
        value -> {
          long next = value + step;
          boolean overflow = ((value ^ next) & (step ^ next)) < 0;
          boolean past = step > 0 ? next > last : next < last;
          return overflow || past ? null : next;
        });
  }

  private static Iterator<@Nullable Object[]> numerics(Numeric first, Numeric last, Numeric step) {
    checkFinite(first, "start");
    checkFinite(last, "stop");
    checkFinite(step, "step");
    if (step.signum() == 0) {
      throw stepError("step size cannot equal zero");
    }
    boolean up = step.signum() > 0;
    return series(
        isWithin(first.compareTo(last), up) ? first : null,
        value -> {
          Numeric next = value.add(step);
          return isWithin(next.compareTo(last), up) ? next : null;
        });
  }

  private static boolean isWithin(int comparedToLast, boolean up) {
    return up ? comparedToLast <= 0 : comparedToLast >= 0;
  }

  private static void checkFinite(Numeric value, String name) {
    if (!value.isFinite()) {
      String what = name.equals("step") ? "step size" : name + " value";
      throw stepError(what + " cannot be " + (value.isNaN() ? "NaN" : "infinity"));
    }
  }

  private static Iterator<@Nullable Object[]> times(
      long first, long last, Interval step, Function<Long, Long> next) {
    int direction = step.compareTo(Interval.ZERO);
    if (direction == 0) {
      throw stepError("step size cannot equal zero");
    }
    return series(
        isWithin(Long.compare(first, last), direction > 0) ? (Long) first : null,
        value -> {
          Long following = next.apply(value);
          return isWithin(following.compareTo(last), direction > 0) ? following : null;
        });
  }

  // ---- arrays

  private void arrays() {
    HstoreFunctions.addSetsTo(functions);
    functions.put(
        "unnest(anyarray)",
        (_, a) -> {
          @Nullable Object[] elements = Arguments.array(a, 0).elements();
          return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
              return at < elements.length;
            }

            @Override
            public @Nullable Object[] next() {
              if (at >= elements.length) {
                throw new NoSuchElementException();
              }
              return new @Nullable Object[] {elements[at++]};
            }
          };
        });
    functions.put(
        "unnest(anymultirange)",
        (_, a) ->
            rows(
                ((MultirangeValue) Arguments.value(a, 0))
                    .ranges().stream().map(range -> new @Nullable Object[] {range}).toList()));
    functions.put(
        "generate_subscripts(anyarray,int4)",
        (_, a) -> subscripts(Arguments.array(a, 0), Arguments.int4(a, 1), false));
    functions.put(
        "generate_subscripts(anyarray,int4,bool)",
        (_, a) -> subscripts(Arguments.array(a, 0), Arguments.int4(a, 1), Arguments.bool(a, 2)));
    functions.put(
        "_pg_expandarray(anyarray)",
        (_, a) -> {
          ArrayValue array = Arguments.array(a, 0);
          List<@Nullable Object[]> rows = new ArrayList<>();
          for (int i = 0; i < array.size(); i++) {
            rows.add(new @Nullable Object[] {array.elements()[i], i + 1L});
          }
          return rows(rows);
        });
    functions.put(
        "string_to_table(text,text)",
        (_, a) -> parts(StringFunctions.split((String) a[0], (String) a[1], null)));
    functions.put(
        "string_to_table(text,text,text)",
        (_, a) -> parts(StringFunctions.split((String) a[0], (String) a[1], (String) a[2])));
  }

  private static Iterator<@Nullable Object[]> parts(@Nullable ArrayValue array) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    if (array != null) {
      for (Object part : array.elements()) {
        rows.add(new @Nullable Object[] {part});
      }
    }
    return rows(rows);
  }

  private static Iterator<@Nullable Object[]> subscripts(
      ArrayValue array, int dimension, boolean reverse) {
    if (dimension < 1 || dimension > array.dimensionCount()) {
      return rows(List.of());
    }
    long lower = array.lowerBounds()[dimension - 1];
    long upper = array.upperBound(dimension - 1);
    return reverse ? integers(upper, lower, -1) : integers(lower, upper, 1);
  }

  // ---- JSON

  private static QuiverException invalidJson(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
  }

  private void json() {
    functions.put("jsonb_array_elements(jsonb)", (_, a) -> items(Arguments.jsonb(a, 0), false));
    functions.put("jsonb_array_elements_text(jsonb)", (_, a) -> items(Arguments.jsonb(a, 0), true));
    functions.put("jsonb_each(jsonb)", (_, a) -> fields(Arguments.jsonb(a, 0), false));
    functions.put("jsonb_each_text(jsonb)", (_, a) -> fields(Arguments.jsonb(a, 0), true));
    functions.put(
        "jsonb_object_keys(jsonb)",
        (_, a) ->
            switch (Arguments.jsonb(a, 0)) {
              case Jsonb.Fields object -> column(object.keys());
              case Jsonb.Items _ -> throw invalidJson("cannot call jsonb_object_keys on an array");
              default -> throw invalidJson("cannot call jsonb_object_keys on a scalar");
            });
    functions.put("json_array_elements(json)", (_, a) -> items(Arguments.text(a, 0), false));
    functions.put("json_array_elements_text(json)", (_, a) -> items(Arguments.text(a, 0), true));
    functions.put("json_each(json)", (_, a) -> fields(Arguments.text(a, 0), false));
    functions.put("json_each_text(json)", (_, a) -> fields(Arguments.text(a, 0), true));
    functions.put(
        "json_object_keys(json)",
        (_, a) -> {
          JsonText.Node node = JsonText.parse(Arguments.text(a, 0));
          return switch (node.kind()) {
            case OBJECT -> column(node.keys());
            case ARRAY -> throw invalidJson("cannot call json_object_keys on an array");
            default -> throw invalidJson("cannot call json_object_keys on a scalar");
          };
        });
  }

  private static Iterator<@Nullable Object[]> items(Jsonb json, boolean asText) {
    if (json instanceof Jsonb.Items(List<Jsonb> items)) {
      List<@Nullable Object[]> rows = new ArrayList<>();
      for (Jsonb item : items) {
        rows.add(new @Nullable Object[] {asText ? text(item) : item});
      }
      return rows(rows);
    }
    throw invalidJson(
        json instanceof Jsonb.Fields
            ? "cannot extract elements from an object"
            : "cannot extract elements from a scalar");
  }

  private static Iterator<@Nullable Object[]> fields(Jsonb json, boolean asText) {
    if (json instanceof Jsonb.Fields object) {
      List<@Nullable Object[]> rows = new ArrayList<>();
      for (int i = 0; i < object.size(); i++) {
        Jsonb value = object.values().get(i);
        rows.add(new @Nullable Object[] {object.keys().get(i), asText ? text(value) : value});
      }
      return rows(rows);
    }
    throw invalidJson("cannot call jsonb_each" + (asText ? "_text" : "") + " on a non-object");
  }

  /// Strings without quotes, null for `null`.
  private static @Nullable String text(Jsonb json) {
    return switch (json) {
      case Jsonb.Nil _ -> null;
      case Jsonb.Text(String value) -> value;
      default -> json.toString();
    };
  }

  private static Iterator<@Nullable Object[]> items(String json, boolean asText) {
    JsonText.Node node = JsonText.parse(json);
    if (node.kind() != JsonText.Kind.ARRAY) {
      boolean object = node.kind() == JsonText.Kind.OBJECT;
      throw invalidJson(
          String.format(
              Locale.ROOT,
              "cannot call json_array_elements%s on a %s",
              asText ? "_text" : "",
              object ? "non-array" : "scalar"));
    }
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (JsonText.Node item : node.children()) {
      rows.add(new @Nullable Object[] {asText ? text(item) : item.source()});
    }
    return rows(rows);
  }

  private static Iterator<@Nullable Object[]> fields(String json, boolean asText) {
    JsonText.Node node = JsonText.parse(json);
    if (node.kind() != JsonText.Kind.OBJECT) {
      throw invalidJson(
          node.kind() == JsonText.Kind.ARRAY
              ? "cannot deconstruct an array as an object"
              : "cannot deconstruct a scalar");
    }
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (int i = 0; i < node.keys().size(); i++) {
      JsonText.Node value = node.children().get(i);
      rows.add(new @Nullable Object[] {node.keys().get(i), asText ? text(value) : value.source()});
    }
    return rows(rows);
  }

  private static @Nullable String text(JsonText.Node node) {
    return switch (node.kind()) {
      case NULL -> null;
      case STRING -> node.string();
      default -> node.source();
    };
  }

  // ---- catalog

  private void catalog() {
    // There are no privileges, publications or options to list.
    functions.put("aclexplode(_aclitem)", AclRows::of);
    functions.put("pg_options_to_table(_text)", (_, a) -> options(Arguments.array(a, 0)));
    functions.put("pg_partition_ancestors(regclass)", (_, _) -> rows(List.of()));
    functions.put("pg_get_keywords()", (_, _) -> SqlKeywords.rows());
  }

  private static Iterator<@Nullable Object[]> options(ArrayValue options) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (Object option : options.elements()) {
      if (option != null) {
        String[] parts = ((String) option).split("=", 2);
        rows.add(new @Nullable Object[] {parts[0], parts.length > 1 ? parts[1] : null});
      }
    }
    return rows(rows);
  }
}
