package quiver.common.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;

/// Compares with what PostgreSQL answered: the table beside this class holds both.
class TextFormatTest {
  static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char next = text.charAt(++i);
        plain.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  static SqlType type(String name) {
    String bare = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
    int dimensions = bare.length() == name.length() ? 0 : 1;
    int open = bare.indexOf('(');
    if (open < 0) {
      return TypeNames.resolve(Optional.empty(), bare, List.of(), dimensions);
    }
    List<String> modifiers =
        Arrays.asList(bare.substring(open + 1, bare.indexOf(')')).split(",", -1));
    return TypeNames.resolve(Optional.empty(), bare.substring(0, open), modifiers, dimensions);
  }

  private static String outcome(SqlType type, String input) {
    try {
      Object value = TextFormat.parse(type, input, FormatSettings.DEFAULT);
      Object applied = TypeModifiers.apply(type, value, CastContext.ASSIGNMENT);
      return "=" + TextFormat.format(type, applied, FormatSettings.DEFAULT);
    } catch (QuiverException e) {
      return "!"
          + e.state().code()
          + " "
          + e.message()
          + e.field(QuiverException.Field.DETAIL).map(d -> " DETAIL: " + d).orElse("")
          + e.field(QuiverException.Field.HINT).map(h -> " HINT: " + h).orElse("");
    }
  }

  @Test
  void textFormsAreThoseOfPostgres() throws IOException {
    List<String> differences = new ArrayList<>();
    try (BufferedReader table =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(TextFormatTest.class.getResourceAsStream("text-format.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line : table.lines().filter(l -> !l.startsWith("#")).toList()) {
        String[] cells = line.split("\t", -1);
        String input = unescape(cells[1]);
        String expected = unescape(cells[2]);
        String actual = outcome(type(cells[0]), input);
        if (!actual.equals(expected)) {
          differences.add(cells[0] + " '" + input + "': " + actual + " instead of " + expected);
        }
      }
    }
    assertThat(String.join("\n", differences)).isEmpty();
  }
}
