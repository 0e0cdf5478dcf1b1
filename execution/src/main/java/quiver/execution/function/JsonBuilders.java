package quiver.execution.function;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.RecordValue;

/// Functions that make JSON of other values.
final class JsonBuilders {
  /// A key and a value of `json_object`.
  private record Pair(String key, @Nullable String value) {}

  private JsonBuilders() {}

  static void addTo(FunctionTable table) {
    table
        .allTyped(
            "to_json",
            types -> (context, a) -> JsonDatums.toJson(types.argument(0), a[0], context.format()))
        .allTyped(
            "to_jsonb",
            types -> (context, a) -> JsonDatums.toJsonb(types.argument(0), a[0], context.format()))
        .allTyped(
            "array_to_json",
            types ->
                (context, a) -> {
                  StringBuilder text = new StringBuilder();
                  ArrayValue array = Arguments.array(a, 0);
                  SqlType element = JsonDatums.elementOf(types.argument(0), array);
                  JsonDatums.appendArray(
                      element, array, 0, 0, array.size(), context.format(), text, lineBreak(a));
                  return text.toString();
                })
        .all(
            "row_to_json",
            (context, a) -> {
              StringBuilder text = new StringBuilder();
              JsonDatums.appendRecord(
                  (RecordValue) Arguments.value(a, 0), context.format(), text, lineBreak(a));
              return text.toString();
            })
        .allTyped("json_build_array", types -> (context, a) -> buildArray(context, types, a))
        .allTyped(
            "jsonb_build_array",
            types ->
                (context, a) -> {
                  List<Jsonb> items = new ArrayList<>();
                  for (int i = 0; i < a.length; i++) {
                    items.add(JsonDatums.toJsonb(types.argument(i), a[i], context.format()));
                  }
                  return new Jsonb.Items(items);
                })
        .allTyped("json_build_object", types -> (context, a) -> buildObject(context, types, a))
        .allTyped(
            "jsonb_build_object",
            types ->
                (context, a) -> {
                  checkPairs(a, "jsonb_build_object()");
                  List<Jsonb.Field> fields = new ArrayList<>();
                  for (int i = 0; i < a.length; i += 2) {
                    fields.add(
                        new Jsonb.Field(
                            key(context, types, a, i),
                            JsonDatums.toJsonb(types.argument(i + 1), a[i + 1], context.format())));
                  }
                  return Jsonb.object(fields);
                })
        .all("json_object", (_, a) -> toJson(pairs(a)))
        .all("jsonb_object", (_, a) -> toJsonb(pairs(a)));
  }

  private static String lineBreak(@Nullable Object[] a) {
    return a.length > 1 && Arguments.bool(a, 1) ? "\n " : "";
  }

  private static String buildArray(FunctionContext context, CallTypes types, @Nullable Object[] a) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < a.length; i++) {
      text.append(i == 0 ? "" : ", ");
      JsonDatums.append(types.argument(i), a[i], context.format(), text);
    }
    return text.append(']').toString();
  }

  private static void checkPairs(@Nullable Object[] a, String function) {
    if (a.length % 2 != 0) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "argument list must have even number of elements")
          .withHint(
              "The arguments of " + function + " must consist of alternating keys and values.");
    }
  }

  private static String key(
      FunctionContext context, CallTypes types, @Nullable Object[] a, int index) {
    Object datum = a[index];
    if (datum == null) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "argument %d: key must not be null", index + 1);
    }
    return JsonDatums.toKey(types.argument(index), datum, context.format());
  }

  private static String buildObject(
      FunctionContext context, CallTypes types, @Nullable Object[] a) {
    checkPairs(a, "json_build_object()");
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < a.length; i += 2) {
      text.append(i == 0 ? "" : ", ");
      JsonText.quote(key(context, types, a, i), text);
      text.append(" : ");
      JsonDatums.append(types.argument(i + 1), a[i + 1], context.format(), text);
    }
    return text.append('}').toString();
  }

  private static QuiverException subscriptError(String message) {
    return QuiverException.ofMessage(SqlState.ARRAY_SUBSCRIPT_ERROR, message);
  }

  /// The pairs of `{k,v,k,v}`, `{{k,v},{k,v}}`, or of an array of keys and one of values.
  private static List<Pair> pairs(@Nullable Object[] a) {
    ArrayValue keys = Arguments.array(a, 0);
    List<Pair> pairs = new ArrayList<>();
    if (a.length == 2) {
      ArrayValue values = Arguments.array(a, 1);
      if (keys.dimensionCount() > 1 || values.dimensionCount() > 1) {
        throw subscriptError("wrong number of array subscripts");
      }
      if (keys.size() != values.size()) {
        throw subscriptError("mismatched array dimensions");
      }
      for (int i = 0; i < keys.size(); i++) {
        pairs.add(new Pair(notNull(keys.elements()[i]), (String) values.elements()[i]));
      }
      return pairs;
    }
    switch (keys.dimensionCount()) {
      case 0 -> {}
      case 1 -> {
        if (keys.size() % 2 != 0) {
          throw subscriptError("array must have even number of elements");
        }
      }
      case 2 -> {
        if (keys.dimensions()[1] != 2) {
          throw subscriptError("array must have two columns");
        }
      }
      default -> throw subscriptError("wrong number of array subscripts");
    }
    for (int i = 0; i < keys.size(); i += 2) {
      pairs.add(new Pair(notNull(keys.elements()[i]), (String) keys.elements()[i + 1]));
    }
    return pairs;
  }

  private static String notNull(@Nullable Object key) {
    if (key == null) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "null value not allowed for object key");
    }
    return (String) key;
  }

  private static String toJson(List<Pair> pairs) {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < pairs.size(); i++) {
      text.append(i == 0 ? "" : ", ");
      JsonText.quote(pairs.get(i).key, text);
      text.append(" : ");
      String value = pairs.get(i).value;
      text.append(value == null ? "null" : JsonText.quote(value));
    }
    return text.append('}').toString();
  }

  private static Jsonb toJsonb(List<Pair> pairs) {
    return Jsonb.object(
        pairs.stream()
            .map(pair ->
                new Jsonb.Field(
                    pair.key, pair.value == null ? new Jsonb.Nil() : new Jsonb.Text(pair.value)))
            .toList());
  }
}
