package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import java.util.List;

/// An array of vectors, for example a `vector[]`, which is sent only: number of dimensions, whether
/// there are nulls, OID of the elements, size, lower bound, then each element with its length.
public final class VectorArrayObject extends BinaryObject {
  private static final long serialVersionUID = 1;
  private static final int HEADER_SIZE_BYTES = 20;

  private final transient List<BinaryObject> elements;
  private final int elementOid;

  /// @param type the name of the elements' type
  public VectorArrayObject(String type, int elementOid, List<BinaryObject> elements) {
    super("_" + type);
    this.elements = List.copyOf(elements);
    this.elementOid = elementOid;
  }

  @Override
  public Object toJava() {
    return elements.stream().map(BinaryObject::toJava).toArray();
  }

  @Override
  public int lengthInBytes() {
    int length = elements.isEmpty() ? HEADER_SIZE_BYTES - 8 : HEADER_SIZE_BYTES;
    for (BinaryObject element : elements) {
      length += Integer.BYTES + element.lengthInBytes();
    }
    return length;
  }

  @Override
  public void write(ByteBuffer target) {
    target.putInt(elements.isEmpty() ? 0 : 1).putInt(0).putInt(elementOid);
    if (!elements.isEmpty()) {
      target.putInt(elements.size()).putInt(1);
    }
    for (BinaryObject element : elements) {
      target.putInt(element.lengthInBytes());
      element.write(target);
    }
  }

  @Override
  protected void read(ByteBuffer source) {
    throw new UnsupportedOperationException("arrays of vectors are received as text");
  }

  @Override
  protected void parse(String text) {
    throw new UnsupportedOperationException("arrays of vectors are received as text");
  }

  @Override
  protected String format() {
    StringBuilder text = new StringBuilder("{");
    for (BinaryObject element : elements) {
      text.append(text.length() == 1 ? "\"" : ",\"").append(element.getValue()).append('"');
    }
    return text.append('}').toString();
  }
}
