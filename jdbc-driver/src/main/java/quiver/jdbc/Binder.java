package quiver.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Gives a statement the value of one parameter, once or again.
interface Binder {
  /// @param index from 1
  void bind(PreparedStatement statement, int index, @Nullable Object value) throws SQLException;

  /// Whether the value says everything, so that it can be sent by COPY as well.
  default boolean isValueEnough() {
    return false;
  }
}
