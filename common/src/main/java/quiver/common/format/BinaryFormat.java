package quiver.common.format;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.jsonpath.JsonPath;
import quiver.common.search.TextQuery;
import quiver.common.search.TextVector;
import quiver.common.type.CastContext;
import quiver.common.type.CompositeField;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;
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

/// The binary form of every type: what PostgreSQL's receive and send functions do, as extended
/// query parameters, results and `COPY … BINARY` carry it. Big-endian.
///
/// `read` does not apply the type's modifier; callers go on to [TypeModifiers#apply].
public final class BinaryFormat {
  private static final int NUMERIC_NEGATIVE = 0x4000;
  private static final int NUMERIC_NAN = 0xc000;
  private static final int NUMERIC_POSITIVE_INFINITY = 0xd000;
  private static final int NUMERIC_NEGATIVE_INFINITY = 0xf000;

  /// What PostgreSQL sends as the scale of an infinity; it has no meaning.
  private static final int NUMERIC_INFINITY_SCALE = 0x20;

  private static final int NUMERIC_BASE = 10_000;
  private static final BigInteger BIG_NUMERIC_BASE = BigInteger.valueOf(NUMERIC_BASE);
  private static final int JSONB_VERSION = 1;

  private static final int FAMILY_V4 = 2;
  private static final int FAMILY_V6 = 3;

  private BinaryFormat() {}

  // ---- reading

  /// The value of exactly the next `length` bytes.
  ///
  /// @param in big-endian; its position moves past the value
  /// @throws QuiverException `22P03`, `08P01`, or what the type finds wrong with the value
  public static Object read(SqlType type, ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw insufficientData();
    }
    int end = in.position() + length;
    int limit = in.limit();
    in.limit(end);
    try {
      Object value = read(type, in);
      if (in.position() != end) {
        throw new QuiverException(
            SqlState.INVALID_BINARY_REPRESENTATION, "incorrect binary data format");
      }
      return value;
    } catch (BufferUnderflowException e) {
      throw insufficientData().withCause(e);
    } finally {
      in.limit(limit);
    }
  }

  private static QuiverException insufficientData() {
    return new QuiverException(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
  }

  private static QuiverException invalid(String message) {
    return QuiverException.ofMessage(SqlState.INVALID_BINARY_REPRESENTATION, message);
  }

  private static Object read(SqlType type, ByteBuffer in) {
    if (type.array()) {
      return readArray(type.element().withoutModifier(), in);
    }
    return switch (type.base()) {
      case BOOL -> in.get() != 0;
      case ENUM -> type.requireEnum().valueOf(readText(in));
      case INT2 -> (long) in.getShort();
      case INT4 -> (long) in.getInt();
      case INT8, XID8, PG_LSN -> in.getLong();
      case OID,
          XID,
          CID,
          REGPROC,
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
          Integer.toUnsignedLong(in.getInt());
      case TID -> {
        long block = Integer.toUnsignedLong(in.getInt());
        yield block << 16 | Short.toUnsignedLong(in.getShort());
      }
      case FLOAT4 -> (double) in.getFloat();
      case FLOAT8 -> in.getDouble();
      case NUMERIC -> readNumeric(in);
      case TEXT, VARCHAR, BPCHAR, UNKNOWN, CSTRING, REFCURSOR -> readText(in);
      case NAME -> TextFormat.truncateName(readText(in));
      case CHAR -> {
        byte b = in.get();
        yield b == 0 ? "" : String.valueOf((char) (b & 0xff));
      }
      case JSON -> {
        String text = readText(in);
        JsonText.validate(text);
        yield text;
      }
      case JSONB -> {
        int version = in.get();
        if (version != JSONB_VERSION) {
          throw new QuiverException(
              SqlState.INTERNAL_ERROR, "unsupported jsonb version number %d", version);
        }
        yield Jsonb.parse(readText(in));
      }
      case BYTEA -> Bytes.of(readBytes(in));
      case HSTORE -> readHstore(in);
      case MONEY -> in.getLong();
      case MACADDR ->
          ((long) in.getShort() << 32 & 0xffff_0000_0000L) | Integer.toUnsignedLong(in.getInt());
      case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE ->
          RangeBinary.read(in, RangeFamily.of(type.base()));
      case INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE ->
          RangeBinary.readMultirange(in, RangeFamily.of(type.base()));
      case INET -> readAddress(in, false);
      case CIDR -> readAddress(in, true);
      case TSVECTOR -> SearchBinary.readVector(in);
      case TSQUERY -> SearchBinary.readQuery(in);
      case DATE -> readDate(in);
      case TIME -> readTime(in);
      case TIMETZ -> new TimeWithZone(readTime(in), in.getInt());
      case TIMESTAMP, TIMESTAMPTZ -> {
        long micros = in.getLong();
        yield DateTimes.isInfinite(micros)
            ? (Long) micros
            : (Long) DateTimes.checkTimestamp(micros);
      }
      case INTERVAL -> {
        long micros = in.getLong();
        int days = in.getInt();
        yield new Interval(in.getInt(), days, micros);
      }
      case UUID -> new UUID(in.getLong(), in.getLong());
      case BIT, VARBIT -> readBits(in);
      case VECTOR -> readVector(in);
      case HALFVEC -> readHalfVector(in);
      case SPARSEVEC -> readSparseVector(in);
      case INT2VECTOR -> readArray(SqlType.INT2, in);
      case OIDVECTOR -> readArray(SqlType.OID, in);
      case VOID -> "";
      case RECORD -> readRecord(type, in);
      case JSONPATH -> {
        int version = in.get();
        if (version != JSONB_VERSION) {
          throw new QuiverException(
              SqlState.INTERNAL_ERROR, "unsupported jsonpath version number: %d", version);
        }
        yield JsonPath.parse(readText(in)).toString();
      }
      case ACLITEM,
          PG_NODE_TREE,
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

  /// Family, width, whether it is a network, the number of bytes, and these.
  private static NetworkAddress readAddress(ByteBuffer in, boolean network) {
    int family = in.get();
    int bits = Byte.toUnsignedInt(in.get());
    boolean marked = in.get() != 0;
    byte[] bytes = new byte[Math.clamp(in.get(), 0, 16)];
    in.get(bytes);
    int wanted = family == FAMILY_V4 ? 4 : family == FAMILY_V6 ? 16 : -1;
    String type = marked || network ? "cidr" : "inet";
    if (bytes.length != wanted) {
      throw invalid("invalid address family or length in external \"" + type + "\" value");
    }
    if (bits > 8 * wanted) {
      throw invalid("invalid bits in external \"" + type + "\" value");
    }
    NetworkAddress address = NetworkAddress.of(bytes, bits);
    if (network && address.hasHostBits()) {
      throw invalid("invalid external \"cidr\" value");
    }
    return address;
  }

  /// A count, then keys and values with their lengths; -1 is NULL.
  private static Hstore readHstore(ByteBuffer in) {
    Map<String, Optional<String>> pairs = new LinkedHashMap<>();
    for (int i = in.getInt(); i > 0; i--) {
      String key = (String) read(SqlType.TEXT, in, in.getInt());
      int length = in.getInt();
      pairs.putIfAbsent(
          key,
          length < 0 ? Optional.empty() : Optional.of((String) read(SqlType.TEXT, in, length)));
    }
    return Hstore.of(pairs);
  }

  private static void writeHstore(Hstore value, BinarySink out) {
    Map<String, Optional<String>> pairs = value.pairs();
    out.putInt(pairs.size());
    pairs.forEach((key, text) -> {
      writeText(Optional.of(key), out);
      writeText(text, out);
    });
  }

  private static void writeText(Optional<String> text, BinarySink out) {
    byte[] bytes = Utf8.encode(text.orElse(""));
    out.putInt(text.isPresent() ? bytes.length : -1);
    out.putBytes(bytes);
  }

  private static void writeAddress(NetworkAddress address, boolean network, BinarySink out) {
    out.putByte(address.isV4() ? FAMILY_V4 : FAMILY_V6);
    out.putByte(address.bits());
    out.putByte(network ? 1 : 0);
    out.putByte(address.bytes().length);
    out.putBytes(address.bytes());
  }

  private static byte[] readBytes(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static String readText(ByteBuffer in) {
    if (in.hasArray()) {
      int offset = in.arrayOffset() + in.position();
      int length = in.remaining();
      in.position(in.limit());
      return Utf8.decode(in.array(), offset, length);
    }
    return Utf8.decode(readBytes(in));
  }

  private static Long readDate(ByteBuffer in) {
    int day = in.getInt();
    if (day == Integer.MAX_VALUE) {
      return DateTimes.INFINITY;
    }
    if (day == Integer.MIN_VALUE) {
      return DateTimes.MINUS_INFINITY;
    }
    return DateTimes.checkDate(day);
  }

  private static long readTime(ByteBuffer in) {
    long micros = in.getLong();
    if (micros < 0 || micros > DateTimes.MICROS_PER_DAY) {
      throw new QuiverException(SqlState.DATETIME_FIELD_OVERFLOW, "time out of range");
    }
    return micros;
  }

  private static BitString readBits(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || in.remaining() != (length + 7L) / 8) {
      throw invalid("invalid length in external bit string");
    }
    return BitString.of(length, readBytes(in));
  }

  private static Numeric readNumeric(ByteBuffer in) {
    int count = Short.toUnsignedInt(in.getShort());
    int weight = in.getShort();
    int sign = Short.toUnsignedInt(in.getShort());
    int scale = Short.toUnsignedInt(in.getShort());
    if (sign != 0
        && sign != NUMERIC_NEGATIVE
        && sign != NUMERIC_NAN
        && sign != NUMERIC_POSITIVE_INFINITY
        && sign != NUMERIC_NEGATIVE_INFINITY) {
      throw invalid("invalid sign in external \"numeric\" value");
    }
    if (scale > Numeric.SCALE_MAX) {
      throw invalid("invalid scale in external \"numeric\" value");
    }
    BigInteger big = BigInteger.ZERO;
    long small = 0;
    for (int i = 0; i < count; i++) {
      int digit = in.getShort();
      if (digit < 0 || digit >= NUMERIC_BASE) {
        throw invalid("invalid digit in external \"numeric\" value");
      }
      if (i < 4) {
        small = small * NUMERIC_BASE + digit;
        big = i == 3 || i == count - 1 ? BigInteger.valueOf(small) : big;
      } else {
        big = big.multiply(BIG_NUMERIC_BASE).add(BigInteger.valueOf(digit));
      }
    }
    switch (sign) {
      case NUMERIC_NAN -> {
        return Numeric.NAN;
      }
      case NUMERIC_POSITIVE_INFINITY -> {
        return Numeric.POSITIVE_INFINITY;
      }
      case NUMERIC_NEGATIVE_INFINITY -> {
        return Numeric.NEGATIVE_INFINITY;
      }
      default -> {}
    }
    BigDecimal value = new BigDecimal(big, 4 * (count - 1 - weight));
    BigDecimal scaled =
        count == 0 ? BigDecimal.ZERO.setScale(scale) : value.setScale(scale, RoundingMode.DOWN);
    return Numeric.of(sign == NUMERIC_NEGATIVE ? scaled.negate() : scaled);
  }

  private static float[] readVector(ByteBuffer in) {
    int dimension = in.getShort();
    int unused = in.getShort();
    VectorText.checkDimension(dimension, "vector");
    checkUnused(unused);
    if (in.remaining() < 4 * dimension) {
      throw insufficientData();
    }
    float[] values = new float[dimension];
    in.asFloatBuffer().get(values);
    in.position(in.position() + 4 * dimension);
    for (float value : values) {
      VectorText.checkElement(value, "vector");
    }
    return values;
  }

  private static void checkUnused(int unused) {
    if (unused != 0) {
      throw new QuiverException(SqlState.DATA_EXCEPTION, "expected unused to be 0, not %d", unused);
    }
  }

  private static HalfVector readHalfVector(ByteBuffer in) {
    int dimension = in.getShort();
    int unused = in.getShort();
    VectorText.checkDimension(dimension, "halfvec");
    checkUnused(unused);
    short[] values = new short[dimension];
    for (int i = 0; i < dimension; i++) {
      values[i] = in.getShort();
      VectorText.checkElement(Float.float16ToFloat(values[i]), "halfvec");
    }
    return HalfVector.of(values);
  }

  private static SparseVector readSparseVector(ByteBuffer in) {
    int dimension = in.getInt();
    int count = in.getInt();
    int unused = in.getInt();
    VectorText.checkDimension(dimension, "sparsevec");
    if (count < 0) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION, "sparsevec cannot have negative number of elements");
    }
    if (count > VectorText.DIMENSION_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "sparsevec cannot have more than %d non-zero elements",
          VectorText.DIMENSION_MAX);
    }
    if (count > dimension) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "sparsevec cannot have more elements than dimensions");
    }
    checkUnused(unused);
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = in.getInt();
      if (indices[i] < 0 || indices[i] >= dimension) {
        throw new QuiverException(SqlState.DATA_EXCEPTION, "sparsevec index out of bounds");
      }
      if (i > 0 && indices[i] <= indices[i - 1]) {
        throw new QuiverException(
            SqlState.DATA_EXCEPTION,
            indices[i] == indices[i - 1]
                ? "sparsevec indices must not contain duplicates"
                : "sparsevec indices must be in ascending order");
      }
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getFloat();
      VectorText.checkElement(values[i], "sparsevec");
      if (values[i] == 0) {
        throw new QuiverException(
            SqlState.DATA_EXCEPTION,
            "binary representation of sparsevec cannot contain zero values");
      }
    }
    return SparseVector.of(dimension, indices, values);
  }

  private static ArrayValue readArray(SqlType element, ByteBuffer in) {
    int dimensionCount = in.getInt();
    int flags = in.getInt();
    int elementOid = in.getInt();
    if (dimensionCount < 0) {
      throw invalid("invalid number of dimensions: " + dimensionCount);
    }
    if (dimensionCount > ArrayValue.DIMENSION_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "number of array dimensions (%d) exceeds the maximum allowed (%d)",
          dimensionCount,
          ArrayValue.DIMENSION_COUNT_MAX);
    }
    if (flags != 0 && flags != 1) {
      throw invalid("invalid array flags");
    }
    if (elementOid != element.oid()) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "binary data has array element type %s (%s) instead of expected %d (%s)",
          Integer.toUnsignedString(elementOid),
          SqlType.byOid(elementOid).map(SqlType::sqlName).orElse("???"),
          element.oid(),
          element.sqlName());
    }
    int[] lengths = new int[dimensionCount];
    int[] lowerBounds = new int[dimensionCount];
    long count = dimensionCount == 0 ? 0 : 1;
    for (int i = 0; i < dimensionCount; i++) {
      lengths[i] = in.getInt();
      lowerBounds[i] = in.getInt();
      count = lengths[i] < 0 ? -1 : count * lengths[i];
      if (count < 0 || count > in.remaining() / 4 + 1) {
        throw insufficientData();
      }
    }
    @Nullable Object[] elements = new @Nullable Object[(int) count];
    for (int i = 0; i < elements.length; i++) {
      int length = in.getInt();
      elements[i] = length == -1 ? null : read(element, in, length);
    }
    return count == 0
        ? ArrayValue.empty(element.base())
        : new ArrayValue(element.base(), elements, lengths, lowerBounds);
  }

  // ---- writing

  /// The bytes of a value, without a length word.
  public static byte[] write(SqlType type, Object value) {
    BinaryBuffer buffer = new BinaryBuffer();
    write(type, value, buffer);
    return buffer.toByteArray();
  }

  /// Appends the bytes of a value, without a length word.
  public static void write(SqlType type, Object value, BinarySink out) {
    if (type.array()) {
      writeArray(type, (ArrayValue) value, out);
      return;
    }
    switch (type.base()) {
      case BOOL -> out.putByte((Boolean) value ? 1 : 0);
      case ENUM -> out.putBytes(Utf8.encode(type.requireEnum().textOf((Long) value)));
      case INT2 -> out.putShort((int) (long) (Long) value);
      case INT4,
          OID,
          XID,
          CID,
          REGPROC,
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
          out.putInt((int) (long) (Long) value);
      case INT8, XID8, PG_LSN, MONEY, TIME, TIMESTAMP, TIMESTAMPTZ -> out.putLong((Long) value);
      case DATE -> {
        long day = (Long) value;
        out.putInt(
            day == DateTimes.INFINITY
                ? Integer.MAX_VALUE
                : day == DateTimes.MINUS_INFINITY ? Integer.MIN_VALUE : (int) day);
      }
      case TID -> {
        if ((Long) value >>> 48 != 0) {
          throw new QuiverException(
              SqlState.NUMERIC_VALUE_OUT_OF_RANGE, "tid out of range of its binary format");
        }
        out.putInt((int) ((Long) value >>> 16));
        out.putShort((int) ((Long) value & 0xffff));
      }
      case FLOAT4 -> out.putFloat(((Double) value).floatValue());
      case FLOAT8 -> out.putDouble((Double) value);
      case NUMERIC -> writeNumeric((Numeric) value, out);
      case TEXT, VARCHAR, BPCHAR, NAME, JSON, UNKNOWN, CSTRING, REFCURSOR, PG_NODE_TREE, ACLITEM ->
          out.putBytes(Utf8.encode((String) value));
      case CHAR -> out.putByte(((String) value).isEmpty() ? 0 : ((String) value).charAt(0));
      case JSONB, JSONPATH -> {
        out.putByte(JSONB_VERSION);
        out.putBytes(Utf8.encode(value.toString()));
      }
      case HSTORE -> writeHstore((Hstore) value, out);
      case MACADDR -> {
        out.putShort((int) ((Long) value >>> 32));
        out.putInt((int) (long) (Long) value);
      }
      case INT4RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE, INT8RANGE ->
          RangeBinary.write((RangeValue) value, out);
      case INT4MULTIRANGE,
          NUMMULTIRANGE,
          TSMULTIRANGE,
          TSTZMULTIRANGE,
          DATEMULTIRANGE,
          INT8MULTIRANGE ->
          RangeBinary.write((MultirangeValue) value, out);
      case INET -> writeAddress((NetworkAddress) value, false, out);
      case CIDR -> writeAddress((NetworkAddress) value, true, out);
      case TSVECTOR -> SearchBinary.write((TextVector) value, out);
      case TSQUERY -> SearchBinary.write((TextQuery) value, out);
      case BYTEA -> out.putBytes(((Bytes) value).array());
      case TIMETZ -> {
        out.putLong(((TimeWithZone) value).micros());
        out.putInt(((TimeWithZone) value).zoneSecondsWest());
      }
      case INTERVAL -> {
        Interval interval = (Interval) value;
        out.putLong(interval.micros());
        out.putInt(interval.days());
        out.putInt(interval.months());
      }
      case UUID -> {
        out.putLong(((UUID) value).getMostSignificantBits());
        out.putLong(((UUID) value).getLeastSignificantBits());
      }
      case BIT, VARBIT -> {
        out.putInt(((BitString) value).length());
        out.putBytes(((BitString) value).bytes());
      }
      case VECTOR -> writeVector((float[]) value, out);
      case HALFVEC -> {
        short[] halves = ((HalfVector) value).halves();
        out.putShort(halves.length);
        out.putShort(0);
        for (short half : halves) {
          out.putShort(half);
        }
      }
      case SPARSEVEC -> writeSparseVector((SparseVector) value, out);
      case INT2VECTOR, OIDVECTOR -> writeArray(type, (ArrayValue) value, out);
      case RECORD -> writeRecord(((RecordValue) value).as(type), out);
      case VOID -> {}
      case ANY,
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
              "cannot display a value of type %s",
              type.base().typeName());
    }
  }

  private static void writeVector(float[] vector, BinarySink out) {
    out.putShort(vector.length);
    out.putShort(0);
    for (float value : vector) {
      out.putFloat(value);
    }
  }

  private static void writeSparseVector(SparseVector vector, BinarySink out) {
    out.putInt(vector.dimension());
    out.putInt(vector.count());
    out.putInt(0);
    for (int index : vector.indices()) {
      out.putInt(index);
    }
    for (float value : vector.values()) {
      out.putFloat(value);
    }
  }

  private static void writeNumeric(Numeric value, BinarySink out) {
    if (!value.isFinite()) {
      int sign =
          value.isNaN()
              ? NUMERIC_NAN
              : value.signum() > 0 ? NUMERIC_POSITIVE_INFINITY : NUMERIC_NEGATIVE_INFINITY;
      out.putShort(0);
      out.putShort(0);
      out.putShort(sign);
      out.putShort(value.isNaN() ? 0 : NUMERIC_INFINITY_SCALE);
      return;
    }
    BigDecimal decimal = value.decimal();
    int fractionGroups = (decimal.scale() + 3) / 4;
    BigInteger rest = decimal.abs().setScale(fractionGroups * 4).unscaledValue();
    short[] groups = new short[rest.bitLength() / 13 + 2];
    int count = 0;
    while (rest.bitLength() > 63) {
      BigInteger[] parts = rest.divideAndRemainder(BIG_NUMERIC_BASE);
      groups[count++] = parts[1].shortValue();
      rest = parts[0];
    }
    for (long small = rest.longValue(); small != 0; small /= NUMERIC_BASE) {
      groups[count++] = (short) (small % NUMERIC_BASE);
    }
    int first = 0;
    while (first < count && groups[first] == 0) {
      first++;
    }
    out.putShort(count - first);
    out.putShort(count == first ? 0 : count - fractionGroups - 1);
    out.putShort(decimal.signum() < 0 ? NUMERIC_NEGATIVE : 0);
    out.putShort(decimal.scale());
    for (int i = count - 1; i >= first; i--) {
      out.putShort(groups[i]);
    }
  }

  private static void writeArray(SqlType type, ArrayValue array, BinarySink out) {
    SqlType element = type.elementOf(array.element());
    out.putInt(array.dimensionCount());
    out.putInt(array.hasNulls() ? 1 : 0);
    out.putInt(element.oid());
    for (int i = 0; i < array.dimensionCount(); i++) {
      out.putInt(array.dimensions()[i]);
      out.putInt(array.lowerBounds()[i]);
    }
    for (Object value : array.elements()) {
      writeWithLength(element, value, out);
    }
  }

  private static RecordValue readRecord(SqlType type, ByteBuffer in) {
    List<CompositeField> fields = RecordText.requireFields(type);
    int count = in.getInt();
    if (count != fields.size()) {
      throw new QuiverException(
          SqlState.DATATYPE_MISMATCH,
          "wrong number of columns: %d, expected %d",
          count,
          fields.size());
    }
    @Nullable Object[] values = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      SqlType field = fields.get(i).type();
      int oid = in.getInt();
      if (oid != field.declaredOid()) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "binary data has type %d (%s) instead of expected %d (%s) in record column %d",
            Integer.toUnsignedLong(oid),
            SqlType.byOid(oid).map(SqlType::sqlName).orElse("???"),
            Integer.toUnsignedLong(field.declaredOid()),
            field.sqlName(),
            i + 1);
      }
      int length = in.getInt();
      values[i] =
          length < 0
              ? null
              : TypeModifiers.apply(field, read(field, in, length), CastContext.ASSIGNMENT);
    }
    return RecordValue.unnamed(fields.stream().map(CompositeField::type).toList(), values).as(type);
  }

  private static void writeRecord(RecordValue record, BinarySink out) {
    out.putInt(record.size());
    for (int i = 0; i < record.size(); i++) {
      out.putInt(record.types().get(i).declaredOid());
      writeWithLength(record.types().get(i), record.values()[i], out);
    }
  }

  /// Appends an int32 length (-1 for NULL) and the bytes.
  public static void writeWithLength(SqlType type, @Nullable Object value, BinarySink out) {
    if (value == null) {
      out.putInt(-1);
      return;
    }
    int start = out.position();
    out.putInt(0);
    write(type, value, out);
    out.putIntAt(start, out.position() - start - 4);
  }
}
