package quiver.server.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An address written as `host:port`.
public record HostPort(String host, int port) {
  private static final Pattern FORM = Pattern.compile("([A-Za-z0-9._-]+):(\\d{1,5})");
  private static final int PORT_MAX = 65_535;

  /// Parses `db1.example:7000`.
  public static Optional<HostPort> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(2));
    return port > PORT_MAX ? Optional.empty() : Optional.of(new HostPort(matcher.group(1), port));
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
