package quiver.jdbc.wire;

import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PGobject;
import quiver.jdbc.vector.BitVector;
import quiver.jdbc.vector.HalfVector;
import quiver.jdbc.vector.SparseVector;
import quiver.jdbc.vector.VectorText;

/// The vector types of the server and what stands for their values in Java.
public final class VectorTypes {
  /// OIDs, the same on every server.
  public static final int VECTOR_OID = 16386;

  /// OID of `halfvec`.
  public static final int HALFVEC_OID = 16499;

  /// OID of `sparsevec`.
  public static final int SPARSEVEC_OID = 16634;

  private static final int VECTOR_ARRAY_OID = 16392;
  private static final int HALFVEC_ARRAY_OID = 16505;
  private static final int SPARSEVEC_ARRAY_OID = 16640;

  private VectorTypes() {}

  /// Teaches a connection the types, without asking the server for their OIDs.
  public static void register(BaseConnection connection) throws SQLException {
    register(connection, VectorObject.TYPE, VECTOR_OID, VECTOR_ARRAY_OID, VectorObject.class);
    register(
        connection, HalfVectorObject.TYPE, HALFVEC_OID, HALFVEC_ARRAY_OID, HalfVectorObject.class);
    register(
        connection,
        SparseVectorObject.TYPE,
        SPARSEVEC_OID,
        SPARSEVEC_ARRAY_OID,
        SparseVectorObject.class);
  }

  private static void register(
      BaseConnection connection,
      String type,
      int oid,
      int arrayOid,
      Class<? extends PGobject> javaClass)
      throws SQLException {
    connection.getTypeInfo().addCoreType(type, oid, Types.OTHER, javaClass.getName(), arrayOid);
    connection.addDataType(type, javaClass);
    connection.getQueryExecutor().addBinarySendOid(arrayOid);
  }

  /// What pgjdbc takes for a value: a vector becomes an object of its type, which keeps a copy; all
  /// else stays.
  public static Object toParameter(Object value) {
    if (value instanceof float[] numbers) {
      return new VectorObject(numbers.clone());
    }
    if (value instanceof HalfVector vector) {
      return new HalfVectorObject(vector);
    }
    if (value instanceof SparseVector vector) {
      return new SparseVectorObject(vector);
    }
    if (value instanceof BitVector vector) {
      return text("bit", vector.toString());
    }
    if (value instanceof float[][] || value instanceof HalfVector[]) {
      return array((Object[]) value);
    }
    return value instanceof SparseVector[] vectors ? array(vectors) : ForeignObject.adopt(value);
  }

  /// Like [#toParameter], but a `float[]` stays as it is: it is written at once.
  public static Object toBulkValue(Object value) {
    return value instanceof float[] ? value : toParameter(value);
  }

  /// What pgjdbc takes for a value of a vector type.
  ///
  /// @param type `vector`, `halfvec`, `sparsevec` or `bit`
  /// @throws SQLException `22023` if the value cannot be one
  public static Object cast(Object value, String type) throws SQLException {
    if (value instanceof String string) {
      return text(type, string);
    }
    if (type.equals("bit")) {
      Object bits = value instanceof boolean[] array ? BitVector.of(array) : value;
      if (bits instanceof BitVector) {
        return toParameter(bits);
      }
    } else if (value instanceof HalfVector || value instanceof SparseVector) {
      Object object = toParameter(value);
      if (object instanceof BinaryObject binary && type.equals(binary.getType())) {
        return object;
      }
    } else {
      float[] numbers = numbers(value);
      if (numbers != null) {
        return switch (type) {
          case HalfVectorObject.TYPE -> new HalfVectorObject(HalfVector.of(numbers));
          case SparseVectorObject.TYPE -> new SparseVectorObject(SparseVector.of(numbers));
          default -> new VectorObject(numbers);
        };
      }
      Object adopted = ForeignObject.adopt(value);
      if (adopted instanceof PGobject) {
        return adopted;
      }
    }
    throw new SQLException(
        "cannot make a " + type + " of a " + value.getClass().getTypeName(), "22023");
  }

  /// A new array; null if the value is not made of numbers.
  private static float @Nullable [] numbers(Object value) {
    if (value instanceof float[] floats) {
      return floats.clone();
    }
    if (value instanceof double[] doubles) {
      float[] numbers = new float[doubles.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) doubles[i];
      }
      return numbers;
    }
    if (!(value instanceof List<?> list)) {
      return null;
    }
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(list.get(i) instanceof Number number)) {
        return null;
      }
      numbers[i] = number.floatValue();
    }
    return numbers;
  }

  private static VectorArrayObject array(Object[] vectors) {
    List<BinaryObject> elements = new ArrayList<>();
    for (Object vector : vectors) {
      elements.add((BinaryObject) toParameter(vector));
    }
    return vectors instanceof float[][]
        ? new VectorArrayObject(VectorObject.TYPE, VECTOR_OID, elements)
        : vectors instanceof HalfVector[]
            ? new VectorArrayObject(HalfVectorObject.TYPE, HALFVEC_OID, elements)
            : new VectorArrayObject(SparseVectorObject.TYPE, SPARSEVEC_OID, elements);
  }

  /// An object of a type that is sent as text.
  public static PGobject text(String type, String value) {
    PGobject object = new PGobject();
    object.setType(type);
    try {
      object.setValue(value);
    } catch (SQLException e) {
      throw new IllegalStateException("an object that only keeps its text refused it", e);
    }
    return object;
  }

  /// Whether values can be had as this class although pgjdbc does not know it.
  public static boolean isVectorClass(Class<?> type) {
    return type == float[].class
        || type == HalfVector.class
        || type == SparseVector.class
        || type == BitVector.class;
  }

  /// @param value what pgjdbc made of a column that is not null
  /// @param type one of [#isVectorClass]
  /// @return null if the value cannot be had as that class
  public static @Nullable Object convert(Object value, Class<?> type) {
    Object vector = value instanceof BinaryObject object ? object.toJava() : value;
    if (type.isInstance(vector)) {
      return vector;
    }
    if (type == float[].class && vector instanceof HalfVector half) {
      return half.toFloats();
    }
    if (type == float[].class && vector instanceof SparseVector sparse) {
      return sparse.toFloats();
    }
    if (type == BitVector.class && value instanceof Boolean bit) {
      return BitVector.of(bit);
    }
    String text =
        value instanceof PGobject object
            ? object.getValue()
            : value instanceof String string ? string : null;
    return text == null ? null : parse(text, type);
  }

  private static @Nullable Object parse(String text, Class<?> type) {
    try {
      if (type == SparseVector.class) {
        return VectorText.parseSparse(text);
      }
      if (type == BitVector.class) {
        return BitVector.parse(text);
      }
      float[] numbers = VectorText.parse(text);
      return type == HalfVector.class ? HalfVector.of(numbers) : numbers;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
