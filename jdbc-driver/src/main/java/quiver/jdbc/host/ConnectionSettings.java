package quiver.jdbc.host;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postgresql.PGProperty;

/// All that a URL and properties say, checked.
///
/// @param hosts at least one
/// @param ours every one of our properties, with its default if it is not given
/// @param theirs what is handed to pgjdbc
public record ConnectionSettings(
    List<Host> hosts,
    String database,
    Map<DriverProperty, String> ours,
    Map<String, String> theirs) {
  /// Connections are made to one host after the other here, not in pgjdbc.
  private static final String REPLACED_PROPERTY = "loadBalanceHosts";

  private static final String DATA_TYPE_PREFIX = "datatype.";

  /// Takes over copies.
  public ConnectionSettings {
    hosts = List.copyOf(hosts);
    ours = Map.copyOf(ours);
    theirs = Map.copyOf(theirs);
  }

  /// @param properties win over the URL's no more than in pgjdbc: the URL wins
  /// @throws SQLException `08001` for a bad URL, `22023` naming every unknown or bad property
  public static ConnectionSettings parse(String url, Properties properties) throws SQLException {
    ConnectionUrl parsed = ConnectionUrl.parse(url);
    Map<String, String> given = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      given.put(name, properties.getProperty(name));
    }
    given.putAll(parsed.properties());
    Map<DriverProperty, String> ours = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (DriverProperty property : DriverProperty.values()) {
      String value = Optional.ofNullable(given.remove(property.key())).orElse("");
      ours.put(property, value.isEmpty() ? property.defaultText() : value);
      check(property, ours.get(property)).ifPresent(problems::add);
    }
    Collection<String> known = theirNames();
    for (String name : given.keySet()) {
      if (!known.contains(name) && !name.startsWith(DATA_TYPE_PREFIX)) {
        problems.add("unknown property \"" + name + "\", did you mean \"" + nearest(name) + "\"?");
      }
    }
    String recheck = given.getOrDefault(PGProperty.HOST_RECHECK_SECONDS.getName(), "0");
    if (!recheck.matches("[0-9]{1,9}")) {
      problems.add("property \"hostRecheckSeconds\" is \"" + recheck + "\", not a number");
    }
    if (!problems.isEmpty()) {
      throw new SQLException(String.join("; ", problems), "22023");
    }
    return new ConnectionSettings(parsed.hosts(), parsed.database(), ours, given);
  }

  private static Optional<String> check(DriverProperty property, String value) {
    List<String> choices = List.of(property.choices());
    if (!choices.isEmpty() && !value.isEmpty() && !choices.contains(value)) {
      return Optional.of(
          "property \"" + property.key() + "\" is \"" + value + "\", not one of " + choices);
    }
    boolean isCount =
        property == DriverProperty.EF_SEARCH || property == DriverProperty.TRANSACTION_RETRIES;
    if (isCount && !value.isEmpty() && !value.matches("[0-9]{1,9}")) {
      return Optional.of("property \"" + property.key() + "\" is \"" + value + "\", not a number");
    }
    return Optional.empty();
  }

  private static String nearest(String name) {
    Collection<String> names = theirNames();
    for (DriverProperty property : DriverProperty.values()) {
      names.add(property.key());
    }
    return NearestName.of(name, names);
  }

  private static Collection<String> theirNames() {
    Collection<String> names = new TreeSet<>();
    for (PGProperty property : PGProperty.values()) {
      names.add(property.getName());
    }
    names.remove(REPLACED_PROPERTY);
    return names;
  }

  /// One of our properties.
  public String get(DriverProperty property) {
    return ours.getOrDefault(property, property.defaultText());
  }

  /// Whether one of our properties is `true`.
  public boolean is(DriverProperty property) {
    return get(property).equals("true");
  }

  /// What pgjdbc is given: its own properties, and ours that are settings of the server as options
  /// of the session, which cost no round trip.
  Properties forPgjdbc() {
    Properties properties = new Properties();
    theirs.forEach(properties::setProperty);
    StringBuilder options = new StringBuilder(properties.getProperty("options", ""));
    for (DriverProperty property : DriverProperty.values()) {
      String value = get(property);
      if (!value.isEmpty()) {
        property
            .setting()
            .ifPresent(setting ->
                options
                    .append(options.length() == 0 ? "" : " ")
                    .append("-c ")
                    .append(setting)
                    .append('=')
                    .append(value.replace("\\", "\\\\").replace(" ", "\\ ")));
      }
    }
    if (options.length() > 0) {
      properties.setProperty("options", options.toString());
    }
    return properties;
  }
}
