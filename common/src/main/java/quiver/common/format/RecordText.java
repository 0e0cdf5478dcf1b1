package quiver.common.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.CastContext;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.common.value.RecordValue;

/// The text form of records: `(1,"two words",)`, an empty field for NULL.
final class RecordText {
  private final String text;
  private int at;

  private RecordText(String text) {
    this.text = text;
  }

  /// The value a text stands for.
  ///
  /// @throws QuiverException `22P02`, or what a field's type finds wrong with its text
  static RecordValue parse(SqlType type, String text, FormatSettings settings) {
    List<CompositeField> fields = requireFields(type);
    List<Optional<String>> items = new RecordText(text).items(fields.size());
    @Nullable Object[] values = new @Nullable Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      SqlType field = fields.get(i).type();
      String item = items.get(i).orElse(null);
      values[i] =
          item == null
              ? null
              : TypeModifiers.apply(
                  field, TextFormat.parse(field, item, settings), CastContext.ASSIGNMENT);
    }
    return RecordValue.unnamed(fields.stream().map(CompositeField::type).toList(), values).as(type);
  }

  /// The fields of a composite type.
  ///
  /// @throws QuiverException `0A000` for the type of all records
  static List<CompositeField> requireFields(SqlType type) {
    return type.user()
        .compositeType()
        .map(UserType.OfComposite::fields)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.FEATURE_NOT_SUPPORTED,
                "input of anonymous composite types is not implemented"));
  }

  private List<Optional<String>> items(int count) {
    skipSpace();
    if (next() != '(') {
      throw malformed("Missing left parenthesis.");
    }
    at++;
    List<Optional<String>> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        if (next() != ',') {
          throw malformed("Too few columns.");
        }
        at++;
      }
      items.add(next() == ',' || next() == ')' ? Optional.empty() : Optional.of(item()));
    }
    if (next() != ')') {
      throw malformed("Too many columns.");
    }
    at++;
    skipSpace();
    if (at < text.length()) {
      throw malformed("Junk after right parenthesis.");
    }
    return items;
  }

  private String item() {
    StringBuilder item = new StringBuilder();
    boolean quoted = false;
    while (quoted || (next() != ',' && next() != ')')) {
      char c = required();
      if (c == '\\') {
        item.append(required());
      } else if (c != '"') {
        item.append(c);
      } else if (quoted && next() == '"') {
        item.append(required());
      } else {
        quoted = !quoted;
      }
    }
    return item.toString();
  }

  private char required() {
    if (at >= text.length()) {
      throw malformed("Unexpected end of input.");
    }
    return text.charAt(at++);
  }

  /// The next character, 0 at the end.
  private char next() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void skipSpace() {
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  private QuiverException malformed(String detail) {
    return new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION, "malformed record literal: \"%s\"", text)
        .withDetail(detail);
  }

  static String format(RecordValue record, FormatSettings settings) {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < record.size(); i++) {
      text.append(i == 0 ? "" : ",");
      Object field = record.values()[i];
      if (field != null) {
        append(TextFormat.format(record.types().get(i), field, settings), text);
      }
    }
    return text.append(')').toString();
  }

  private static void append(String field, StringBuilder text) {
    boolean quotes = field.isEmpty();
    for (int i = 0; !quotes && i < field.length(); i++) {
      char c = field.charAt(i);
      quotes = "\"\\(),".indexOf(c) >= 0 || isSpace(c);
    }
    if (!quotes) {
      text.append(field);
      return;
    }
    text.append('"');
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '"' || c == '\\') {
        text.append(c);
      }
      text.append(c);
    }
    text.append('"');
  }
}
