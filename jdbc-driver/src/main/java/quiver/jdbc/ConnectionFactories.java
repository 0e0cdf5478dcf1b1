package quiver.jdbc;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import quiver.jdbc.host.ConnectionSettings;

/// One factory for all connections of the same URL and properties. Thread-safe.
final class ConnectionFactories {
  /// The one that was used longest ago goes when there are more.
  private static final int FACTORY_COUNT_MAX = 64;

  private final Map<Key, ConnectionFactory> factories =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, ConnectionFactory> eldest) {
          return size() > FACTORY_COUNT_MAX;
        }
      };

  private record Key(String url, ConnectionSettings settings) {}

  ConnectionFactory of(String url, Properties properties) throws SQLException {
    Key key = new Key(url, ConnectionSettings.parse(url, properties));
    synchronized (factories) {
      return factories.computeIfAbsent(key, k -> new ConnectionFactory(url, k.settings()));
    }
  }
}
