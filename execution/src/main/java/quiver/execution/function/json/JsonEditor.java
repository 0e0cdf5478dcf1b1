package quiver.execution.function.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.Jsonb.Bool;
import quiver.common.value.Jsonb.Decimal;
import quiver.common.value.Jsonb.Field;
import quiver.common.value.Jsonb.Fields;
import quiver.common.value.Jsonb.Items;
import quiver.common.value.Jsonb.Nil;
import quiver.common.value.Jsonb.Text;

/// Changed copies of JSON values.
final class JsonEditor {
  private JsonEditor() {}

  /// `||`: objects are united, the right one wins; everything else becomes one array.
  static Jsonb concat(Jsonb left, Jsonb right) {
    if (left instanceof Fields a && right instanceof Fields b) {
      List<Field> all = fields(a);
      all.addAll(fields(b));
      return Jsonb.object(all);
    }
    List<Jsonb> items = new ArrayList<>(left instanceof Items(var a) ? a : List.of(left));
    items.addAll(right instanceof Items(var b) ? b : List.of(right));
    return new Items(items);
  }

  private static List<Field> fields(Fields object) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < object.size(); i++) {
      fields.add(new Field(object.keys().get(i), object.values().get(i)));
    }
    return fields;
  }

  /// `-` with keys: fields of an object, string elements of an array.
  static Jsonb delete(Jsonb value, List<String> names) {
    return switch (value) {
      case Fields object -> {
        List<Field> left = fields(object);
        left.removeIf(field -> names.contains(field.key()));
        yield Jsonb.object(left);
      }
      case Items(var items) ->
          new Items(
              items.stream()
                  .filter(item -> !(item instanceof Text(var text) && names.contains(text)))
                  .toList());
      case Nil _, Bool _, Decimal _, Text _ ->
          throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "cannot delete from scalar");
    };
  }

  /// `-` with an index, negative from the end.
  static Jsonb delete(Jsonb value, long index) {
    return switch (value) {
      case Items(var items) -> {
        long at = index < 0 ? items.size() + index : index;
        if (at < 0 || at >= items.size()) {
          yield value;
        }
        List<Jsonb> left = new ArrayList<>(items);
        left.remove((int) at);
        yield new Items(left);
      }
      case Fields _ ->
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "cannot delete from object using integer index");
      case Nil _, Bool _, Decimal _, Text _ ->
          throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "cannot delete from scalar");
    };
  }

  /// What happens at the end of a path.
  private enum Change {
    SET,
    REPLACE,
    INSERT_BEFORE,
    INSERT_AFTER,
    DELETE
  }

  static Jsonb set(Jsonb value, List<@Nullable String> path, Jsonb newValue, boolean create) {
    checkContainer(value, "cannot set path in scalar");
    return path.isEmpty()
        ? value
        : change(value, path, 0, newValue, create ? Change.SET : Change.REPLACE);
  }

  static Jsonb insert(Jsonb value, List<@Nullable String> path, Jsonb newValue, boolean after) {
    checkContainer(value, "cannot set path in scalar");
    return path.isEmpty()
        ? value
        : change(value, path, 0, newValue, after ? Change.INSERT_AFTER : Change.INSERT_BEFORE);
  }

  static Jsonb deletePath(Jsonb value, List<@Nullable String> path) {
    checkContainer(value, "cannot delete path in scalar");
    return path.isEmpty() ? value : change(value, path, 0, new Nil(), Change.DELETE);
  }

  private static void checkContainer(Jsonb value, String message) {
    if (!(value instanceof Items) && !(value instanceof Fields)) {
      throw QuiverException.ofMessage(SqlState.INVALID_PARAMETER_VALUE, message);
    }
  }

  private static Jsonb change(
      Jsonb value, List<@Nullable String> path, int depth, Jsonb newValue, Change change) {
    String step = path.get(depth);
    if (step == null) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "path element at position %d is null", depth + 1);
    }
    boolean last = depth == path.size() - 1;
    return switch (value) {
      case Fields object -> changeField(object, step, path, depth, newValue, change, last);
      case Items(var items) -> changeElement(items, step, path, depth, newValue, change, last);
      case Nil _, Bool _, Decimal _, Text _ -> value;
    };
  }

  private static Jsonb changeField(
      Fields object,
      String key,
      List<@Nullable String> path,
      int depth,
      Jsonb newValue,
      Change change,
      boolean last) {
    List<Field> fields = fields(object);
    boolean has = object.has(key);
    if (!last) {
      fields.replaceAll(field ->
          field.key().equals(key)
              ? new Field(key, change(field.value(), path, depth + 1, newValue, change))
              : field);
      return Jsonb.object(fields);
    }
    switch (change) {
      case DELETE -> fields.removeIf(field -> field.key().equals(key));
      case INSERT_BEFORE, INSERT_AFTER -> {
        if (has) {
          throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "cannot replace existing key")
              .withHint("Try using the function jsonb_set to replace key value.");
        }
        fields.add(new Field(key, newValue));
      }
      case SET -> fields.add(new Field(key, newValue));
      case REPLACE -> {
        if (has) {
          fields.add(new Field(key, newValue));
        }
      }
    }
    return Jsonb.object(fields);
  }

  private static Jsonb changeElement(
      List<Jsonb> items,
      String step,
      List<@Nullable String> path,
      int depth,
      Jsonb newValue,
      Change change,
      boolean last) {
    long index =
        index(step)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.INVALID_TEXT_REPRESENTATION,
                    "path element at position %d is not an integer: \"%s\"",
                    depth + 1,
                    step));
    long at = index < 0 ? items.size() + index : index;
    boolean exists = at >= 0 && at < items.size();
    List<Jsonb> changed = new ArrayList<>(items);
    if (!last) {
      if (exists) {
        changed.set((int) at, change(items.get((int) at), path, depth + 1, newValue, change));
      }
      return new Items(changed);
    }
    switch (change) {
      case DELETE -> {
        if (exists) {
          changed.remove((int) at);
        }
      }
      case REPLACE -> {
        if (exists) {
          changed.set((int) at, newValue);
        }
      }
      case SET -> {
        if (exists) {
          changed.set((int) at, newValue);
        } else {
          changed.add(at < 0 ? 0 : changed.size(), newValue);
        }
      }
      case INSERT_BEFORE -> changed.add(at < 0 ? 0 : (int) Math.min(at, changed.size()), newValue);
      case INSERT_AFTER ->
          changed.add(at < 0 ? 0 : (int) Math.min(at + 1, changed.size()), newValue);
    }
    return new Items(changed);
  }

  /// A path step as an array index.
  static Optional<Long> index(String step) {
    try {
      return Optional.of((long) Integer.parseInt(step.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Jsonb stripNulls(Jsonb value) {
    return switch (value) {
      case Fields object -> {
        List<Field> fields = new ArrayList<>();
        for (Field field : fields(object)) {
          if (!(field.value() instanceof Nil)) {
            fields.add(new Field(field.key(), stripNulls(field.value())));
          }
        }
        yield Jsonb.object(fields);
      }
      case Items(var items) -> new Items(items.stream().map(JsonEditor::stripNulls).toList());
      case Nil _, Bool _, Decimal _, Text _ -> value;
    };
  }

  /// `json_strip_nulls`: compact text, keys as written.
  static String stripNulls(JsonText.Node node) {
    StringBuilder text = new StringBuilder();
    appendWithoutNulls(node, text);
    return text.toString();
  }

  private static void appendWithoutNulls(JsonText.Node node, StringBuilder text) {
    switch (node.kind()) {
      case OBJECT -> {
        text.append('{');
        boolean first = true;
        for (int i = 0; i < node.children().size(); i++) {
          if (node.children().get(i).kind() != JsonText.Kind.NULL) {
            text.append(first ? "" : ",");
            JsonText.quote(node.keys().get(i), text);
            text.append(':');
            appendWithoutNulls(node.children().get(i), text);
            first = false;
          }
        }
        text.append('}');
      }
      case ARRAY -> {
        text.append('[');
        for (int i = 0; i < node.children().size(); i++) {
          text.append(i == 0 ? "" : ",");
          appendWithoutNulls(node.children().get(i), text);
        }
        text.append(']');
      }
      case STRING -> JsonText.quote(node.string(), text);
      case NULL, TRUE, FALSE, NUMBER -> text.append(node.source());
    }
  }
}
