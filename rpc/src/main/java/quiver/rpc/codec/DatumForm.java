package quiver.rpc.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import quiver.common.search.TextQuery;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;
import quiver.common.value.DatumCodec;
import quiver.common.value.HalfVector;
import quiver.common.value.Hstore;
import quiver.common.value.Interval;
import quiver.common.value.Jsonb;
import quiver.common.value.MultirangeValue;
import quiver.common.value.NetworkAddress;
import quiver.common.value.Numeric;
import quiver.common.value.RangeValue;
import quiver.common.value.RecordValue;
import quiver.common.value.SparseVector;
import quiver.common.value.TimeWithZone;

/// Any datum, or NULL: a byte that tells its class, then what [DatumCodec] writes for that class.
final class DatumForm implements Form {
  private static final int NULL = 0;
  private static final int RECORD = 1;
  private static final int ARRAY = 2;
  private static final int FIRST_CLASS = 3;

  /// A datum class and a type whose stored form is right for all types of that class.
  private record Kind(Class<?> datum, SqlType type) {
    static Kind of(Class<?> datum, BaseType base) {
      return new Kind(datum, SqlType.of(base));
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          Kind.of(Boolean.class, BaseType.BOOL),
          Kind.of(Long.class, BaseType.INT8),
          Kind.of(Double.class, BaseType.FLOAT8),
          Kind.of(String.class, BaseType.TEXT),
          Kind.of(Numeric.class, BaseType.NUMERIC),
          Kind.of(UUID.class, BaseType.UUID),
          Kind.of(Bytes.class, BaseType.BYTEA),
          Kind.of(Interval.class, BaseType.INTERVAL),
          Kind.of(TimeWithZone.class, BaseType.TIMETZ),
          Kind.of(float[].class, BaseType.VECTOR),
          Kind.of(HalfVector.class, BaseType.HALFVEC),
          Kind.of(SparseVector.class, BaseType.SPARSEVEC),
          Kind.of(BitString.class, BaseType.VARBIT),
          Kind.of(Jsonb.class, BaseType.JSONB),
          Kind.of(NetworkAddress.class, BaseType.INET),
          Kind.of(TextVector.class, BaseType.TSVECTOR),
          Kind.of(TextQuery.class, BaseType.TSQUERY),
          Kind.of(RangeValue.class, BaseType.INT4RANGE),
          Kind.of(MultirangeValue.class, BaseType.INT4MULTIRANGE),
          Kind.of(Hstore.class, BaseType.HSTORE));

  private static final ClassValue<Integer> KIND_OF =
      new ClassValue<>() {
        @Override
        protected Integer computeValue(Class<?> type) {
          for (int i = 0; i < KINDS.size(); i++) {
            if (KINDS.get(i).datum().isAssignableFrom(type)) {
              return i;
            }
          }
          throw new IllegalArgumentException("no datum: " + type.getName());
        }
      };

  /// The classes of datums.
  static List<Class<?>> classes() {
    return KINDS.stream().<Class<?>>map(Kind::datum).toList();
  }

  private final Form type;

  /// @param type of [SqlType]
  DatumForm(Form type) {
    this.type = type;
  }

  @Override
  public void write(WireOutput out, @Nullable Object value) {
    switch (value) {
      case null -> out.bytes.putByte(NULL);
      case RecordValue row -> writeRecord(out, row);
      case ArrayValue array -> writeArray(out, array);
      default -> {
        int kind = KIND_OF.get(value.getClass());
        DatumCodec.write(out.bytes.putByte(FIRST_CLASS + kind), KINDS.get(kind).type(), value);
      }
    }
  }

  @Override
  public @Nullable Object read(WireInput in) {
    int tag = in.bytes.get();
    return switch (tag) {
      case NULL -> null;
      case RECORD -> readRecord(in);
      case ARRAY -> readArray(in);
      default -> DatumCodec.read(in.bytes, KINDS.get(tag - FIRST_CLASS).type());
    };
  }

  private void writeRecord(WireOutput out, RecordValue row) {
    out.descend();
    out.bytes.putByte(RECORD).putInt(row.size());
    for (int i = 0; i < row.size(); i++) {
      out.bytes.putText(row.names().get(i));
      type.write(out, row.types().get(i));
      write(out, row.values()[i]);
    }
    out.ascend();
  }

  private RecordValue readRecord(WireInput in) {
    in.descend();
    int size = ByteWriter.length(in.bytes, 6);
    List<String> names = new ArrayList<>(size);
    List<SqlType> types = new ArrayList<>(size);
    @Nullable Object[] values = new @Nullable Object[size];
    for (int i = 0; i < size; i++) {
      names.add(ByteWriter.text(in.bytes));
      types.add((SqlType) type.read(in));
      values[i] = read(in);
    }
    in.ascend();
    return new RecordValue(names, types, values);
  }

  private void writeArray(WireOutput out, ArrayValue array) {
    out.descend();
    out.bytes.putByte(ARRAY).putInt(array.element().oid()).putInt(array.dimensionCount());
    for (int i = 0; i < array.dimensionCount(); i++) {
      out.bytes.putInt(array.dimensions()[i]).putInt(array.lowerBounds()[i]);
    }
    out.bytes.putInt(array.size());
    for (Object element : array.elements()) {
      write(out, element);
    }
    out.ascend();
  }

  private ArrayValue readArray(WireInput in) {
    in.descend();
    ByteBuffer bytes = in.bytes;
    BaseType element =
        BaseType.byOid(bytes.getInt())
            .orElseThrow(() -> new IllegalArgumentException("array of an unknown type"));
    int dimensionCount = ByteWriter.length(bytes, 8);
    int[] dimensions = new int[dimensionCount];
    int[] lowerBounds = new int[dimensionCount];
    for (int i = 0; i < dimensionCount; i++) {
      dimensions[i] = bytes.getInt();
      lowerBounds[i] = bytes.getInt();
    }
    @Nullable Object[] elements = new @Nullable Object[ByteWriter.length(bytes, 1)];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = read(in);
    }
    in.ascend();
    return new ArrayValue(element, elements, dimensions, lowerBounds);
  }
}
