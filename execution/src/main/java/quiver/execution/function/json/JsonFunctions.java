package quiver.execution.function.json;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ArrayValue;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.Jsonb.Bool;
import quiver.common.value.Jsonb.Decimal;
import quiver.common.value.Jsonb.Fields;
import quiver.common.value.Jsonb.Items;
import quiver.common.value.Jsonb.Nil;
import quiver.common.value.Jsonb.Text;
import quiver.execution.function.ScalarFunction;

/// Extraction, containment, change and conversion of JSON, by signature key. Source: PostgreSQL 15,
/// section 9.16.
public final class JsonFunctions {
  private final Map<String, ScalarFunction> functions = new HashMap<>();

  private JsonFunctions() {}

  /// Implementations by signature key.
  public static Map<String, ScalarFunction> functions() {
    JsonFunctions all = new JsonFunctions();
    all.fields();
    all.paths();
    all.tests();
    all.changes();
    all.texts();
    return Map.copyOf(all.functions);
  }

  /// `->` and `->>`.
  private void fields() {
    put("jsonb_object_field(jsonb,text)", a -> field(jsonb(a, 0), text(a, 1)).orElse(null));
    put("jsonb_object_field_text(jsonb,text)", a -> asText(field(jsonb(a, 0), text(a, 1))));
    put("jsonb_array_element(jsonb,int4)", a -> element(jsonb(a, 0), number(a, 1)).orElse(null));
    put("jsonb_array_element_text(jsonb,int4)", a -> asText(element(jsonb(a, 0), number(a, 1))));
    put("json_object_field(json,text)", a -> source(field(json(a, 0), text(a, 1))));
    put("json_object_field_text(json,text)", a -> asString(field(json(a, 0), text(a, 1))));
    put("json_array_element(json,int4)", a -> source(element(json(a, 0), number(a, 1))));
    put("json_array_element_text(json,int4)", a -> asString(element(json(a, 0), number(a, 1))));
  }

  /// `#>` and `#>>`, as functions of a text array and as variadic functions.
  private void paths() {
    put("jsonb_extract_path_op(jsonb,_text)", a -> extract(jsonb(a, 0), path(a)).orElse(null));
    put("jsonb_extract_path_text_op(jsonb,_text)", a -> asText(extract(jsonb(a, 0), path(a))));
    put("json_extract_path_op(json,_text)", a -> source(extract(json(a, 0), path(a))));
    put("json_extract_path_text_op(json,_text)", a -> asString(extract(json(a, 0), path(a))));
    put("jsonb_extract_path(jsonb,text...)", a -> extract(jsonb(a, 0), rest(a)).orElse(null));
    put("jsonb_extract_path_text(jsonb,text...)", a -> asText(extract(jsonb(a, 0), rest(a))));
    put("json_extract_path(json,text...)", a -> source(extract(json(a, 0), rest(a))));
    put("json_extract_path_text(json,text...)", a -> asString(extract(json(a, 0), rest(a))));
  }

  private void tests() {
    put("jsonb_contains(jsonb,jsonb)", a -> JsonContainment.contains(jsonb(a, 0), jsonb(a, 1)));
    put("jsonb_contained(jsonb,jsonb)", a -> JsonContainment.contains(jsonb(a, 1), jsonb(a, 0)));
    put("jsonb_exists(jsonb,text)", a -> exists(jsonb(a, 0), text(a, 1)));
    put(
        "jsonb_exists_any(jsonb,_text)",
        a -> names(a).stream().anyMatch(name -> exists(jsonb(a, 0), name)));
    put(
        "jsonb_exists_all(jsonb,_text)",
        a -> names(a).stream().allMatch(name -> exists(jsonb(a, 0), name)));
    put("jsonb_typeof(jsonb)", a -> typeName(jsonb(a, 0)));
    put("json_typeof(json)", a -> typeName(Jsonb.ofNode(json(a, 0))));
    put("jsonb_array_length(jsonb)", a -> arrayLength(jsonb(a, 0)));
    put("json_array_length(json)", a -> arrayLength(Jsonb.ofNode(json(a, 0))));
  }

  private void changes() {
    put("jsonb_concat(jsonb,jsonb)", a -> JsonEditor.concat(jsonb(a, 0), jsonb(a, 1)));
    put("jsonb_delete(jsonb,text)", a -> JsonEditor.delete(jsonb(a, 0), List.of(text(a, 1))));
    put("jsonb_delete(jsonb,int4)", a -> JsonEditor.delete(jsonb(a, 0), number(a, 1)));
    put("jsonb_delete(jsonb,text...)", a -> JsonEditor.delete(jsonb(a, 0), rest(a)));
    put("jsonb_delete_op(jsonb,_text)", a -> JsonEditor.delete(jsonb(a, 0), names(a)));
    put("jsonb_delete_path(jsonb,_text)", a -> JsonEditor.deletePath(jsonb(a, 0), path(a)));
    put(
        "jsonb_set(jsonb,_text,jsonb,bool)",
        a -> JsonEditor.set(jsonb(a, 0), path(a), jsonb(a, 2), a.length < 4 || bool(a, 3)));
    put(
        "jsonb_insert(jsonb,_text,jsonb,bool)",
        a -> JsonEditor.insert(jsonb(a, 0), path(a), jsonb(a, 2), a.length > 3 && bool(a, 3)));
    put("jsonb_set_lax(jsonb,_text,jsonb,bool,text)", JsonFunctions::setLax);
    put("jsonb_strip_nulls(jsonb)", a -> JsonEditor.stripNulls(jsonb(a, 0)));
    put("json_strip_nulls(json)", a -> JsonEditor.stripNulls(json(a, 0)));
  }

  private static @Nullable Object setLax(@Nullable Object[] arguments) {
    if (arguments[0] == null
        || arguments[1] == null
        || (arguments.length > 3 && arguments[3] == null)) {
      return null;
    }
    boolean create = arguments.length < 4 || bool(arguments, 3);
    if (arguments[2] != null) {
      return JsonEditor.set(jsonb(arguments, 0), path(arguments), jsonb(arguments, 2), create);
    }
    String treatment =
        arguments.length < 5 || arguments[4] == null ? "use_json_null" : text(arguments, 4);
    return switch (treatment) {
      case "use_json_null" ->
          JsonEditor.set(jsonb(arguments, 0), path(arguments), new Nil(), create);
      case "delete_key" -> JsonEditor.deletePath(jsonb(arguments, 0), path(arguments));
      case "return_target" -> jsonb(arguments, 0);
      case "raise_exception" ->
          throw new QuiverException(SqlState.NULL_VALUE_NOT_ALLOWED, "JSON value must not be null")
              .withDetail(
                  "Exception was raised because null_value_treatment is \"raise_exception\".")
              .withHint(
                  "To avoid, either change the null_value_treatment argument or ensure that an SQL"
                      + " NULL is not passed.");
      default ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\","
                  + " or \"raise_exception\"");
    };
  }

  private void texts() {
    put("jsonb_pretty(jsonb)", a -> JsonPrinter.pretty(jsonb(a, 0)));
  }

  /// A function of its arguments alone.
  private interface Plain {
    @Nullable Object call(@Nullable Object[] arguments);
  }

  private void put(String key, Plain function) {
    functions.put(key, (_, arguments) -> function.call(arguments));
  }

  private static Optional<Jsonb> field(Jsonb value, String name) {
    return value instanceof Fields fields ? fields.get(name) : Optional.empty();
  }

  private static Optional<Jsonb> element(Jsonb value, long index) {
    if (!(value instanceof Items(var items))) {
      return Optional.empty();
    }
    long at = index < 0 ? items.size() + index : index;
    return at >= 0 && at < items.size() ? Optional.of(items.get((int) at)) : Optional.empty();
  }

  private static Optional<JsonText.Node> field(JsonText.Node node, String name) {
    int index = node.keys().lastIndexOf(name);
    return index < 0 ? Optional.empty() : Optional.of(node.children().get(index));
  }

  private static Optional<JsonText.Node> element(JsonText.Node node, long index) {
    if (node.kind() != JsonText.Kind.ARRAY) {
      return Optional.empty();
    }
    long at = index < 0 ? node.children().size() + index : index;
    return at >= 0 && at < node.children().size()
        ? Optional.of(node.children().get((int) at))
        : Optional.empty();
  }

  private static Optional<Jsonb> extract(Jsonb value, List<? extends @Nullable String> path) {
    Optional<Jsonb> current = Optional.of(value);
    for (String step : path) {
      if (step == null) {
        return Optional.empty();
      }
      current =
          current.flatMap(found ->
              switch (found) {
                case Fields fields -> fields.get(step);
                case Items _ -> JsonEditor.index(step).flatMap(index -> element(found, index));
                case Nil _, Bool _, Decimal _, Text _ -> Optional.empty();
              });
    }
    return current;
  }

  private static Optional<JsonText.Node> extract(
      JsonText.Node node, List<? extends @Nullable String> path) {
    Optional<JsonText.Node> current = Optional.of(node);
    for (String step : path) {
      if (step == null) {
        return Optional.empty();
      }
      current =
          current.flatMap(found ->
              switch (found.kind()) {
                case OBJECT -> field(found, step);
                case ARRAY -> JsonEditor.index(step).flatMap(index -> element(found, index));
                case NULL, TRUE, FALSE, NUMBER, STRING -> Optional.empty();
              });
    }
    return current;
  }

  private static boolean exists(Jsonb value, String name) {
    return switch (value) {
      case Fields fields -> fields.has(name);
      case Items(var items) -> items.contains(new Text(name));
      case Text(var text) -> text.equals(name);
      case Nil _, Bool _, Decimal _ -> false;
    };
  }

  private static String typeName(Jsonb value) {
    return switch (value) {
      case Nil _ -> "null";
      case Bool _ -> "boolean";
      case Decimal _ -> "number";
      case Text _ -> "string";
      case Items _ -> "array";
      case Fields _ -> "object";
    };
  }

  private static Object arrayLength(Jsonb value) {
    return switch (value) {
      case Items(var items) -> (long) items.size();
      case Fields _ ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "cannot get array length of a non-array");
      case Nil _, Bool _, Decimal _, Text _ ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "cannot get array length of a scalar");
    };
  }

  /// What `->>` gives: strings without quotes, JSON null as NULL.
  private static @Nullable Object asText(Optional<Jsonb> value) {
    return value
        .map(found ->
            switch (found) {
              case Nil _ -> null;
              case Text(var text) -> text;
              case Bool _, Decimal _, Items _, Fields _ -> found.toString();
            })
        .orElse(null);
  }

  private static @Nullable Object asString(Optional<JsonText.Node> node) {
    return node.map(found ->
            switch (found.kind()) {
              case NULL -> null;
              case STRING -> found.string();
              case TRUE, FALSE, NUMBER, ARRAY, OBJECT -> found.source();
            })
        .orElse(null);
  }

  private static @Nullable Object source(Optional<JsonText.Node> node) {
    return node.map(JsonText.Node::source).orElse(null);
  }

  private static Object given(@Nullable Object[] arguments, int index) {
    return Objects.requireNonNull(arguments[index], "a strict function was called with NULL");
  }

  private static Jsonb jsonb(@Nullable Object[] arguments, int index) {
    return (Jsonb) given(arguments, index);
  }

  private static JsonText.Node json(@Nullable Object[] arguments, int index) {
    return JsonText.parse((String) given(arguments, index));
  }

  private static String text(@Nullable Object[] arguments, int index) {
    return (String) given(arguments, index);
  }

  private static long number(@Nullable Object[] arguments, int index) {
    return (Long) given(arguments, index);
  }

  private static boolean bool(@Nullable Object[] arguments, int index) {
    return (Boolean) given(arguments, index);
  }

  /// The second argument as a path; a null step makes the path lead nowhere.
  private static List<@Nullable String> path(@Nullable Object[] arguments) {
    List<@Nullable String> path = new java.util.ArrayList<>();
    for (Object step : ((ArrayValue) given(arguments, 1)).elements()) {
      path.add((String) step);
    }
    return path;
  }

  /// The elements of the second argument that are not NULL.
  private static List<String> names(@Nullable Object[] arguments) {
    List<String> names = new java.util.ArrayList<>();
    for (Object name : ((ArrayValue) given(arguments, 1)).elements()) {
      if (name != null) {
        names.add((String) name);
      }
    }
    return names;
  }

  /// The arguments after the first, of a variadic call.
  private static List<String> rest(@Nullable Object[] arguments) {
    List<String> names = new java.util.ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      names.add(text(arguments, i));
    }
    return names;
  }
}
