package quiver.jdbc.wire;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/// A value that pgjdbc sends and receives in binary.
public abstract class BinaryObject extends PGobject implements PGBinaryObject {
  private static final long serialVersionUID = 1;

  /// @param type the type's name on the server
  protected BinaryObject(String type) {
    this.type = type;
  }

  /// The value as a program sees it: `float[]`, `HalfVector`, `SparseVector`.
  public abstract Object toJava();

  /// Writes [#lengthInBytes] bytes, big endian.
  public abstract void write(ByteBuffer target);

  /// Takes the value from its binary form.
  protected abstract void read(ByteBuffer source);

  /// Takes the value from its text form.
  protected abstract void parse(String text);

  /// The text form.
  protected abstract String format();

  @Override
  public final void setByteValue(byte[] value, int offset) {
    read(ByteBuffer.wrap(value, offset, value.length - offset));
  }

  @Override
  public final void toBytes(byte[] target, int offset) {
    write(ByteBuffer.wrap(target, offset, lengthInBytes()));
  }

  @Override
  public final void setValue(@Nullable String text) throws SQLException {
    if (text == null) {
      throw new SQLException("a " + getType() + " object cannot be null", "22004");
    }
    try {
      parse(text);
    } catch (IllegalArgumentException e) {
      throw new SQLException(e.getMessage(), "22P02", e);
    }
  }

  @Override
  public final String getValue() {
    return format();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BinaryObject that && getValue().equals(that.getValue());
  }

  @Override
  public int hashCode() {
    return getValue().hashCode();
  }

  @Override
  public Object clone() throws CloneNotSupportedException {
    return super.clone();
  }
}
