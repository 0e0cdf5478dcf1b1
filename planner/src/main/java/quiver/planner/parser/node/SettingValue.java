package quiver.planner.parser.node;

/// One value of SET: `text` is the value as PostgreSQL keeps it (numbers with their sign, words
/// folded to lower case, strings without quotes).
public record SettingValue(String text, Form form) {
  /// How the value was written.
  public enum Form {
    WORD,
    TEXT,
    NUMBER
  }
}
