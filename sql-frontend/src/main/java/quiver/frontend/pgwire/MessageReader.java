package quiver.frontend.pgwire;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.Utf8;

/// Reads the fields of one message body. Errors are PostgreSQL's `08P01`.
final class MessageReader {
  private final byte[] body;
  private int at;

  MessageReader(byte[] body) {
    this.body = body;
  }

  private void require(int count) {
    if (count < 0 || body.length - at < count) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
    }
  }

  byte int8() {
    require(1);
    return body[at++];
  }

  int int16() {
    require(2);
    int value = (body[at] & 0xff) << 8 | (body[at + 1] & 0xff);
    at += 2;
    return value;
  }

  int int32() {
    require(4);
    int value =
        (body[at] & 0xff) << 24
            | (body[at + 1] & 0xff) << 16
            | (body[at + 2] & 0xff) << 8
            | (body[at + 3] & 0xff);
    at += 4;
    return value;
  }

  byte[] bytes(int count) {
    require(count);
    byte[] value = new byte[count];
    System.arraycopy(body, at, value, 0, count);
    at += count;
    return value;
  }

  /// A NUL-terminated string.
  ///
  /// @throws QuiverException `08P01` without a NUL, `22021` if it is not UTF-8
  String string() {
    int end = at;
    while (end < body.length && body[end] != 0) {
      end++;
    }
    if (end == body.length) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "invalid string in message");
    }
    String value = Utf8.decode(body, at, end - at);
    at = end + 1;
    return value;
  }

  /// Everything must have been read.
  void end() {
    if (at != body.length) {
      throw new QuiverException(SqlState.PROTOCOL_VIOLATION, "invalid message format");
    }
  }
}
