package quiver.benchmarks.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// One JSON object a line, appended to a file. Used by one thread.
public final class JsonLines implements AutoCloseable {
  private final PrintStream out;

  private JsonLines(PrintStream out) {
    this.out = out;
  }

  /// Appends to `file`; an empty path writes nowhere.
  public static JsonLines append(Path file) throws IOException {
    if (file.toString().isEmpty()) {
      return new JsonLines(
          new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }
    return new JsonLines(
        new PrintStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            true,
            StandardCharsets.UTF_8));
  }

  /// Writes one object: strings are quoted, numbers rounded to what was measured.
  ///
  /// @param fields strings and numbers, in the order they are written
  public void write(Map<String, Object> fields) {
    out.println(format(fields));
  }

  /// The line that [#write] writes.
  public static String format(Map<String, Object> fields) {
    return fields.entrySet().stream()
        .map(field -> quote(field.getKey()) + ": " + value(field.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String value(Object value) {
    return switch (value) {
      case Double number when Double.isNaN(number) || Double.isInfinite(number) -> "null";
      case Double number -> String.format(Locale.ROOT, number < 10 ? "%.4f" : "%.1f", number);
      case Number number -> number.toString();
      default -> quote(value.toString());
    };
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  @Override
  public void close() {
    out.close();
  }
}
