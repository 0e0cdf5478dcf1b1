package quiver.frontend.pgwire;

import java.util.Map;
import quiver.common.error.QuiverException;

/// What a connection's event loop hands to its session.
sealed interface Inbound {
  /// The startup packet.
  ///
  /// @param minor the minor protocol version asked for
  record Startup(int minor, Map<String, String> parameters) implements Inbound {
    public Startup {
      parameters = Map.copyOf(parameters);
    }
  }

  /// A whole message; `body` is without type and length and belongs to the receiver.
  record Message(byte type, byte[] body) implements Inbound {}

  /// A message that was read past because it is too long.
  record Oversized(byte type, long length) implements Inbound {}

  /// Nothing sensible can follow: the error is sent and the connection closed.
  record Fatal(QuiverException error) implements Inbound {}

  /// Something other than a message may be waiting: notifications.
  record Wake() implements Inbound {}

  /// The client has gone.
  record Disconnected() implements Inbound {}

  /// How much of the read-ahead the entry uses.
  default int sizeBytes() {
    return this instanceof Message(var type, var body) ? body.length + 32 : 32;
  }
}
