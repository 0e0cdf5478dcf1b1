package quiver.execution.function;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// The rows of `pg_get_keywords()`.
final class SqlKeywords {
  private SqlKeywords() {}

  static Iterator<@Nullable Object[]> rows() {
    InputStream stream = SqlKeywords.class.getResourceAsStream("keywords.txt");
    if (stream == null) {
      throw new IllegalStateException("resource missing: keywords.txt");
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(SqlKeywords::row)
          .toList()
          .iterator();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Object[] row(String line) {
    String[] words = line.split(" ", -1);
    boolean bare = words.length > 2;
    String description =
        switch (words[1]) {
          case "U" -> "unreserved";
          case "C" -> "unreserved (cannot be function or type name)";
          case "T" -> "reserved (can be function or type name)";
          default -> "reserved";
        };
    return new @Nullable Object[] {
      words[0], words[1], bare, description, bare ? "can be bare label" : "requires AS"
    };
  }
}
