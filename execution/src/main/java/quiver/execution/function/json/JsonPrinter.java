package quiver.execution.function.json;

import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.Jsonb.Fields;
import quiver.common.value.Jsonb.Items;

/// `jsonb_pretty`: four spaces a level.
final class JsonPrinter {
  private static final String INDENT = "    ";

  private JsonPrinter() {}

  static String pretty(Jsonb value) {
    StringBuilder text = new StringBuilder();
    append(value, 0, text);
    return text.toString();
  }

  private static void append(Jsonb value, int depth, StringBuilder text) {
    switch (value) {
      case Items(var items) -> {
        text.append('[');
        for (int i = 0; i < items.size(); i++) {
          text.append(i == 0 ? "\n" : ",\n").append(INDENT.repeat(depth + 1));
          append(items.get(i), depth + 1, text);
        }
        text.append('\n').append(INDENT.repeat(depth)).append(']');
      }
      case Fields fields -> {
        text.append('{');
        for (int i = 0; i < fields.size(); i++) {
          text.append(i == 0 ? "\n" : ",\n").append(INDENT.repeat(depth + 1));
          text.append(JsonText.quote(fields.keys().get(i))).append(": ");
          append(fields.values().get(i), depth + 1, text);
        }
        text.append('\n').append(INDENT.repeat(depth)).append('}');
      }
      case Jsonb scalar -> text.append(scalar);
    }
  }
}
