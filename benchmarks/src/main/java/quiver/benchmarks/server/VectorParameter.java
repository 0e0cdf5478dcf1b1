package quiver.benchmarks.server;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.ByteConverter;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/// A `vector` as pgjdbc sends it in binary: int16 dimension, int16 zero, then big-endian float32.
public final class VectorParameter extends PGobject implements PGBinaryObject {
  private static final long serialVersionUID = 1L;

  private float[] values = new float[0];

  /// For pgjdbc's type registry.
  public VectorParameter() {
    type = "vector";
  }

  /// @param values kept, not copied
  public VectorParameter(float[] values) {
    this();
    this.values = values;
  }

  @Override
  public void setByteValue(byte[] bytes, int offset) {
    int dimension = ByteConverter.int2(bytes, offset);
    values = new float[dimension];
    ByteBuffer.wrap(bytes, offset + 4, 4 * dimension).asFloatBuffer().get(values);
  }

  @Override
  public int lengthInBytes() {
    return 4 + 4 * values.length;
  }

  @Override
  public void toBytes(byte[] bytes, int offset) {
    ByteConverter.int2(bytes, offset, values.length);
    ByteConverter.int2(bytes, offset + 2, 0);
    ByteBuffer.wrap(bytes, offset + 4, 4 * values.length).asFloatBuffer().put(values);
  }

  @Override
  public void setValue(@Nullable String value) throws SQLException {
    if (value == null) {
      values = new float[0];
      return;
    }
    String[] parts = value.substring(1, value.length() - 1).split(",", -1);
    values = new float[parts.length];
    for (int i = 0; i < parts.length; i++) {
      values[i] = Float.parseFloat(parts[i]);
    }
  }

  @Override
  public String getValue() {
    return text(values);
  }

  /// `[x,y,…]`.
  static String text(float[] values) {
    StringBuilder text = new StringBuilder(values.length * 10).append('[');
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    return text.append(']').toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VectorParameter that && java.util.Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(values);
  }

  @Override
  public Object clone() {
    return new VectorParameter(values.clone());
  }
}
