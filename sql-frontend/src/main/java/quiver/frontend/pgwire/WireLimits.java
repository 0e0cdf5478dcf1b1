package quiver.frontend.pgwire;

/// Limits of the wire protocol.
final class WireLimits {
  /// PostgreSQL's MAX_STARTUP_PACKET_LENGTH.
  static final int STARTUP_PACKET_SIZE_BYTES_MAX = 10_000;

  /// PostgreSQL's PQ_SMALL_MESSAGE_LIMIT: messages that only carry names.
  static final int SMALL_MESSAGE_SIZE_BYTES_MAX = 10_000;

  /// Bind, CopyData and FunctionCall. A message is held in memory as a whole.
  static final int LARGE_MESSAGE_SIZE_BYTES_MAX = 256 << 20;

  /// A statement's text. A syntax tree is some fifty times the size of its text; longer texts are
  /// read past and refused, and the connection lives on.
  static final int STATEMENT_TEXT_SIZE_BYTES_MAX = 32 << 20;

  /// PostgreSQL's PQ_LARGE_MESSAGE_LIMIT: beyond it a length is taken for garbage.
  static final int MESSAGE_LENGTH_MAX = 0x3fffffff;

  /// Bytes a connection reads ahead of its session before the socket is left to fill up.
  static final int READ_AHEAD_SIZE_BYTES_MAX = 1 << 20;

  /// Messages a connection reads ahead of its session.
  static final int READ_AHEAD_MESSAGE_COUNT_MAX = 4096;

  /// Replies collected before they are given to the socket.
  static final int REPLY_CHUNK_SIZE_BYTES = 64 << 10;

  /// Replies held back while an implicit transaction could still be run again.
  static final int REPLY_HELD_SIZE_BYTES_MAX = 1 << 20;

  /// Bytes waiting in the socket's queue at which the session waits.
  static final int WRITE_QUEUE_SIZE_BYTES_MAX = 1 << 20;

  private WireLimits() {}
}
