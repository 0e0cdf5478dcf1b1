package quiver.jdbc.host;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// `jdbc:quiver://host:port,host:port/database?name=value&name=value`, taken apart.
///
/// @param hosts at least one
/// @param database never empty
/// @param properties decoded, not checked
public record ConnectionUrl(List<Host> hosts, String database, Map<String, String> properties) {
  /// What all our URLs begin with.
  public static final String PREFIX = "jdbc:quiver:";

  /// The port of a host that names none.
  public static final int PORT_DEFAULT = 5433;

  private static final String DATABASE_DEFAULT = "quiver";
  private static final int PORT_NUMBER_LAST = 65_535;

  /// Takes over copies.
  public ConnectionUrl {
    hosts = List.copyOf(hosts);
    properties = Map.copyOf(properties);
  }

  /// @throws SQLException `08001` naming what is wrong with the URL
  public static ConnectionUrl parse(String url) throws SQLException {
    if (!url.startsWith(PREFIX)) {
      throw bad(url, "it does not begin with " + PREFIX);
    }
    String rest = url.substring(PREFIX.length());
    int question = rest.indexOf('?');
    Map<String, String> properties =
        question < 0 ? Map.of() : properties(url, rest.substring(question + 1));
    String place = question < 0 ? rest : rest.substring(0, question);
    String hosts = "localhost";
    if (place.startsWith("//")) {
      int slash = place.indexOf('/', 2);
      hosts = place.substring(2, slash < 0 ? place.length() : slash);
      place = slash < 0 ? "" : place.substring(slash);
    }
    String database = decode(url, place.startsWith("/") ? place.substring(1) : place);
    return new ConnectionUrl(
        hosts(url, hosts), database.isEmpty() ? DATABASE_DEFAULT : database, properties);
  }

  private static List<Host> hosts(String url, String text) throws SQLException {
    List<Host> hosts = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      int colon = host.lastIndexOf(':');
      boolean hasPort = colon > host.lastIndexOf(']');
      String name = hasPort ? host.substring(0, colon) : host;
      if (name.indexOf(':') >= 0 && !(name.startsWith("[") && name.endsWith("]"))) {
        throw bad(url, "an IPv6 address needs brackets: [" + name + "]");
      }
      int port = hasPort ? port(url, host.substring(colon + 1)) : PORT_DEFAULT;
      hosts.add(new Host(name.isEmpty() ? "localhost" : name, port));
    }
    return hosts;
  }

  private static int port(String url, String text) throws SQLException {
    boolean isNumber = !text.isEmpty() && text.length() <= 5;
    for (int i = 0; i < text.length(); i++) {
      isNumber &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    int port = isNumber ? Integer.parseInt(text) : 0;
    if (port < 1 || port > PORT_NUMBER_LAST) {
      throw bad(url, "\"" + text + "\" is not a port");
    }
    return port;
  }

  private static Map<String, String> properties(String url, String text) throws SQLException {
    Map<String, String> properties = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        String value = equals < 0 ? "" : decode(url, pair.substring(equals + 1));
        properties.put(equals < 0 ? pair : pair.substring(0, equals), value);
      }
    }
    return properties;
  }

  private static String decode(String url, String text) throws SQLException {
    try {
      // A plus sign stands for itself, as in pgjdbc's URLs.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw bad(url, "\"" + text + "\" is not encoded by the rules of URLs");
    }
  }

  private static SQLException bad(String url, String why) {
    int question = url.indexOf('?');
    String shown = question < 0 ? url : url.substring(0, question);
    return new SQLException("bad URL \"" + shown + "\": " + why, "08001");
  }
}
