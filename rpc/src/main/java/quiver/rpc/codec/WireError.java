package quiver.rpc.codec;

import java.util.EnumMap;
import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;

/// An error as it travels.
///
/// @param state the SQLSTATE
public record WireError(SqlState state, String message, Map<Field, String> fields, int position) {
  /// The error to send for whatever a service has thrown.
  public static WireError of(RuntimeException error) {
    if (!(error instanceof QuiverException failure)) {
      return new WireError(SqlState.INTERNAL_ERROR, "a service failed: " + error, Map.of(), 0);
    }
    Map<Field, String> fields = new EnumMap<>(Field.class);
    for (Field field : Field.values()) {
      failure.field(field).ifPresent(text -> fields.put(field, text));
    }
    return new WireError(failure.state(), failure.message(), fields, failure.position());
  }

  /// The error as it was.
  public QuiverException exception() {
    QuiverException error = QuiverException.ofMessage(state, message);
    for (var field : fields.entrySet()) {
      error = error.with(field.getKey(), field.getValue());
    }
    return position == 0 ? error : error.at(position);
  }
}
