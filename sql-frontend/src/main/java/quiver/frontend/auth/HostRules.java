package quiver.frontend.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.auth.HostRule.ClientCertificate;
import quiver.frontend.auth.HostRule.Encryption;
import quiver.frontend.auth.HostRule.Method;

/// The host-based rules, in the form of PostgreSQL's `pg_hba.conf`: the first line that matches a
/// connection says how it authenticates; without one it is refused.
public record HostRules(List<HostRule> rules) {
  /// Lines of a file of rules.
  private static final int RULE_COUNT_MAX = 10_000;

  private static final Pattern TOKEN = Pattern.compile("\"([^\"]*)\"|([^\\s,\"]+)|(,)");

  public HostRules {
    rules = List.copyOf(rules);
  }

  /// Without a file: this machine is trusted while a role has no password, everything else shows a
  /// password.
  public static HostRules standard() {
    return new HostRules(
        List.of(
            everything(new byte[] {127, 0, 0, 1}, 8, Method.TRUST_WITHOUT_PASSWORD),
            everything(
                new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                128,
                Method.TRUST_WITHOUT_PASSWORD),
            everything(new byte[0], 0, Method.SCRAM)));
  }

  private static HostRule everything(byte[] address, int prefixLength, Method method) {
    return new HostRule(
        Encryption.ANY,
        List.of("all"),
        List.of("all"),
        address,
        prefixLength,
        method,
        ClientCertificate.NONE);
  }

  /// The rule for a connection.
  ///
  /// @param roles the roles the user is a member of, by name
  Optional<HostRule> find(Login login, Set<String> roles) {
    return rules.stream().filter(rule -> rule.isFor(login, roles)).findFirst();
  }

  /// Reads the lines of a file.
  ///
  /// @throws QuiverException `F0000` listing every problem, one a line
  public static HostRules parse(List<String> lines, String file) {
    List<HostRule> rules = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    if (lines.size() > RULE_COUNT_MAX) {
      problems.add(file + ": more than " + RULE_COUNT_MAX + " lines");
    }
    for (int i = 0; i < lines.size() && problems.size() < 100; i++) {
      try {
        parse(lines.get(i)).ifPresent(rules::add);
      } catch (QuiverException e) {
        problems.add(file + ":" + (i + 1) + ": " + e.message());
      }
    }
    if (!problems.isEmpty()) {
      throw QuiverException.ofMessage(SqlState.CONFIG_FILE_ERROR, String.join("\n", problems));
    }
    return new HostRules(rules);
  }

  /// Fields of a line, each a list: commas join.
  private static List<List<String>> fields(String line) {
    List<List<String>> fields = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(line);
    boolean joins = false;
    while (matcher.find()) {
      if (matcher.group(3) != null) {
        joins = true;
        continue;
      }
      String quoted = matcher.group(1);
      if (quoted == null && matcher.group(2).startsWith("#")) {
        break;
      }
      if (!joins || fields.isEmpty()) {
        fields.add(new ArrayList<>());
      }
      fields.getLast().add(quoted == null ? matcher.group(2) : quoted);
      joins = false;
    }
    return fields;
  }

  private static Optional<HostRule> parse(String line) {
    List<List<String>> fields = fields(line);
    if (fields.isEmpty()) {
      return Optional.empty();
    }
    String type = fields.getFirst().getFirst();
    Encryption encryption =
        switch (type) {
          case "host", "hostnogssenc" -> Encryption.ANY;
          case "hostssl" -> Encryption.TLS;
          case "hostnossl" -> Encryption.NO_TLS;
          case "local" -> Encryption.LOCAL;
          case "hostgssenc" -> throw problem("GSSAPI encryption is not supported");
          default -> throw problem("invalid connection type \"" + type + "\"");
        };
    boolean isLocal = encryption == Encryption.LOCAL;
    if (fields.size() < (isLocal ? 4 : 5)) {
      throw problem(
          isLocal
              ? "end-of-line before authentication method"
              : fields.size() < 4
                  ? "end-of-line before IP address specification"
                  : "end-of-line before authentication method");
    }
    fields.subList(1, 3).forEach(HostRules::requireNoFile);
    Network network = isLocal ? Network.ALL : network(fields);
    int methodAt = isLocal ? 3 : network.fieldCount() + 3;
    if (fields.size() <= methodAt) {
      throw problem("end-of-line before authentication method");
    }
    Method method = method(fields.get(methodAt).getFirst(), encryption);
    ClientCertificate certificate =
        method == Method.CERTIFICATE ? ClientCertificate.OF_USER : ClientCertificate.NONE;
    for (List<String> option : fields.subList(methodAt + 1, fields.size())) {
      certificate = option(String.join(",", option), encryption);
    }
    return Optional.of(
        new HostRule(
            encryption,
            fields.get(1),
            fields.get(2),
            network.address(),
            network.prefixLength(),
            method,
            certificate));
  }

  private static void requireNoFile(List<String> names) {
    for (String name : names) {
      if (name.startsWith("@")) {
        throw problem("names from another file (\"" + name + "\") are not supported");
      }
    }
  }

  private static Method method(String word, Encryption encryption) {
    Method method =
        switch (word) {
          case "trust" -> Method.TRUST;
          case "reject" -> Method.REJECT;
          case "password" -> Method.PASSWORD;
          case "scram-sha-256" -> Method.SCRAM;
          case "cert" -> Method.CERTIFICATE;
          case "md5" ->
              throw problem("authentication method \"md5\" is not supported: use scram-sha-256");
          case "gss", "sspi", "ident", "peer", "pam", "ldap", "radius", "bsd" ->
              throw problem("authentication method \"" + word + "\" is not supported");
          default -> throw problem("invalid authentication method \"" + word + "\"");
        };
    if (method == Method.CERTIFICATE && encryption != Encryption.TLS) {
      throw problem("cert authentication is only supported on hostssl connections");
    }
    return method;
  }

  private static ClientCertificate option(String option, Encryption encryption) {
    ClientCertificate certificate =
        switch (option) {
          case "clientcert=verify-ca" -> ClientCertificate.VALID;
          case "clientcert=verify-full" -> ClientCertificate.OF_USER;
          default -> throw problem("authentication option \"" + option + "\" is not supported");
        };
    if (encryption != Encryption.TLS) {
      throw problem("clientcert can only be configured for \"hostssl\" rows");
    }
    return certificate;
  }

  /// @param fieldCount fields it takes: a mask may stand apart
  private record Network(byte[] address, int prefixLength, int fieldCount) {
    static final Network ALL = new Network(new byte[0], 0, 1);
  }

  private static Network network(List<List<String>> fields) {
    String text = fields.get(3).getFirst();
    if (text.equals("all")) {
      return Network.ALL;
    }
    if (text.equals("samehost") || text.equals("samenet")) {
      throw problem("address \"" + text + "\" is not supported");
    }
    int slash = text.indexOf('/');
    byte[] address = address(slash < 0 ? text : text.substring(0, slash));
    if (slash >= 0) {
      int length = prefixLength(text.substring(slash + 1));
      if (length < 0 || length > 8 * address.length) {
        throw problem("invalid CIDR mask in address \"" + text + "\"");
      }
      return new Network(address, length, 1);
    }
    if (fields.size() < 6) {
      throw problem("end-of-line before netmask specification");
    }
    byte[] mask = address(fields.get(4).getFirst());
    if (mask.length != address.length) {
      throw problem("IP address and mask do not match");
    }
    return new Network(address, ones(mask), 2);
  }

  private static int ones(byte[] mask) {
    int count = 0;
    boolean ended = false;
    for (byte each : mask) {
      for (int bit = 0x80; bit > 0; bit >>= 1) {
        boolean isSet = (each & bit) != 0;
        if (isSet && ended) {
          throw problem("invalid IP mask");
        }
        ended |= !isSet;
        count += isSet ? 1 : 0;
      }
    }
    return count;
  }

  private static int prefixLength(String text) {
    return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
  }

  private static byte[] address(String text) {
    if (!text.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      throw problem("host name \"" + text + "\": only IP addresses are supported");
    }
    try {
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      throw problem("invalid IP address \"" + text + "\"").withCause(e);
    }
  }

  private static QuiverException problem(String text) {
    return QuiverException.ofMessage(SqlState.CONFIG_FILE_ERROR, text);
  }

  /// Whether any rule asks for a certificate of the client.
  public boolean asksForCertificates() {
    return rules.stream().anyMatch(rule -> rule.clientCertificate() != ClientCertificate.NONE);
  }
}
