package quiver.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/// A statement of pgjdbc and what must be told to the one that replaces it. Used by the statement's
/// thread; `cancel` comes from another one.
///
/// @param <S> the kind of statement
final class Attached<S extends Statement> {
  /// Makes a statement of a connection.
  ///
  /// @param <S> the kind of statement
  interface Maker<S> {
    S make(Connection connection) throws SQLException;
  }

  /// Tells a statement something.
  ///
  /// @param <S> the kind of statement
  interface Setting<S> {
    void apply(S statement) throws SQLException;
  }

  private final RoutedConnection connection;
  private final Maker<S> maker;
  private final Map<String, Setting<? super S>> settings = new LinkedHashMap<>();
  private volatile S last;
  private int generation;
  private boolean isClosed;

  Attached(RoutedConnection connection, Maker<S> maker) throws SQLException {
    this.connection = connection;
    this.maker = maker;
    this.last = connection.make(maker);
    this.generation = connection.generation();
  }

  S last() {
    return last;
  }

  /// @return whether there was a new one to make
  boolean renew() throws SQLException {
    if (generation == connection.generation() || isClosed) {
      return false;
    }
    S made = maker.make(connection.current());
    for (Setting<? super S> setting : settings.values()) {
      setting.apply(made);
    }
    last = made;
    generation = connection.generation();
    return true;
  }

  void set(String name, Setting<? super S> setting) throws SQLException {
    setting.apply(last);
    settings.put(name, setting);
  }

  void close() throws SQLException {
    isClosed = true;
    last.close();
  }
}
