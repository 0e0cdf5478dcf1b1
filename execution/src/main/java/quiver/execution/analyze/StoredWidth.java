package quiver.execution.analyze;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import quiver.common.search.Lexeme;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;
import quiver.common.value.DatumCodec;
import quiver.common.value.HalfVector;
import quiver.common.value.Jsonb;
import quiver.common.value.NetworkAddress;
import quiver.common.value.Numeric;
import quiver.common.value.RangeValue;
import quiver.common.value.SparseVector;

/// How many bytes PostgreSQL would take for a value.
final class StoredWidth {
  /// The longest value with a header of one byte.
  private static final int SHORT_BYTES_MAX = 127;

  private static final int HEADER_BYTES = 4;
  private static final int GROUP = 10_000;

  private StoredWidth() {}

  /// Bytes of every value of a type; empty where they differ.
  static boolean isFixed(SqlType type) {
    return !type.array() && type.base().typeLength() > 0;
  }

  static int of(SqlType type, Object value) {
    return isFixed(type) ? type.base().typeLength() : packed(content(type, value));
  }

  /// The width of a value in a table's row.
  private static int packed(int content) {
    return content + 1 <= SHORT_BYTES_MAX ? content + 1 : content + HEADER_BYTES;
  }

  /// Without the header that tells the length.
  private static int content(SqlType type, Object value) {
    return switch (value) {
      case String text -> text.getBytes(StandardCharsets.UTF_8).length;
      case Bytes bytes -> bytes.length();
      case Numeric number -> numeric(number);
      case BitString bits -> 4 + bits.bytes().length;
      case NetworkAddress address -> 2 + address.bytes().length;
      case float[] vector -> 4 + 4 * vector.length;
      case HalfVector vector -> 4 + 2 * vector.dimension();
      case SparseVector vector -> 12 + 8 * vector.count();
      case ArrayValue array -> array(type, array);
      case Jsonb json -> jsonb(json, true);
      case TextVector vector -> textVector(vector);
      case RangeValue range -> range(range);
      default -> {
        ByteWriter out = new ByteWriter(64);
        DatumCodec.write(out, type, value);
        yield out.sizeBytes();
      }
    };
  }

  /// Digits to the base 10,000 and a short head.
  private static int numeric(Numeric number) {
    if (!number.isFinite() || number.signum() == 0) {
      return 2;
    }
    BigDecimal decimal = number.decimal().abs();
    int fraction = Math.max(0, decimal.scale());
    int padded = (fraction + 3) / 4 * 4;
    BigInteger digits = decimal.setScale(padded).unscaledValue();
    BigInteger group = BigInteger.valueOf(GROUP);
    while (digits.mod(group).signum() == 0) {
      digits = digits.divide(group);
    }
    int count = (digits.toString().length() + 3) / 4;
    return 2 + 2 * count;
  }

  private static int range(RangeValue range) {
    SqlType bound = SqlType.of(range.family().subtype());
    int oidAndFlags = 5;
    return oidAndFlags
        + range.lower().map(value -> ofBound(bound, value)).orElse(0)
        + range.upper().map(value -> ofBound(bound, value)).orElse(0);
  }

  private static int ofBound(SqlType type, Object value) {
    return isFixed(type) ? type.base().typeLength() : packed(content(type, value));
  }

  private static int textVector(TextVector vector) {
    int size = 4 + 4 * vector.lexemes().size();
    for (Lexeme lexeme : vector.lexemes()) {
      size += lexeme.word().getBytes(StandardCharsets.UTF_8).length;
      if (lexeme.positions().length > 0) {
        size = aligned(size, 2) + 2 + 2 * lexeme.positions().length;
      }
    }
    return size;
  }

  /// A container is its head, an entry for each key and value, and what they consist of.
  private static int jsonb(Jsonb json, boolean root) {
    return switch (json) {
      case Jsonb.Nil _, Jsonb.Bool _ -> root ? 8 : 0;
      case Jsonb.Text(String text) -> (root ? 8 : 0) + text.getBytes(StandardCharsets.UTF_8).length;
      case Jsonb.Decimal(Numeric number) -> (root ? 8 : 0) + HEADER_BYTES + numeric(number);
      case Jsonb.Items(var items) -> {
        int size = 4 + 4 * items.size();
        for (Jsonb item : items) {
          size = withJson(size, item);
        }
        yield size;
      }
      case Jsonb.Fields fields -> {
        int size = 4 + 8 * fields.size();
        for (String key : fields.keys()) {
          size += key.getBytes(StandardCharsets.UTF_8).length;
        }
        for (Jsonb value : fields.values()) {
          size = withJson(size, value);
        }
        yield size;
      }
    };
  }

  private static int withJson(int size, Jsonb value) {
    boolean isAligned =
        value instanceof Jsonb.Decimal
            || value instanceof Jsonb.Items
            || value instanceof Jsonb.Fields;
    return (isAligned ? aligned(size, 4) : size) + jsonb(value, false);
  }

  private static int array(SqlType type, ArrayValue array) {
    int size = 12;
    if (array.size() > 0) {
      size += 8 * array.dimensionCount();
    }
    if (array.hasNulls()) {
      size += (array.size() + 7) / 8;
      size = aligned(HEADER_BYTES + size, 8) - HEADER_BYTES;
    }
    SqlType element =
        type.array()
            ? type.element()
            : SqlType.of(type.base() == BaseType.OIDVECTOR ? BaseType.OID : BaseType.INT2);
    for (@Nullable Object each : array.elements()) {
      if (each != null) {
        int width =
            isFixed(element) ? element.base().typeLength() : HEADER_BYTES + content(element, each);
        size += isFixed(element) ? width : aligned(width, 4);
      }
    }
    return size;
  }

  private static int aligned(int size, int alignment) {
    return (size + alignment - 1) / alignment * alignment;
  }
}
