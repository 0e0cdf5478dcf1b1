package quiver.frontend.format;

import java.nio.ByteBuffer;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.format.BinaryBuffer;
import quiver.common.format.BinaryFormat;
import quiver.common.format.FormatSettings;
import quiver.common.format.ObjectNames;
import quiver.common.format.TextFormat;
import quiver.common.format.Utf8;
import quiver.common.type.SqlType;
import quiver.execution.function.SessionFormats;

/// Values as one session reads and writes them. Immutable.
public record DatumFormat(FormatSettings settings) {
  /// The formats that a session's configuration parameters ask for.
  ///
  /// @param values by lower-case name
  /// @param nowMicros start of the transaction, microseconds since 2000-01-01 UTC
  public static DatumFormat of(Map<String, String> values, long nowMicros, ObjectNames names) {
    return new DatumFormat(SessionFormats.of(values, nowMicros).withNames(names));
  }

  /// The text of a value.
  public String text(SqlType type, Object value) {
    return TextFormat.format(type, value, settings);
  }

  /// The binary form of a value.
  public byte[] binary(SqlType type, Object value) {
    BinaryBuffer buffer = new BinaryBuffer();
    BinaryFormat.write(type, value, buffer);
    return buffer.toByteArray();
  }

  /// The value a text stands for; the type's modifier is not applied.
  public Object parseText(SqlType type, String text) {
    return TextFormat.parse(type, text, settings);
  }

  /// The value of a parameter of Bind.
  ///
  /// @param code 0 text, 1 binary
  /// @param number of the parameter, from 1, for messages
  public Object parse(SqlType type, int code, byte[] bytes, int number) {
    requireCode(code);
    try {
      if (code == 0) {
        return parseText(type, Utf8.decode(bytes));
      }
      return BinaryFormat.read(type, ByteBuffer.wrap(bytes), bytes.length);
    } catch (QuiverException e) {
      if (e.state() == SqlState.INVALID_BINARY_REPRESENTATION
          && e.message().equals("incorrect binary data format")) {
        throw new QuiverException(
                SqlState.INVALID_BINARY_REPRESENTATION,
                "incorrect binary data format in bind parameter %d",
                number)
            .withCause(e);
      }
      throw e.with(
          Field.WHERE, "unnamed portal parameter $" + number + (code == 0 ? " = '...'" : ""));
    }
  }

  /// @throws QuiverException `22023` for a format code other than 0 and 1
  public static void requireCode(int code) {
    if (code != 0 && code != 1) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: %d", code);
    }
  }
}
