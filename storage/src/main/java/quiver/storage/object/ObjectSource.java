package quiver.storage.object;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Produces the bytes of an object. A store that has to repeat an upload calls it again, so it must
/// write the same bytes every time.
@FunctionalInterface
public interface ObjectSource {
  /// Writes the whole object, in order; `target` blocks until it has taken all bytes of a write.
  ///
  /// @throws IOException if `target` threw it
  void writeTo(WritableByteChannel target) throws IOException;

  /// An object of these bytes, which must not be modified any more.
  static ObjectSource of(byte[] bytes) {
    return target -> {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        target.write(buffer);
      }
    };
  }
}
