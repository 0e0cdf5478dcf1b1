package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import quiver.jdbc.vector.HalfVector;
import quiver.jdbc.vector.VectorText;

/// A `halfvec`: number of dimensions (2 bytes), 0 (2 bytes), the numbers (2 bytes each).
public final class HalfVectorObject extends BinaryObject {
  /// The type's name on the server.
  public static final String TYPE = "halfvec";

  private static final long serialVersionUID = 1;
  private static final int HEADER_SIZE_BYTES = 4;

  private transient HalfVector vector;

  /// For pgjdbc, which reads a value into it.
  public HalfVectorObject() {
    this(HalfVector.of());
  }

  /// @param vector the value
  public HalfVectorObject(HalfVector vector) {
    super(TYPE);
    this.vector = vector;
  }

  @Override
  public HalfVector toJava() {
    return vector;
  }

  @Override
  public int lengthInBytes() {
    return HEADER_SIZE_BYTES + Short.BYTES * vector.dimension();
  }

  @Override
  public void write(ByteBuffer target) {
    target.putShort((short) vector.dimension()).putShort((short) 0);
    for (short bits : vector.toBits()) {
      target.putShort(bits);
    }
  }

  @Override
  protected void read(ByteBuffer source) {
    short[] bits = new short[Short.toUnsignedInt(source.getShort())];
    source.getShort();
    source.asShortBuffer().get(bits);
    vector = HalfVector.ofBits(bits);
  }

  @Override
  protected void parse(String text) {
    vector = HalfVector.of(VectorText.parse(text));
  }

  @Override
  protected String format() {
    return vector.toString();
  }
}
