package quiver.execution.function;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.DefinitionText;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.TextFormat;
import quiver.common.format.Utf8;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Bytes;
import quiver.common.value.DatumOrder;

/// String functions. Positions and lengths count characters (code points) from 1.
final class StringFunctions {
  /// Longest text a function may build: PostgreSQL's limit of one value.
  private static final long TEXT_LENGTH_MAX = 1 << 30;

  private StringFunctions() {}

  static void addTo(FunctionTable table) {
    lengths(table);
    parts(table);
    padding(table);
    concatenation(table);
    quoting(table);
    characters(table);
    arrays(table);
  }

  static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /// Index in `text` of the character at `position` (from 0), at most the end.
  private static int offset(String text, int position) {
    if (position >= text.length()) {
      return text.length();
    }
    int at = 0;
    for (int i = 0; i < position && at < text.length(); i++) {
      at += Character.isHighSurrogate(text.charAt(at)) ? 2 : 1;
    }
    return Math.min(at, text.length());
  }

  private static QuiverException tooLong() {
    return new QuiverException(SqlState.PROGRAM_LIMIT_EXCEEDED, "requested length too large");
  }

  private static void lengths(FunctionTable table) {
    ScalarFunction length = (_, a) -> (long) length(Arguments.text(a, 0));
    ScalarFunction unpadded =
        (_, a) -> (long) length(DatumOrder.withoutPadding(Arguments.text(a, 0)));
    for (String name : new String[] {"length", "char_length", "character_length"}) {
      table.one(name + "(text)", length).one(name + "(bpchar)", unpadded);
    }
    table
        .one("length(bytea)", (_, a) -> (long) Arguments.bytes(a, 0).length())
        .one("length(bit)", (_, a) -> (long) Arguments.bits(a, 0).length())
        .one(
            "length(bytea,name)",
            (_, a) -> {
              checkUtf8(Arguments.text(a, 1));
              return (long) length(Utf8.decode(Arguments.bytes(a, 0).array()));
            })
        .one("octet_length(text)", (_, a) -> (long) utf8Length(Arguments.text(a, 0)))
        .one("octet_length(bpchar)", (_, a) -> (long) utf8Length(Arguments.text(a, 0)))
        .one("octet_length(bytea)", (_, a) -> (long) Arguments.bytes(a, 0).length())
        .one("octet_length(bit)", (_, a) -> (long) Arguments.bits(a, 0).bytes().length)
        .one("bit_length(text)", (_, a) -> 8L * utf8Length(Arguments.text(a, 0)))
        .one("bit_length(bytea)", (_, a) -> 8L * Arguments.bytes(a, 0).length())
        .one("bit_length(bit)", (_, a) -> (long) Arguments.bits(a, 0).length());
  }

  private static int utf8Length(String text) {
    return quiver.common.value.JsonText.utf8Length(text);
  }

  private static void parts(FunctionTable table) {
    ScalarFunction from = (_, a) -> substring(Arguments.text(a, 0), Arguments.int4(a, 1), null);
    ScalarFunction fromFor =
        (_, a) -> substring(Arguments.text(a, 0), Arguments.int4(a, 1), Arguments.int4(a, 2));
    ScalarFunction position = (_, a) -> position(Arguments.text(a, 0), Arguments.text(a, 1));
    table
        .one("substr(text,int4)", from)
        .one("substr(text,int4,int4)", fromFor)
        .one("substring(text,int4)", from)
        .one("substring(text,int4,int4)", fromFor)
        .all("quiver_name_char", (_, a) -> character(Arguments.text(a, 0), Arguments.int4(a, 1)))
        .all("left", (_, a) -> left(Arguments.text(a, 0), Arguments.int4(a, 1)))
        .all("right", (_, a) -> right(Arguments.text(a, 0), Arguments.int4(a, 1)))
        .one("position(text,text)", position)
        .all("strpos", position)
        .all(
            "split_part",
            (_, a) -> splitPart(Arguments.text(a, 0), Arguments.text(a, 1), Arguments.int4(a, 2)))
        .all("starts_with", (_, a) -> Arguments.text(a, 0).startsWith(Arguments.text(a, 1)))
        .one(
            "overlay(text,text,int4,int4)",
            (_, a) ->
                overlay(
                    Arguments.text(a, 0),
                    Arguments.text(a, 1),
                    Arguments.int4(a, 2),
                    Arguments.int4(a, 3)))
        .one(
            "overlay(text,text,int4)",
            (_, a) ->
                overlay(
                    Arguments.text(a, 0),
                    Arguments.text(a, 1),
                    Arguments.int4(a, 2),
                    length(Arguments.text(a, 1))));
  }

  static QuiverException negativeSubstringLength() {
    return new QuiverException(SqlState.SUBSTRING_ERROR, "negative substring length not allowed");
  }

  static String substring(String text, int start, @Nullable Integer count) {
    long end = Integer.MAX_VALUE;
    if (count != null) {
      if (count < 0) {
        throw negativeSubstringLength();
      }
      end = (long) start + count;
    }
    int first = Math.max(start, 1);
    if (end <= first) {
      return "";
    }
    int from = offset(text, first - 1);
    int to = end >= text.length() + 1L ? text.length() : offset(text, (int) end - 1);
    return text.substring(from, Math.max(from, to));
  }

  /// The character of a name at a place counted from 0, as `name[i]`: names have 64 bytes, those
  /// after the text are 0.
  private static @Nullable Object character(String name, int at) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (at < 0 || at >= 64) {
      return null;
    }
    return at < bytes.length ? new String(bytes, at, 1, StandardCharsets.ISO_8859_1) : "";
  }

  private static String left(String text, int count) {
    int characters = count >= 0 ? count : Math.max(0, length(text) + count);
    return text.substring(0, offset(text, characters));
  }

  private static String right(String text, int count) {
    int length = length(text);
    long skipped = count >= 0 ? Math.max(0L, (long) length - count) : -(long) count;
    return text.substring(offset(text, (int) Math.min(skipped, length)));
  }

  /// Position from 1; 0 when there is none. In PostgreSQL `position(a IN b)` comes as (b, a).
  private static Long position(String text, String part) {
    int at = text.indexOf(part);
    return at < 0 ? 0L : text.codePointCount(0, at) + 1L;
  }

  private static String splitPart(String text, String delimiter, int field) {
    if (field == 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "field position must not be zero");
    }
    List<String> fields = new ArrayList<>();
    if (delimiter.isEmpty()) {
      fields.add(text);
    } else {
      int at = 0;
      for (int next = text.indexOf(delimiter); next >= 0; next = text.indexOf(delimiter, at)) {
        fields.add(text.substring(at, next));
        at = next + delimiter.length();
      }
      fields.add(text.substring(at));
    }
    long index = field > 0 ? field - 1L : (long) fields.size() + field;
    return index >= 0 && index < fields.size() ? fields.get((int) index) : "";
  }

  private static String overlay(String text, String replacement, int start, int count) {
    if (start <= 0) {
      throw negativeSubstringLength();
    }
    long after = (long) start + count;
    if (after > Integer.MAX_VALUE) {
      throw Floats.outOfRange("integer");
    }
    return substring(text, 1, start - 1) + replacement + substring(text, (int) after, null);
  }

  private static void padding(FunctionTable table) {
    table
        .one(
            "lpad(text,int4,text)",
            (_, a) -> pad(Arguments.text(a, 0), Arguments.int4(a, 1), Arguments.text(a, 2), true))
        .one(
            "lpad(text,int4)", (_, a) -> pad(Arguments.text(a, 0), Arguments.int4(a, 1), " ", true))
        .one(
            "rpad(text,int4,text)",
            (_, a) -> pad(Arguments.text(a, 0), Arguments.int4(a, 1), Arguments.text(a, 2), false))
        .one(
            "rpad(text,int4)",
            (_, a) -> pad(Arguments.text(a, 0), Arguments.int4(a, 1), " ", false))
        .one(
            "ltrim(text,text)",
            (_, a) -> trim(Arguments.text(a, 0), Arguments.text(a, 1), true, false))
        .one("ltrim(text)", (_, a) -> trim(Arguments.text(a, 0), " ", true, false))
        .one(
            "rtrim(text,text)",
            (_, a) -> trim(Arguments.text(a, 0), Arguments.text(a, 1), false, true))
        .one("rtrim(text)", (_, a) -> trim(Arguments.text(a, 0), " ", false, true))
        .one(
            "btrim(text,text)",
            (_, a) -> trim(Arguments.text(a, 0), Arguments.text(a, 1), true, true))
        .one("btrim(text)", (_, a) -> trim(Arguments.text(a, 0), " ", true, true))
        .all(
            "repeat",
            (_, a) -> {
              String text = Arguments.text(a, 0);
              int count = Math.max(0, Arguments.int4(a, 1));
              if ((long) text.length() * count > TEXT_LENGTH_MAX) {
                throw tooLong();
              }
              return text.repeat(count);
            });
  }

  private static String pad(String text, int length, String fill, boolean left) {
    if (length <= 0) {
      return "";
    }
    int actual = length(text);
    if (actual >= length) {
      return text.substring(0, offset(text, length));
    }
    if (fill.isEmpty()) {
      return text;
    }
    if (length > TEXT_LENGTH_MAX / 4) {
      throw tooLong();
    }
    int missing = length - actual;
    int fillLength = length(fill);
    String padding =
        fill.repeat(missing / fillLength) + fill.substring(0, offset(fill, missing % fillLength));
    return left ? padding + text : text + padding;
  }

  static String trim(String text, String characters, boolean left, boolean right) {
    int start = 0;
    int end = text.length();
    while (left && start < end && characters.indexOf(text.codePointAt(start)) >= 0) {
      start += Character.charCount(text.codePointAt(start));
    }
    while (right && end > start && characters.indexOf(text.codePointBefore(end)) >= 0) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(start, end);
  }

  private static void concatenation(FunctionTable table) {
    table
        .all("textcat", (_, a) -> Arguments.text(a, 0) + Arguments.text(a, 1))
        .allTyped(
            "textanycat",
            types ->
                (context, a) -> Arguments.text(a, 0) + asText(context, types.argument(1), a, 1))
        .allTyped(
            "anytextcat",
            types ->
                (context, a) -> asText(context, types.argument(0), a, 0) + Arguments.text(a, 1))
        .allTyped(
            "concat",
            types ->
                (context, a) -> {
                  StringBuilder text = new StringBuilder();
                  for (int i = 0; i < a.length; i++) {
                    if (a[i] != null) {
                      text.append(output(context, types.argument(i), a, i));
                    }
                  }
                  return text.toString();
                })
        .allTyped("concat_ws", types -> (context, a) -> concatWithSeparator(context, types, a))
        .allTyped("format", types -> (context, a) -> FormatString.format(context, types, a));
  }

  /// What `::text` gives: the output function's text but for booleans and padded strings.
  private static String asText(
      FunctionContext context, SqlType type, @Nullable Object[] arguments, int index) {
    Object value = Arguments.value(arguments, index);
    if (value instanceof Boolean) {
      return value.toString();
    }
    return type.base() == BaseType.BPCHAR && !type.array()
        ? DatumOrder.withoutPadding((String) value)
        : output(context, type, arguments, index);
  }

  static String output(
      FunctionContext context, SqlType type, @Nullable Object[] arguments, int index) {
    return TextFormat.format(type, Arguments.value(arguments, index), context.format());
  }

  private static @Nullable String concatWithSeparator(
      FunctionContext context, CallTypes types, @Nullable Object[] a) {
    if (a[0] == null) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    boolean first = true;
    for (int i = 1; i < a.length; i++) {
      if (a[i] != null) {
        text.append(first ? "" : a[0]).append(output(context, types.argument(i), a, i));
        first = false;
      }
    }
    return text.toString();
  }

  private static void quoting(FunctionTable table) {
    table
        .all("quote_ident", (_, a) -> DefinitionText.identifier(Arguments.text(a, 0)))
        .one("quote_literal(text)", (_, a) -> quoteLiteral(Arguments.text(a, 0)))
        .oneTyped(
            "quote_literal(anyelement)",
            types -> (context, a) -> quoteLiteral(output(context, types.argument(0), a, 0)))
        .one(
            "quote_nullable(text)",
            (_, a) -> a[0] == null ? "NULL" : quoteLiteral(Arguments.text(a, 0)))
        .oneTyped(
            "quote_nullable(anyelement)",
            types ->
                (context, a) ->
                    a[0] == null ? "NULL" : quoteLiteral(output(context, types.argument(0), a, 0)))
        .all(
            "parse_ident",
            (_, a) -> parseIdentifier(Arguments.text(a, 0), a.length < 2 || Arguments.bool(a, 1)));
  }

  static String quoteLiteral(String text) {
    String quoted = "'" + text.replace("'", "''") + "'";
    return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
  }

  private static ArrayValue parseIdentifier(String text, boolean strict) {
    List<Object> parts = new ArrayList<>();
    int i = 0;
    String trimmed = text.strip();
    while (true) {
      if (i < trimmed.length() && trimmed.charAt(i) == '"') {
        int end = i + 1;
        StringBuilder part = new StringBuilder();
        while (true) {
          int quote = trimmed.indexOf('"', end);
          if (quote < 0) {
            throw invalidIdentifier(text).withDetail("String has unclosed double quotes.");
          }
          part.append(trimmed, end, quote);
          if (quote + 1 < trimmed.length() && trimmed.charAt(quote + 1) == '"') {
            part.append('"');
            end = quote + 2;
          } else {
            i = quote + 1;
            break;
          }
        }
        if (part.isEmpty()) {
          throw invalidIdentifier(text).withDetail("Quoted identifier must not be empty.");
        }
        parts.add(part.toString());
      } else {
        int start = i;
        while (i < trimmed.length()
            && (Character.isLetterOrDigit(trimmed.charAt(i))
                || trimmed.charAt(i) == '_'
                || trimmed.charAt(i) == '$')) {
          i++;
        }
        if (i == start || Character.isDigit(trimmed.charAt(start))) {
          throw invalidIdentifier(text);
        }
        parts.add(trimmed.substring(start, i).toLowerCase(Locale.ROOT));
      }
      while (i < trimmed.length() && Character.isWhitespace(trimmed.charAt(i))) {
        i++;
      }
      if (i >= trimmed.length() || trimmed.charAt(i) != '.') {
        break;
      }
      i++;
      while (i < trimmed.length() && Character.isWhitespace(trimmed.charAt(i))) {
        i++;
      }
    }
    if (i < trimmed.length() && strict) {
      throw invalidIdentifier(text);
    }
    return ArrayValue.of(BaseType.TEXT, parts.toArray());
  }

  private static QuiverException invalidIdentifier(String text) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "string is not a valid identifier: \"%s\"", text);
  }

  private static void characters(FunctionTable table) {
    table
        .all("lower", (_, a) -> Arguments.text(a, 0).toLowerCase(Locale.ROOT))
        .all("upper", (_, a) -> Arguments.text(a, 0).toUpperCase(Locale.ROOT))
        .all("initcap", (_, a) -> initialCapitals(Arguments.text(a, 0)))
        .one(
            "reverse(text)", (_, a) -> new StringBuilder(Arguments.text(a, 0)).reverse().toString())
        .one(
            "replace(text,text,text)",
            (_, a) -> {
              String from = Arguments.text(a, 1);
              return from.isEmpty()
                  ? Arguments.text(a, 0)
                  : Arguments.text(a, 0).replace(from, Arguments.text(a, 2));
            })
        .all(
            "translate",
            (_, a) -> translate(Arguments.text(a, 0), Arguments.text(a, 1), Arguments.text(a, 2)))
        .all(
            "ascii",
            (_, a) ->
                Arguments.text(a, 0).isEmpty() ? 0L : (long) Arguments.text(a, 0).codePointAt(0))
        .all("chr", (_, a) -> character(Arguments.integer(a, 0)))
        .one("to_hex(int4)", (_, a) -> Integer.toHexString(Arguments.int4(a, 0)))
        .one("to_hex(int8)", (_, a) -> Long.toHexString(Arguments.integer(a, 0)))
        .all(
            "normalize",
            (_, a) -> normalize(Arguments.text(a, 0), a.length < 2 ? "NFC" : Arguments.text(a, 1)))
        .all(
            "is_normalized",
            (_, a) ->
                normalize(Arguments.text(a, 0), a.length < 2 ? "NFC" : Arguments.text(a, 1))
                    .equals(Arguments.text(a, 0)))
        .all("unistr", (_, a) -> unicodeEscapes(Arguments.text(a, 0)));
  }

  private static String initialCapitals(String text) {
    StringBuilder result = new StringBuilder(text.length());
    boolean inWord = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      result.appendCodePoint(inWord ? Character.toLowerCase(c) : Character.toUpperCase(c));
      inWord = Character.isLetterOrDigit(c);
      i += Character.charCount(c);
    }
    return result.toString();
  }

  private static String translate(String text, String from, String to) {
    int[] source = from.codePoints().toArray();
    int[] target = to.codePoints().toArray();
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          int at = 0;
          while (at < source.length && source[at] != c) {
            at++;
          }
          if (at == source.length) {
            result.appendCodePoint(c);
          } else if (at < target.length) {
            result.appendCodePoint(target[at]);
          }
        });
    return result.toString();
  }

  private static String character(long code) {
    if (code == 0) {
      throw new QuiverException(SqlState.PROGRAM_LIMIT_EXCEEDED, "null character not permitted");
    }
    if (code < 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "character number must be positive");
    }
    if (code > Character.MAX_CODE_POINT) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "requested character too large for encoding: %d", code);
    }
    if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "requested character not valid for encoding: %d", code);
    }
    return Character.toString((int) code);
  }

  private static String normalize(String text, String form) {
    Normalizer.Form normalizer =
        switch (form.toUpperCase(Locale.ROOT)) {
          case "NFC" -> Normalizer.Form.NFC;
          case "NFD" -> Normalizer.Form.NFD;
          case "NFKC" -> Normalizer.Form.NFKC;
          case "NFKD" -> Normalizer.Form.NFKD;
          default ->
              throw new QuiverException(
                  SqlState.INVALID_PARAMETER_VALUE, "invalid normalization form: %s", form);
        };
    return Normalizer.normalize(text, normalizer);
  }

  private static String unicodeEscapes(String text) {
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        result.append(c);
        continue;
      }
      char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
      if (next == '\\') {
        result.append('\\');
        i++;
        continue;
      }
      int skip = next == 'u' || next == 'U' || next == '+' ? 2 : 1;
      int digits = next == 'U' ? 8 : next == '+' ? 6 : 4;
      int end = i + skip + digits;
      try {
        if (end > text.length()) {
          throw new NumberFormatException();
        }
        result.appendCodePoint(Integer.parseInt(text, i + skip, end, 16));
      } catch (IllegalArgumentException e) {
        throw new QuiverException(SqlState.SYNTAX_ERROR, "invalid Unicode escape")
            .withHint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.")
            .withCause(e);
      }
      i = end - 1;
    }
    return result.toString();
  }

  private static void checkUtf8(String encoding) {
    String name = encoding.toUpperCase(Locale.ROOT).replace("-", "").replace("_", "");
    if (!name.equals("UTF8") && !name.equals("UNICODE")) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "encoding \"%s\" is not supported", encoding);
    }
  }

  private static void arrays(FunctionTable table) {
    table
        .one("string_to_array(text,text)", (_, a) -> split((String) a[0], (String) a[1], null))
        .one(
            "string_to_array(text,text,text)",
            (_, a) -> split((String) a[0], (String) a[1], (String) a[2]))
        .allTyped("array_to_string", types -> (context, a) -> join(types.argument(0), context, a))
        .all(
            "convert_to",
            (_, a) -> {
              checkUtf8(Arguments.text(a, 1));
              return Bytes.of(Arguments.text(a, 0).getBytes(StandardCharsets.UTF_8));
            })
        .all(
            "convert_from",
            (_, a) -> {
              checkUtf8(Arguments.text(a, 1));
              return Utf8.decode(Arguments.bytes(a, 0).array());
            })
        .all(
            "convert",
            (_, a) -> {
              checkUtf8(Arguments.text(a, 1));
              checkUtf8(Arguments.text(a, 2));
              return a[0];
            });
  }

  /// A null delimiter cuts between characters, an empty one does not cut.
  static @Nullable ArrayValue split(
      @Nullable String text, @Nullable String delimiter, @Nullable String nullText) {
    if (text == null) {
      return null;
    }
    List<@Nullable Object> parts = new ArrayList<>();
    if (text.isEmpty()) {
      return ArrayValue.empty(BaseType.TEXT);
    }
    if (delimiter == null) {
      text.codePoints().forEach(c -> parts.add(Character.toString(c)));
    } else if (delimiter.isEmpty()) {
      parts.add(text);
    } else {
      int at = 0;
      for (int next = text.indexOf(delimiter); next >= 0; next = text.indexOf(delimiter, at)) {
        parts.add(text.substring(at, next));
        at = next + delimiter.length();
      }
      parts.add(text.substring(at));
    }
    if (nullText != null) {
      parts.replaceAll(part -> Objects.equals(part, nullText) ? null : part);
    }
    return ArrayValue.of(BaseType.TEXT, parts.toArray());
  }

  private static @Nullable String join(
      SqlType type, FunctionContext context, @Nullable Object[] a) {
    if (a[0] == null || a[1] == null) {
      return null;
    }
    ArrayValue array = Arguments.array(a, 0);
    SqlType element = JsonDatums.elementOf(type, array);
    Object nullText = a.length > 2 ? a[2] : null;
    StringBuilder text = new StringBuilder();
    boolean first = true;
    for (Object item : array.elements()) {
      if (item == null && nullText == null) {
        continue;
      }
      text.append(first ? "" : a[1]);
      text.append(item == null ? nullText : TextFormat.format(element, item, context.format()));
      first = false;
    }
    return text.toString();
  }
}
