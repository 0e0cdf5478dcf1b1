package quiver.rpc.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import quiver.rpc.Cancellation;

/// A message that is being read. Used by one thread.
final class WireInput {
  final ByteBuffer bytes;

  /// Stands for every cancellation in the message.
  final Cancellation cancellation;

  private int depth;

  WireInput(byte[] message, Cancellation cancellation) {
    this.bytes = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
    this.cancellation = cancellation;
  }

  void descend() {
    if (++depth > WireOutput.DEPTH_MAX) {
      throw new IllegalArgumentException("nested too deeply");
    }
  }

  void ascend() {
    depth--;
  }
}
