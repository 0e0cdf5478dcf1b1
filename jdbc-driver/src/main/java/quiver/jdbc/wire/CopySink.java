package quiver.jdbc.wire;

import java.sql.SQLException;

/// Where the bytes of a COPY go.
@FunctionalInterface
public interface CopySink {
  /// Blocks while the server is behind.
  void write(byte[] bytes, int length) throws SQLException;
}
