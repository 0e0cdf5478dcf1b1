package quiver.execution.function.text;

/// Patterns of SIMILAR TO.
final class SimilarPattern {
  private SimilarPattern() {}

  /// SIMILAR TO's pattern as an advanced regular expression. Source: PostgreSQL 15, section 9.7.2.
  static String similar(String pattern, String escape) {
    StringBuilder regex = new StringBuilder("^(?:");
    boolean inBracket = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (!escape.isEmpty() && pattern.startsWith(escape, i)) {
        i += escape.length();
        if (i < pattern.length()) {
          regex.append('\\').append(pattern.charAt(i));
        }
      } else if (inBracket) {
        inBracket = c != ']';
        regex.append(c == '\\' ? "\\\\" : String.valueOf(c));
      } else {
        switch (c) {
          case '[' -> {
            inBracket = true;
            regex.append('[');
          }
          case '%' -> regex.append(".*");
          case '_' -> regex.append('.');
          case '(' -> regex.append("(?:");
          case '\\', '.', '^', '$' -> regex.append('\\').append(c);
          default -> regex.append(c);
        }
      }
    }
    return regex.append(")$").toString();
  }
}
