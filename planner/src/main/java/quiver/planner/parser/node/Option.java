package quiver.planner.parser.node;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One `name = value` of WITH (…), of COPY, EXPLAIN, VACUUM and the like; the name is in lower
/// case, qualified names keep their dot.
public record Option(String name, Value value, int position) {
  /// What is written after the name.
  public sealed interface Value {}

  /// Nothing: the option is switched on.
  public record Absent() implements Value {}

  /// A number with its sign.
  public record NumberText(String text) implements Value {}

  /// A quoted string.
  public record QuotedText(String text) implements Value {}

  /// A word, in lower case: `on`, `true`, `csv`, an identifier.
  public record Word(String text) implements Value {}

  /// `*`.
  public record Star() implements Value {}

  /// A list in parentheses.
  public record Items(List<Value> values) implements Value {
    public Items {
      values = List.copyOf(values);
    }

    /// The texts of a list of names.
    public List<String> texts() {
      List<String> texts = new ArrayList<>();
      for (Value value : values) {
        String text = new Option("", value, 0).text();
        if (text != null) {
          texts.add(text);
        }
      }
      return texts;
    }
  }

  /// The value as text, null for [Absent], [Star] and [Items].
  public @Nullable String text() {
    return switch (value) {
      case NumberText(String text) -> text;
      case QuotedText(String text) -> text;
      case Word(String text) -> text;
      case Absent _, Star _, Items _ -> null;
    };
  }
}
