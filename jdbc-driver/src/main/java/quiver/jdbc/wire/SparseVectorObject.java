package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import quiver.jdbc.vector.SparseVector;
import quiver.jdbc.vector.VectorText;

/// A `sparsevec`, 4 bytes each: dimensions, count of numbers, 0, their indices from 0, the numbers.
public final class SparseVectorObject extends BinaryObject {
  /// The type's name on the server.
  public static final String TYPE = "sparsevec";

  private static final long serialVersionUID = 1;
  private static final int HEADER_SIZE_BYTES = 12;

  private transient SparseVector vector;

  /// For pgjdbc, which reads a value into it.
  public SparseVectorObject() {
    this(SparseVector.of());
  }

  /// @param vector the value
  public SparseVectorObject(SparseVector vector) {
    super(TYPE);
    this.vector = vector;
  }

  @Override
  public SparseVector toJava() {
    return vector;
  }

  @Override
  public int lengthInBytes() {
    return HEADER_SIZE_BYTES + 2 * Integer.BYTES * vector.indices().length;
  }

  @Override
  public void write(ByteBuffer target) {
    int[] indices = vector.indices();
    target.putInt(vector.dimension()).putInt(indices.length).putInt(0);
    for (int index : indices) {
      target.putInt(index);
    }
    for (float value : vector.values()) {
      target.putFloat(value);
    }
  }

  @Override
  protected void read(ByteBuffer source) {
    int dimension = source.getInt();
    int count = source.getInt();
    source.getInt();
    int[] indices = new int[count];
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      indices[i] = source.getInt();
    }
    for (int i = 0; i < count; i++) {
      values[i] = source.getFloat();
    }
    vector = SparseVector.of(dimension, indices, values);
  }

  @Override
  protected void parse(String text) {
    vector = VectorText.parseSparse(text);
  }

  @Override
  protected String format() {
    return vector.toString();
  }
}
