package quiver.planner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Statements and what is expected of them: `=== statement`, then the expectation.
final class StatementFile {
  private StatementFile() {}

  /// One statement.
  record Case(String sql, String expected) {}

  static List<Case> read(String name) {
    List<Case> cases = new ArrayList<>();
    String[] blocks = text(name).split("(?m)^=== ", -1);
    for (int i = 1; i < blocks.length; i++) {
      int end = blocks[i].indexOf('\n');
      cases.add(new Case(blocks[i].substring(0, end), blocks[i].substring(end + 1)));
    }
    return cases;
  }

  private static String text(String name) {
    try (InputStream in = StatementFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no file " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
