package quiver.jdbc;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.jdbc.forward.ForwardingResultSet;
import quiver.jdbc.wire.BinaryObject;
import quiver.jdbc.wire.ForeignObject;
import quiver.jdbc.wire.VectorTypes;

/// Rows whose vectors are `float[]`, `HalfVector` and `SparseVector`.
final class QuiverResultSet extends ForwardingResultSet {
  private final ResultSet rows;
  private final Statement statement;
  private final RoutedConnection connection;

  QuiverResultSet(ResultSet rows, Statement statement, RoutedConnection connection) {
    super(rows);
    this.rows = rows;
    this.statement = statement;
    this.connection = connection;
  }

  @Override
  public Statement getStatement() throws SQLException {
    // A result set that is closed must say so.
    return rows.getStatement() == null ? rows.getStatement() : statement;
  }

  @Override
  public @Nullable Object getObject(int columnIndex) throws SQLException {
    Object value = rows.getObject(columnIndex);
    if (!(value instanceof BinaryObject object)) {
      return value;
    }
    Class<?> registered = connection.foreignTypes().get(object.getType());
    return registered == null
        ? object.toJava()
        : ForeignObject.create(registered, object.getType(), object.getValue());
  }

  @Override
  public @Nullable Object getObject(String columnLabel) throws SQLException {
    return getObject(rows.findColumn(columnLabel));
  }

  @Override
  public @Nullable Object getObject(String columnLabel, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return getObject(rows.findColumn(columnLabel), map);
  }

  @Override
  public @Nullable Object getObject(int columnIndex, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return map == null || map.isEmpty() ? getObject(columnIndex) : rows.getObject(columnIndex, map);
  }

  @Override
  public <T> @Nullable T getObject(String columnLabel, Class<T> type) throws SQLException {
    return getObject(rows.findColumn(columnLabel), type);
  }

  @Override
  public <T> @Nullable T getObject(int columnIndex, Class<T> type) throws SQLException {
    if (VectorTypes.isVectorClass(type)) {
      return type.cast(vector(columnIndex, type));
    }
    if (type == float[][].class) {
      return type.cast(vectors(columnIndex));
    }
    if (ForeignObject.isForeign(type)) {
      String text = rows.getString(columnIndex);
      return text == null ? null : ForeignObject.create(type, typeName(columnIndex), text);
    }
    return rows.getObject(columnIndex, type);
  }

  private @Nullable Object vector(int columnIndex, Class<?> type) throws SQLException {
    Object value = rows.getObject(columnIndex);
    if (value == null) {
      return null;
    }
    Object vector =
        value instanceof Array array && type == float[].class
            ? numbers(array)
            : VectorTypes.convert(value, type);
    if (vector == null) {
      throw new SQLException(
          "conversion of "
              + typeName(columnIndex)
              + " to "
              + type.getSimpleName()
              + " is not supported",
          "22023");
    }
    return vector;
  }

  private static float @Nullable [] numbers(Array array) throws SQLException {
    if (!(array.getArray() instanceof Number[] elements)) {
      return null;
    }
    float[] numbers = new float[elements.length];
    for (int i = 0; i < numbers.length; i++) {
      Number element = elements[i];
      if (element == null) {
        throw new SQLException("a null cannot be an element of a float[]", "22004");
      }
      numbers[i] = element.floatValue();
    }
    return numbers;
  }

  private float @Nullable [] @Nullable [] vectors(int columnIndex) throws SQLException {
    Array array = rows.getArray(columnIndex);
    if (array == null) {
      return null;
    }
    Object[] elements = (Object[]) array.getArray();
    float[] @Nullable [] vectors = new float[elements.length][];
    for (int i = 0; i < vectors.length; i++) {
      Object vector = elements[i] == null ? null : VectorTypes.convert(elements[i], float[].class);
      if (vector == null && elements[i] != null) {
        throw new SQLException(
            "conversion of " + typeName(columnIndex) + " to float[][] is not supported", "22023");
      }
      vectors[i] = (float[]) vector;
    }
    return vectors;
  }

  private String typeName(int columnIndex) throws SQLException {
    return rows.getMetaData().getColumnTypeName(columnIndex);
  }
}
