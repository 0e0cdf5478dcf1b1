package quiver.common.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.jsonpath.JsonPath;
import quiver.common.search.TextQuery;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.Bytes;
import quiver.common.value.HalfVector;
import quiver.common.value.Hstore;
import quiver.common.value.Interval;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.common.value.MultirangeValue;
import quiver.common.value.NetworkAddress;
import quiver.common.value.Numeric;
import quiver.common.value.RangeValue;
import quiver.common.value.RecordValue;
import quiver.common.value.SparseVector;
import quiver.common.value.TimeWithZone;

/// The text form of every type: what PostgreSQL's input and output functions do. Values are the
/// datums that [BaseType] lists.
///
/// `parse` does not apply the type's modifier (except that it says what a bare number in an
/// interval means); callers go on to [TypeModifiers#apply] with the context they have.
public final class TextFormat {
  /// Bytes of a `name`, at most; longer ones are cut.
  private static final int NAME_BYTES_MAX = 63;

  private TextFormat() {}

  /// The value a text stands for.
  ///
  /// @throws QuiverException in the words of PostgreSQL's input function of the type
  public static Object parse(SqlType type, String text, FormatSettings settings) {
    if (type.array()) {
      SqlType element = type.element();
      return ArrayText.parse(text, type.base(), item -> parse(element, item, settings));
    }
    return switch (type.base()) {
      case BOOL -> parseBoolean(text);
      case ENUM -> type.requireEnum().valueOf(text);
      case INT2 -> NumberText.parseInteger(text, "smallint", Short.MIN_VALUE, Short.MAX_VALUE);
      case INT4 -> NumberText.parseInteger(text, "integer", Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT8 -> NumberText.parseInteger(text, "bigint", Long.MIN_VALUE, Long.MAX_VALUE);
      case OID, XID, CID -> NumberText.parseOid(text, type.base().sqlName());
      case XID8 -> NumberText.parseUnsigned(text, "xid8");
      case PG_LSN -> LogPositionText.parse(text);
      case TID -> parseTid(text);
      case REGPROC,
          REGPROCEDURE,
          REGOPER,
          REGOPERATOR,
          REGCLASS,
          REGTYPE,
          REGNAMESPACE,
          REGROLE,
          REGCOLLATION,
          REGCONFIG,
          REGDICTIONARY ->
          parseReg(type.base(), text, settings);
      case FLOAT4 -> NumberText.parseFloating(text, true);
      case FLOAT8 -> NumberText.parseFloating(text, false);
      case NUMERIC -> NumberText.parseNumeric(text);
      case TEXT, VARCHAR, BPCHAR, UNKNOWN, CSTRING, REFCURSOR -> text;
      case NAME -> truncateName(text);
      case CHAR -> text.isEmpty() ? "" : text.substring(0, text.offsetByCodePoints(0, 1));
      case JSON -> {
        JsonText.validate(text);
        yield text;
      }
      case JSONB -> Jsonb.parse(text);
      case HSTORE -> Hstore.parse(text);
      case MONEY -> MoneyText.parse(text);
      case MACADDR -> MacAddressText.parse(text);
      case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE ->
          RangeText.parse(text, RangeFamily.of(type.base()), settings);
      case INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE ->
          RangeText.parseMultirange(text, RangeFamily.of(type.base()), settings);
      case INET -> parseAddress(text, false);
      case CIDR -> parseAddress(text, true);
      case TSVECTOR -> TextVector.parse(text);
      case TSQUERY -> TextQuery.parse(text);
      case BYTEA -> ByteaText.parse(text);
      case DATE -> DateTimeParser.parseDate(text, settings);
      case TIME -> DateTimeParser.parseTime(text, settings);
      case TIMETZ -> DateTimeParser.parseTimeWithZone(text, settings);
      case TIMESTAMP -> DateTimeParser.parseTimestamp(text, settings);
      case TIMESTAMPTZ -> DateTimeParser.parseTimestampWithZone(text, settings);
      case INTERVAL ->
          IntervalText.parse(
              text, TypeNames.intervalFields(type.modifier()), settings.intervalStyle());
      case UUID -> parseUuid(text);
      case BIT, VARBIT -> parseBits(text);
      case VECTOR -> VectorText.parseVector(text);
      case HALFVEC -> VectorText.parseHalfVector(text);
      case SPARSEVEC -> VectorText.parseSparseVector(text);
      case INT2VECTOR -> parseVectorArray(text, BaseType.INT2);
      case OIDVECTOR -> parseVectorArray(text, BaseType.OID);
      case VOID -> "";
      case RECORD -> RecordText.parse(type, text, settings);
      case JSONPATH -> JsonPath.parse(text).toString();
      case ACLITEM ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "values of type %s are not supported",
              type.base().sqlName());
      case PG_NODE_TREE,
          ANY,
          ANYARRAY,
          ANYELEMENT,
          ANYNONARRAY,
          ANYRANGE,
          ANYMULTIRANGE,
          ANYCOMPATIBLE,
          ANYCOMPATIBLEARRAY,
          ANYCOMPATIBLENONARRAY,
          TRIGGER,
          INTERNAL ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot accept a value of type %s",
              type.base().typeName());
    };
  }

  /// The text of a value.
  public static String format(SqlType type, Object value, FormatSettings settings) {
    if (type.array()) {
      return formatArray(type, (ArrayValue) value, settings);
    }
    return switch (type.base()) {
      case BOOL -> (Boolean) value ? "t" : "f";
      case ENUM -> type.requireEnum().textOf((Long) value);
      case INT2, INT4, INT8, OID, XID, CID -> value.toString();
      case XID8 -> Long.toUnsignedString((Long) value);
      case PG_LSN -> LogPositionText.format((Long) value);
      case TSVECTOR, TSQUERY, INET, HSTORE -> value.toString();
      case MONEY -> MoneyText.format((Long) value);
      case MACADDR -> MacAddressText.format((Long) value);
      case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE ->
          RangeText.format((RangeValue) value, settings);
      case INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE ->
          RangeText.format((MultirangeValue) value, settings);
      case CIDR -> ((NetworkAddress) value).withWidth();
      case TID -> "(" + ((Long) value >>> 16) + "," + ((Long) value & 0xffff) + ")";
      case REGPROC,
          REGPROCEDURE,
          REGOPER,
          REGOPERATOR,
          REGCLASS,
          REGTYPE,
          REGNAMESPACE,
          REGROLE,
          REGCOLLATION,
          REGCONFIG,
          REGDICTIONARY ->
          formatReg(type.base(), (Long) value, settings);
      case FLOAT4 ->
          NumberText.formatFloat(((Double) value).floatValue(), settings.extraFloatDigits());
      case FLOAT8 -> NumberText.formatDouble((Double) value, settings.extraFloatDigits());
      case NUMERIC -> ((Numeric) value).toString();
      case BYTEA -> ByteaText.format((Bytes) value, settings.byteaOutput());
      case JSONB -> ((Jsonb) value).toString();
      case DATE -> DateTimeText.date((Long) value, settings);
      case TIME -> DateTimes.formatTime((Long) value);
      case TIMETZ -> DateTimes.formatTimeWithZone((TimeWithZone) value);
      case TIMESTAMP -> DateTimeText.timestamp((Long) value, settings);
      case TIMESTAMPTZ -> DateTimeText.timestampWithZone((Long) value, settings);
      case INTERVAL -> IntervalText.format((Interval) value, settings.intervalStyle());
      case UUID -> ((UUID) value).toString();
      case BIT, VARBIT -> ((BitString) value).toString();
      case VECTOR -> VectorText.format((float[]) value);
      case HALFVEC -> VectorText.format(((HalfVector) value).toFloats());
      case SPARSEVEC -> VectorText.format((SparseVector) value);
      case INT2VECTOR, OIDVECTOR -> formatVectorArray((ArrayValue) value);
      case RECORD -> RecordText.format(((RecordValue) value).as(type), settings);
      case VOID -> "";
      case TEXT,
          VARCHAR,
          BPCHAR,
          NAME,
          CHAR,
          JSON,
          UNKNOWN,
          CSTRING,
          REFCURSOR,
          PG_NODE_TREE,
          ACLITEM,
          JSONPATH ->
          (String) value;
      case ANYARRAY ->
          value instanceof ArrayValue array ? formatArray(type, array, settings) : value.toString();
      case ANY,
          ANYELEMENT,
          ANYNONARRAY,
          ANYRANGE,
          ANYMULTIRANGE,
          ANYCOMPATIBLE,
          ANYCOMPATIBLEARRAY,
          ANYCOMPATIBLENONARRAY,
          TRIGGER,
          INTERNAL ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot display a value of type %s",
              type.base().typeName());
    };
  }

  private static String formatArray(SqlType type, ArrayValue array, FormatSettings settings) {
    SqlType element = type.elementOf(array.element());
    return ArrayText.format(array, item -> format(element, item, settings));
  }

  /// As [#parse], NULL for NULL.
  public static @Nullable Object parseNullable(
      SqlType type, @Nullable String text, FormatSettings settings) {
    return text == null ? null : parse(type, text, settings);
  }

  private static Boolean parseBoolean(String text) {
    String word = NumberText.trim(text).toLowerCase(Locale.ROOT);
    if (!word.isEmpty()) {
      if ("true".startsWith(word)
          || "yes".startsWith(word)
          || word.equals("on")
          || word.equals("1")) {
        return true;
      }
      boolean off = word.equals("of") || word.equals("off");
      if ("false".startsWith(word) || "no".startsWith(word) || off || word.equals("0")) {
        return false;
      }
    }
    throw NumberText.syntaxError("boolean", text);
  }

  private static NetworkAddress parseAddress(String text, boolean network) {
    NetworkAddress address =
        NetworkAddress.parse(text, network)
            .orElseThrow(() -> NumberText.syntaxError(network ? "cidr" : "inet", text));
    if (network && address.hasHostBits()) {
      throw new QuiverException(
              SqlState.INVALID_TEXT_REPRESENTATION, "invalid cidr value: \"%s\"", text)
          .withDetail("Value has bits set to right of mask.");
    }
    return address;
  }

  /// A name is cut at 63 bytes, between characters.
  public static String truncateName(String name) {
    if (name.length() * 3 <= NAME_BYTES_MAX || JsonText.utf8Length(name) <= NAME_BYTES_MAX) {
      return name;
    }
    int bytes = 0;
    int i = 0;
    while (i < name.length()) {
      int codePoint = name.codePointAt(i);
      int size = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes + size > NAME_BYTES_MAX) {
        break;
      }
      bytes += size;
      i += Character.charCount(codePoint);
    }
    return name.substring(0, i);
  }

  private static Long parseTid(String text) {
    String trimmed = text.strip();
    int comma = trimmed.indexOf(',');
    if (trimmed.startsWith("(") && trimmed.endsWith(")") && comma > 0) {
      try {
        long block = Long.parseLong(trimmed.substring(1, comma));
        long offset = Long.parseLong(trimmed.substring(comma + 1, trimmed.length() - 1));
        if (block >= 0 && offset >= 0 && offset <= 0xffff) {
          return block << 16 | offset;
        }
      } catch (NumberFormatException e) {
        throw NumberText.syntaxError("tid", text).withCause(e);
      }
    }
    throw NumberText.syntaxError("tid", text);
  }

  private static Long parseReg(BaseType type, String text, FormatSettings settings) {
    if (text.equals("-")) {
      return 0L;
    }
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return NumberText.parseOid(text, "oid");
    }
    return settings.names().oidOf(type, text);
  }

  private static String formatReg(BaseType type, long oid, FormatSettings settings) {
    if (oid == 0) {
      return "-";
    }
    return settings.names().nameOf(type, oid).orElseGet(() -> Long.toString(oid));
  }

  /// 32 hex digits, a hyphen allowed after every fourth, braces around allowed.
  static UUID parseUuid(String text) {
    int start = 0;
    int end = text.length();
    if (text.startsWith("{")) {
      if (!text.endsWith("}")) {
        throw NumberText.syntaxError("uuid", text);
      }
      start++;
      end--;
    }
    long high = 0;
    long low = 0;
    int count = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean afterFour = count > 0 && count % 4 == 0 && count < 32 && text.charAt(i - 1) != '-';
      if (c == '-' && afterFour) {
        continue;
      }
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0 || count == 32) {
        throw NumberText.syntaxError("uuid", text);
      }
      if (count < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
      count++;
    }
    if (count != 32) {
      throw NumberText.syntaxError("uuid", text);
    }
    return new UUID(high, low);
  }

  /// `101`, `b101` or, in hexadecimal, `x1f`.
  private static BitString parseBits(String text) {
    boolean hex = text.startsWith("x") || text.startsWith("X");
    boolean prefixed = hex || text.startsWith("b") || text.startsWith("B");
    String digits = prefixed ? text.substring(1) : text;
    int bitsPerDigit = hex ? 4 : 1;
    int length = digits.length() * bitsPerDigit;
    byte[] bytes = new byte[(length + 7) >>> 3];
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      int value = c < 0x80 ? Character.digit(c, hex ? 16 : 2) : -1;
      if (value < 0) {
        throw new QuiverException(
            SqlState.INVALID_TEXT_REPRESENTATION,
            "\"%s\" is not a valid %s digit",
            new String(Character.toChars(digits.codePointAt(i))),
            hex ? "hexadecimal" : "binary");
      }
      int shift = hex ? 4 * (1 - (i & 1)) : 7 - (i & 7);
      bytes[(i * bitsPerDigit) >>> 3] |= (byte) (value << shift);
    }
    return BitString.of(length, bytes);
  }

  /// int2vector and oidvector: numbers between blanks, subscripts from 0.
  private static ArrayValue parseVectorArray(String text, BaseType element) {
    String trimmed = NumberText.trim(text);
    if (trimmed.isEmpty()) {
      return ArrayValue.withLowerBound(element, new Object[0], 0);
    }
    List<Object> items = new ArrayList<>();
    for (String item : trimmed.split("\\s+", -1)) {
      items.add(parse(SqlType.of(element), item, FormatSettings.DEFAULT));
    }
    return ArrayValue.withLowerBound(element, items.toArray(), 0);
  }

  private static String formatVectorArray(ArrayValue value) {
    StringBuilder text = new StringBuilder();
    for (Object item : value.elements()) {
      text.append(text.isEmpty() ? "" : " ").append(item);
    }
    return text.toString();
  }
}
