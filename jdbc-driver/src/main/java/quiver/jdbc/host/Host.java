package quiver.jdbc.host;

/// A front end.
///
/// @param name a name or an address; an IPv6 address has its brackets
/// @param port 1 to 65535
public record Host(String name, int port) {
  @Override
  public String toString() {
    return name + ":" + port;
  }
}
