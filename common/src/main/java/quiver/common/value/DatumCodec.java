package quiver.common.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.search.Lexeme;
import quiver.common.search.TextQuery;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;

/// Datums as bytes, little endian, for log records and files: exact, and the same for ever (the
/// layout is part of stored formats). Not the wire format.
public final class DatumCodec {
  private static final int NULL = 0;
  private static final int VALUE = 1;

  private DatumCodec() {}

  /// Appends a datum of `type`, which must not be NULL.
  public static void write(ByteWriter out, SqlType type, Object datum) {
    if (type.array()) {
      writeArray(out, (ArrayValue) datum);
      return;
    }
    switch (datum) {
      case Boolean value -> out.putByte(value ? 1 : 0);
      case Long value -> out.putLong(value);
      case Double value -> out.putDouble(value);
      case String value -> out.putText(value);
      case Numeric value -> writeNumeric(out, value);
      case UUID value ->
          out.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
      case Bytes value -> out.putInt(value.length()).putBytes(value.array());
      case Interval value ->
          out.putInt(value.months()).putInt(value.days()).putLong(value.micros());
      case TimeWithZone value -> out.putLong(value.micros()).putInt(value.zoneSecondsWest());
      case float[] value -> writeFloats(out, value);
      case HalfVector value -> {
        out.putInt(value.dimension());
        for (short half : value.halves()) {
          out.putByte(half).putByte(half >>> 8);
        }
      }
      case SparseVector value -> {
        out.putInt(value.dimension()).putInt(value.count());
        for (int index : value.indices()) {
          out.putInt(index);
        }
        for (float element : value.values()) {
          out.putFloat(element);
        }
      }
      case BitString value ->
          out.putInt(value.length()).putInt(value.bytes().length).putBytes(value.bytes());
      case Jsonb value -> writeJson(out, value);
      case NetworkAddress value ->
          out.putByte(value.bits()).putInt(value.bytes().length).putBytes(value.bytes());
      case RangeValue value -> writeRange(out, value);
      case MultirangeValue value -> {
        out.putInt(value.family().subtype().oid()).putInt(value.ranges().size());
        value.ranges().forEach(range -> writeRange(out, range));
      }
      case TextVector value -> writeTextVector(out, value);
      case TextQuery value -> out.putText(value.toString());
      case Hstore value -> out.putText(value.toString());
      case ArrayValue value -> writeArray(out, value);
      case RecordValue value -> writeRecord(out, value);
      default ->
          throw new IllegalArgumentException(
              "a " + type.sqlName() + " cannot be stored: " + datum.getClass().getName());
    }
  }

  /// Reads what [#write] wrote for the same type.
  ///
  /// @throws java.nio.BufferUnderflowException or another unchecked exception if the bytes are
  ///   damaged; nothing large is allocated then
  public static Object read(ByteBuffer in, SqlType type) {
    if (type.array()) {
      return readArray(in);
    }
    return switch (type.base()) {
      case BOOL -> in.get() != 0;
      case INT2, INT4, INT8, OID, XID, CID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> in.getLong();
      case FLOAT4, FLOAT8 -> in.getDouble();
      case NUMERIC -> readNumeric(in);
      case UUID -> new UUID(in.getLong(), in.getLong());
      case BYTEA -> Bytes.of(readBytes(in));
      case INTERVAL -> new Interval(in.getInt(), in.getInt(), in.getLong());
      case TIMETZ -> new TimeWithZone(in.getLong(), in.getInt());
      case VECTOR -> readFloats(in);
      case HALFVEC -> {
        short[] halves = new short[ByteWriter.length(in, 2)];
        for (int i = 0; i < halves.length; i++) {
          halves[i] = (short) ((in.get() & 0xff) | in.get() << 8);
        }
        yield HalfVector.of(halves);
      }
      case SPARSEVEC -> {
        int dimension = in.getInt();
        int[] indices = new int[ByteWriter.length(in, 8)];
        float[] values = new float[indices.length];
        for (int i = 0; i < indices.length; i++) {
          indices[i] = in.getInt();
        }
        for (int i = 0; i < values.length; i++) {
          values[i] = in.getFloat();
        }
        yield SparseVector.of(dimension, indices, values);
      }
      case BIT, VARBIT -> BitString.of(in.getInt(), readBytes(in));
      case JSONB -> readJson(in, 0);
      case INET, CIDR -> {
        int bits = Byte.toUnsignedInt(in.get());
        yield NetworkAddress.of(readBytes(in), bits);
      }
      case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE -> readRange(in);
      case INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE -> {
        RangeFamily family = rangeFamily(in);
        List<RangeValue> ranges = new ArrayList<>();
        for (int i = ByteWriter.length(in, 5); i > 0; i--) {
          ranges.add(readRange(in));
        }
        yield MultirangeValue.of(family, ranges);
      }
      case TSVECTOR -> readTextVector(in);
      case TSQUERY -> TextQuery.parse(ByteWriter.text(in));
      case HSTORE -> Hstore.parse(ByteWriter.text(in));
      case INT2VECTOR, OIDVECTOR -> readArray(in);
      case RECORD -> readRecord(in);
      default -> {
        if (type.base().layout() == quiver.common.type.Layout.LONG) {
          yield in.getLong();
        }
        yield ByteWriter.text(in);
      }
    };
  }

  private static final int RANGE_EMPTY = 1;
  private static final int RANGE_LOWER = 2;
  private static final int RANGE_LOWER_INCLUSIVE = 4;
  private static final int RANGE_UPPER = 8;
  private static final int RANGE_UPPER_INCLUSIVE = 16;

  /// OID of the type of the bounds, a byte of flags, then each bound there is.
  private static void writeRange(ByteWriter out, RangeValue range) {
    SqlType bound = SqlType.of(range.family().subtype());
    out.putInt(bound.oid())
        .putByte(
            (range.isEmpty() ? RANGE_EMPTY : 0)
                | (range.lower().isPresent() ? RANGE_LOWER : 0)
                | (range.lowerInclusive() ? RANGE_LOWER_INCLUSIVE : 0)
                | (range.upper().isPresent() ? RANGE_UPPER : 0)
                | (range.upperInclusive() ? RANGE_UPPER_INCLUSIVE : 0));
    range.lower().ifPresent(value -> write(out, bound, value));
    range.upper().ifPresent(value -> write(out, bound, value));
  }

  private static RangeFamily rangeFamily(ByteBuffer in) {
    return BaseType.byOid(in.getInt())
        .flatMap(RangeFamily::ofSubtype)
        .orElseThrow(() -> new IllegalArgumentException("range of an unknown type"));
  }

  private static RangeValue readRange(ByteBuffer in) {
    RangeFamily family = rangeFamily(in);
    SqlType bound = SqlType.of(family.subtype());
    int flags = in.get();
    if ((flags & RANGE_EMPTY) != 0) {
      return RangeValue.empty(family);
    }
    Object lower = (flags & RANGE_LOWER) != 0 ? read(in, bound) : null;
    Object upper = (flags & RANGE_UPPER) != 0 ? read(in, bound) : null;
    return RangeValue.of(
        family,
        lower,
        (flags & RANGE_LOWER_INCLUSIVE) != 0,
        upper,
        (flags & RANGE_UPPER_INCLUSIVE) != 0);
  }

  private static byte[] readBytes(ByteBuffer in) {
    byte[] bytes = new byte[ByteWriter.length(in, 1)];
    in.get(bytes);
    return bytes;
  }

  private static void writeFloats(ByteWriter out, float[] value) {
    out.putInt(value.length);
    for (float element : value) {
      out.putFloat(element);
    }
  }

  private static float[] readFloats(ByteBuffer in) {
    float[] value = new float[ByteWriter.length(in, 4)];
    for (int i = 0; i < value.length; i++) {
      value[i] = in.getFloat();
    }
    return value;
  }

  /// A kind byte: 0 finite (then scale int32, length int32 and two's-complement unscaled value, big
  /// endian), 1 NaN, 2 infinity, 3 -infinity.
  private static void writeNumeric(ByteWriter out, Numeric value) {
    if (value.isFinite()) {
      byte[] unscaled = value.decimal().unscaledValue().toByteArray();
      out.putByte(0).putInt(value.decimal().scale()).putInt(unscaled.length).putBytes(unscaled);
    } else {
      out.putByte(value.isNaN() ? 1 : value.signum() > 0 ? 2 : 3);
    }
  }

  private static Numeric readNumeric(ByteBuffer in) {
    return switch (in.get()) {
      case 0 -> {
        int scale = in.getInt();
        yield Numeric.of(new BigDecimal(new BigInteger(readBytes(in)), scale));
      }
      case 1 -> Numeric.NAN;
      case 2 -> Numeric.POSITIVE_INFINITY;
      case 3 -> Numeric.NEGATIVE_INFINITY;
      default -> throw new IllegalArgumentException("numeric of unknown kind");
    };
  }

  /// Element OID, dimension count, per dimension length and lower bound, then the elements, each
  /// with a byte that tells NULL (0) from a value (1).
  private static void writeArray(ByteWriter out, ArrayValue array) {
    out.putInt(array.element().oid()).putInt(array.dimensionCount());
    for (int i = 0; i < array.dimensionCount(); i++) {
      out.putInt(array.dimensions()[i]).putInt(array.lowerBounds()[i]);
    }
    out.putInt(array.size());
    SqlType element = SqlType.of(array.element());
    for (Object value : array.elements()) {
      if (value == null) {
        out.putByte(NULL);
      } else {
        write(out.putByte(VALUE), element, value);
      }
    }
  }

  /// A count and, for each field, the OID of its base type, whether it is an array, whether it is
  /// not NULL, and the value: names and what else a composite type knows are in its definition.
  private static void writeRecord(ByteWriter out, RecordValue record) {
    out.putInt(record.size());
    for (int i = 0; i < record.size(); i++) {
      SqlType type = record.types().get(i);
      out.putInt(type.base().oid()).putByte(type.array() ? 1 : 0);
      Object value = record.values()[i];
      if (value == null) {
        out.putByte(NULL);
      } else {
        write(out.putByte(VALUE), type, value);
      }
    }
  }

  private static RecordValue readRecord(ByteBuffer in) {
    int count = ByteWriter.length(in, 6);
    List<SqlType> types = new ArrayList<>(count);
    @Nullable Object[] values = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      BaseType base =
          BaseType.byOid(in.getInt())
              .orElseThrow(() -> new IllegalArgumentException("field of an unknown type"));
      SqlType type = new SqlType(base, in.get() != 0, SqlType.NO_MODIFIER);
      types.add(type);
      values[i] = in.get() == NULL ? null : read(in, type);
    }
    return RecordValue.unnamed(types, values);
  }

  private static ArrayValue readArray(ByteBuffer in) {
    BaseType element =
        BaseType.byOid(in.getInt())
            .orElseThrow(() -> new IllegalArgumentException("array of an unknown type"));
    int dimensionCount = ByteWriter.length(in, 8);
    int[] dimensions = new int[dimensionCount];
    int[] lowerBounds = new int[dimensionCount];
    for (int i = 0; i < dimensionCount; i++) {
      dimensions[i] = in.getInt();
      lowerBounds[i] = in.getInt();
    }
    @Nullable Object[] elements = new @Nullable Object[ByteWriter.length(in, 1)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = in.get() == NULL ? null : read(in, SqlType.of(element));
    }
    return new ArrayValue(element, elements, dimensions, lowerBounds);
  }

  /// A count and, for each lexeme, its word and its positions: a count and an int32 each.
  private static void writeTextVector(ByteWriter out, TextVector value) {
    out.putInt(value.lexemes().size());
    for (Lexeme lexeme : value.lexemes()) {
      out.putText(lexeme.word()).putInt(lexeme.positions().length);
      for (int position : lexeme.positions()) {
        out.putInt(position);
      }
    }
  }

  private static TextVector readTextVector(ByteBuffer in) {
    int count = ByteWriter.length(in, 8);
    List<Lexeme> lexemes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String word = ByteWriter.text(in);
      int[] positions = new int[ByteWriter.length(in, 4)];
      for (int j = 0; j < positions.length; j++) {
        positions[j] = in.getInt();
      }
      lexemes.add(new Lexeme(word, positions));
    }
    return TextVector.of(lexemes);
  }

  private static void writeJson(ByteWriter out, Jsonb value) {
    switch (value) {
      case Jsonb.Nil ignored -> out.putByte(0);
      case Jsonb.Bool bool -> out.putByte(bool.value() ? 2 : 1);
      case Jsonb.Decimal decimal -> writeNumeric(out.putByte(3), decimal.value());
      case Jsonb.Text text -> out.putByte(4).putText(text.value());
      case Jsonb.Items items -> {
        out.putByte(5).putInt(items.items().size());
        items.items().forEach(item -> writeJson(out, item));
      }
      case Jsonb.Fields fields -> {
        out.putByte(6).putInt(fields.size());
        for (int i = 0; i < fields.size(); i++) {
          out.putText(fields.keys().get(i));
          writeJson(out, fields.values().get(i));
        }
      }
    }
  }

  private static Jsonb readJson(ByteBuffer in, int depth) {
    if (depth > JsonText.NESTING_DEPTH_MAX) {
      throw new IllegalArgumentException("json nested deeper than any json can be");
    }
    return switch (in.get()) {
      case 0 -> new Jsonb.Nil();
      case 1 -> new Jsonb.Bool(false);
      case 2 -> new Jsonb.Bool(true);
      case 3 -> new Jsonb.Decimal(readNumeric(in));
      case 4 -> new Jsonb.Text(ByteWriter.text(in));
      case 5 -> {
        int count = ByteWriter.length(in, 1);
        List<Jsonb> items = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          items.add(readJson(in, depth + 1));
        }
        yield new Jsonb.Items(items);
      }
      case 6 -> {
        int count = ByteWriter.length(in, 5);
        List<String> keys = new ArrayList<>(count);
        List<Jsonb> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          keys.add(ByteWriter.text(in));
          values.add(readJson(in, depth + 1));
        }
        yield new Jsonb.Fields(keys, values);
      }
      default -> throw new IllegalArgumentException("json of unknown kind");
    };
  }
}
