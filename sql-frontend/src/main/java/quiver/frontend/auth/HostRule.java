package quiver.frontend.auth;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/// One line of the host-based rules.
///
/// @param users names; `+name` stands for the members of a role, `all` for everybody
/// @param address in the network, or empty bytes: every address
/// @param clientCertificate what is asked of the client's certificate besides
public record HostRule(
    Encryption encryption,
    List<String> databases,
    List<String> users,
    byte[] address,
    int prefixLength,
    Method method,
    ClientCertificate clientCertificate) {
  /// Which connections a rule is about.
  public enum Encryption {
    ANY,
    TLS,
    NO_TLS,
    /// Unix sockets, which are not listened on.
    LOCAL
  }

  /// How a client shows who it is.
  public enum Method {
    TRUST("trust"),
    REJECT("reject"),
    PASSWORD("password"),
    SCRAM("scram-sha-256"),
    CERTIFICATE("cert"),
    /// Not for files: nothing while the role has no password, then SCRAM.
    TRUST_WITHOUT_PASSWORD("trust-without-password");

    private final String word;

    Method(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /// What a certificate has to say.
  public enum ClientCertificate {
    NONE,
    /// Signed by the authority.
    VALID,
    /// The same, and it names the user.
    OF_USER
  }

  public HostRule {
    databases = List.copyOf(databases);
    users = List.copyOf(users);
  }

  boolean isFor(Login login, Set<String> roles) {
    boolean encryptionMatches =
        switch (encryption) {
          case ANY -> true;
          case TLS -> login.peer().isEncrypted();
          case NO_TLS -> !login.peer().isEncrypted();
          case LOCAL -> false;
        };
    return encryptionMatches
        && isFrom(login.peer().address())
        && databases.stream().anyMatch(database -> isDatabase(database, login, roles))
        && users.stream().anyMatch(user -> isUser(user, login, roles));
  }

  private static boolean isDatabase(String database, Login login, Set<String> roles) {
    return switch (database) {
      case "all" -> true;
      case "sameuser" -> login.database().equals(login.user());
      case "samerole", "samegroup" -> roles.contains(login.database());
      case "replication" -> false;
      default -> database.equals(login.database());
    };
  }

  private static boolean isUser(String user, Login login, Set<String> roles) {
    return user.equals("all")
        || (user.startsWith("+") ? roles.contains(user.substring(1)) : user.equals(login.user()));
  }

  private boolean isFrom(InetAddress from) {
    if (address.length == 0) {
      return true;
    }
    byte[] bytes = from.getAddress();
    if (bytes.length != address.length) {
      return false;
    }
    for (int bit = 0; bit < prefixLength; bit++) {
      int mask = 0x80 >>> (bit & 7);
      if ((bytes[bit >> 3] & mask) != (address[bit >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }
}
