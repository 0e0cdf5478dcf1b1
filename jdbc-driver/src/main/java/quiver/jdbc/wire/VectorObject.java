package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import quiver.jdbc.vector.VectorText;

/// A `vector`: number of dimensions (2 bytes), 0 (2 bytes), the numbers (4 bytes each).
public final class VectorObject extends BinaryObject {
  /// The type's name on the server.
  public static final String TYPE = "vector";

  private static final long serialVersionUID = 1;
  private static final int HEADER_SIZE_BYTES = 4;

  private transient float[] numbers;

  /// For pgjdbc, which reads a value into it.
  public VectorObject() {
    this(new float[0]);
  }

  /// @param numbers kept, not copied
  public VectorObject(float[] numbers) {
    super(TYPE);
    this.numbers = numbers;
  }

  /// The numbers, not copied.
  @Override
  public float[] toJava() {
    return numbers;
  }

  @Override
  public int lengthInBytes() {
    return HEADER_SIZE_BYTES + Float.BYTES * numbers.length;
  }

  @Override
  public void write(ByteBuffer target) {
    target.putShort((short) numbers.length).putShort((short) 0);
    target.asFloatBuffer().put(numbers);
    target.position(target.position() + Float.BYTES * numbers.length);
  }

  @Override
  protected void read(ByteBuffer source) {
    float[] read = new float[Short.toUnsignedInt(source.getShort())];
    source.getShort();
    source.asFloatBuffer().get(read);
    numbers = read;
  }

  @Override
  protected void parse(String text) {
    numbers = VectorText.parse(text);
  }

  @Override
  protected String format() {
    return VectorText.format(numbers);
  }
}
