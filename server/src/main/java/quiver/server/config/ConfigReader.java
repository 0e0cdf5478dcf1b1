package quiver.server.config;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.TlsConfig;
import quiver.frontend.auth.HostRules;
import quiver.rpc.grpc.NodeCertificate;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.Role;
import quiver.storage.meta.etcd.EtcdAccess;

/// Reads `key = value` lines (`#` starts a comment) and command-line settings into a
/// [ServerConfig]; every problem of both is reported in one error.
public final class ConfigReader {
  private static final Set<String> LOG_LEVELS = Set.of("error", "warn", "info", "debug");

  /// Part of object names.
  private static final Pattern NODE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}|");

  private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(s|min|h|d)");

  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "s", ChronoUnit.SECONDS,
          "min", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private static final Pattern LOG_SECURITY =
      Pattern.compile("security\\.protocol|(?:sasl|ssl)\\.[a-z0-9.]+");

  private static final Duration RETENTION_MIN = Duration.ofSeconds(10);
  private static final Duration RETENTION_MAX = Duration.ofDays(30);

  private static final int FILE_SIZE_BYTES_MAX = 1 << 20;

  private final Map<ConfigKey, String> texts = new EnumMap<>(ConfigKey.class);
  private final Map<ConfigKey, String> origins = new EnumMap<>(ConfigKey.class);
  private final List<String> problems = new ArrayList<>();

  /// Takes the settings of a file.
  public void readFile(Path file) {
    List<String> lines;
    try {
      if (Files.size(file) > FILE_SIZE_BYTES_MAX) {
        problems.add(file + ": larger than 1 MiB");
        return;
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      problems.add(file + ": cannot be read: " + reason(e));
      return;
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String where = file + ":" + (i + 1);
      int equals = line.indexOf('=');
      if (equals < 0) {
        problems.add(where + ": expected \"key = value\", found \"" + line + "\"");
        continue;
      }
      String key = line.substring(0, equals).strip();
      Optional<ConfigKey> known = known(key, where);
      if (known.isEmpty()) {
        continue;
      }
      if (origins.containsKey(known.get())) {
        problems.add(
            where + ": key \"" + key + "\" was set before, at " + origins.get(known.get()));
      } else {
        set(known.get(), line.substring(equals + 1).strip(), where);
      }
    }
  }

  private Optional<ConfigKey> known(String key, String where) {
    Optional<ConfigKey> known = ConfigKey.byKey(key);
    if (known.isEmpty()) {
      problems.add(
          where
              + ": unknown key \""
              + key
              + "\"; did you mean \""
              + ConfigKey.nearest(key).key()
              + "\"?");
    }
    return known;
  }

  /// Takes a setting from the command line by the name of its key; it wins over the file.
  public void set(String key, String text, String origin) {
    known(key, origin).ifPresent(known -> set(known, text, origin));
  }

  /// Takes a setting from the command line; it wins over the file.
  public void set(ConfigKey key, String text, String origin) {
    texts.put(key, text);
    origins.put(key, origin);
  }

  /// @throws QuiverException `F0000` listing every problem, one a line
  public ServerConfig read() {
    ServerConfig config =
        new ServerConfig(
            Path.of(text(ConfigKey.DATA_DIR)).toAbsolutePath().normalize(),
            text(ConfigKey.LISTEN_ADDRESS),
            integer(ConfigKey.PORT, 0, 65_535),
            tls(),
            hostRules(),
            superuser(),
            integer(ConfigKey.MAX_CONNECTIONS, 1, 10_000),
            size(ConfigKey.QUERY_MEMORY, 1 << 20),
            integer(ConfigKey.SEGMENT_ROWS_MAX, 1_024, 16_000_000),
            size(ConfigKey.SEGMENT_BYTES_MAX, 1 << 20),
            retention(),
            truth(ConfigKey.AUTOMATIC_ANALYSIS),
            text(ConfigKey.LOG_LEVEL),
            cluster());
    if (!LOG_LEVELS.contains(config.logLevel())) {
      problem(ConfigKey.LOG_LEVEL);
    }
    if (!problems.isEmpty()) {
      throw QuiverException.ofMessage(SqlState.CONFIG_FILE_ERROR, String.join("\n", problems));
    }
    return config;
  }

  private ClusterConfig cluster() {
    Set<Role> roles = roles();
    Optional<HostPort> listen = hostPort(ConfigKey.RPC_ADDRESS);
    Optional<ClusterConfig.Stores> stores = stores();
    if (stores.isPresent() && text(ConfigKey.RPC_ADDRESS).isEmpty()) {
      problems.add("a node of a cluster needs \"rpc-address\"");
    }
    if (stores.isEmpty() && roles.size() < Role.values().length) {
      problems.add(
          "a node that does not have all roles needs \"metadata\", \"log\" and \"objects\"");
    }
    if (!NODE_NAME.matcher(text(ConfigKey.NODE_NAME)).matches()) {
      problem(ConfigKey.NODE_NAME);
    }
    String cacheDirectory = text(ConfigKey.CACHE_DIR);
    return new ClusterConfig(
        roles,
        text(ConfigKey.NODE_NAME),
        listen,
        hostPort(ConfigKey.RPC_ADVERTISE),
        nodeCertificate(),
        stores,
        channels(),
        integer(ConfigKey.REPLICAS, 1, 16),
        cacheDirectory.isEmpty()
            ? Path.of(text(ConfigKey.DATA_DIR)).resolve("cache")
            : Path.of(cacheDirectory),
        size(ConfigKey.CACHE_SIZE, 64 << 20));
  }

  private Optional<NodeCertificate> nodeCertificate() {
    List<Path> files =
        together(ConfigKey.RPC_TLS_CERTIFICATE, ConfigKey.RPC_TLS_KEY, ConfigKey.RPC_TLS_AUTHORITY);
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(new NodeCertificate(files.get(0), files.get(1), files.get(2)));
  }

  /// The files that keys name that are set together or not at all; empty if they are not.
  private List<Path> together(ConfigKey... keys) {
    List<Path> files =
        Stream.of(keys).map(this::text).filter(text -> !text.isEmpty()).map(Path::of).toList();
    if (files.isEmpty() || files.size() == keys.length) {
      return files;
    }
    problems.add(
        String.join(" and ", Stream.of(keys).map(key -> "\"" + key.key() + "\"").toList())
            + " are set together or not at all");
    return List.of();
  }

  private EtcdAccess etcdAccess() {
    List<Path> certificate = together(ConfigKey.METADATA_CERTIFICATE, ConfigKey.METADATA_KEY);
    List<Path> login = together(ConfigKey.METADATA_USER, ConfigKey.METADATA_PASSWORD_FILE);
    boolean isEncrypted = text(ConfigKey.METADATA).startsWith("etcds:");
    for (ConfigKey key : List.of(ConfigKey.METADATA_AUTHORITY, ConfigKey.METADATA_CERTIFICATE)) {
      if (!isEncrypted && !text(key).isEmpty()) {
        problems.add("\"" + key.key() + "\" needs \"metadata\" to begin with etcds://");
      }
    }
    return new EtcdAccess(
        file(ConfigKey.METADATA_AUTHORITY),
        certificate.isEmpty()
            ? Optional.empty()
            : Optional.of(new EtcdAccess.Certificate(certificate.get(0), certificate.get(1))),
        login.isEmpty()
            ? Optional.empty()
            : Optional.of(new EtcdAccess.Login(text(ConfigKey.METADATA_USER), login.get(1))));
  }

  /// What a file says Kafka's clients are to do about encryption and logins.
  private Map<String, String> logSecurity() {
    Optional<Path> file = file(ConfigKey.LOG_SECURITY_FILE);
    Map<String, String> security = new TreeMap<>();
    if (file.isEmpty()) {
      return security;
    }
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(String.join("\n", lines(file.get()))));
    } catch (IOException e) {
      problems.add(file.get() + ": cannot be read: " + reason(e));
    }
    for (String name : properties.stringPropertyNames()) {
      if (LOG_SECURITY.matcher(name).matches()) {
        security.put(name, properties.getProperty(name));
      } else {
        problems.add(
            file.get() + ": \"" + name + "\" is none of security.protocol, sasl.… and ssl.…");
      }
    }
    return security;
  }

  private Optional<Path> file(ConfigKey key) {
    return text(key).isEmpty() ? Optional.empty() : Optional.of(Path.of(text(key)));
  }

  private OptionalInt channels() {
    int count = integer(ConfigKey.CHANNELS, 0, ChannelMap.COUNT_MAX);
    return count == 0 ? OptionalInt.empty() : OptionalInt.of(count);
  }

  private Set<Role> roles() {
    String text = text(ConfigKey.ROLES);
    if (text.equals("all")) {
      return EnumSet.allOf(Role.class);
    }
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String part : text.split(",", -1)) {
      Optional<Role> role = Role.parse(part.strip());
      if (role.isEmpty()) {
        problem(ConfigKey.ROLES);
        return EnumSet.allOf(Role.class);
      }
      roles.add(role.get());
    }
    return roles;
  }

  private Optional<HostPort> hostPort(ConfigKey key) {
    String text = text(key);
    Optional<HostPort> address = HostPort.parse(text);
    if (address.isEmpty() && !text.isEmpty()) {
      problem(key);
    }
    return address;
  }

  private Optional<ClusterConfig.Stores> stores() {
    Optional<StoreLocation.Etcd> metadata =
        location(ConfigKey.METADATA, Set.of("etcd", "etcds"))
            .map(parts ->
                new StoreLocation.Etcd(
                    parts.hosts().stream()
                        .map(host -> URI.create(protocol(parts, "etcds") + host))
                        .toList(),
                    parts.path().isEmpty() ? "quiver/" : parts.path().replaceAll("/*$", "/"),
                    etcdAccess()));
    int replication = integer(ConfigKey.LOG_REPLICATION, 1, 15);
    int inSync = integer(ConfigKey.LOG_IN_SYNC, 1, replication);
    Optional<StoreLocation.Kafka> log =
        location(ConfigKey.LOG, Set.of("kafka"))
            .map(parts ->
                new StoreLocation.Kafka(
                    String.join(",", parts.hosts().stream().map(HostPort::toString).toList()),
                    parts.path().isEmpty() ? "quiver-" : parts.path(),
                    replication,
                    inSync,
                    logSecurity()));
    Optional<StoreLocation.S3> objects =
        location(ConfigKey.OBJECTS, Set.of("s3", "s3s")).flatMap(this::bucket);
    long given =
        Stream.of(ConfigKey.METADATA, ConfigKey.LOG, ConfigKey.OBJECTS)
            .filter(key -> !text(key).isEmpty())
            .count();
    if (given != 0 && given != 3) {
      problems.add("\"metadata\", \"log\" and \"objects\" are set together or not at all");
    }
    return metadata.isPresent() && log.isPresent() && objects.isPresent()
        ? Optional.of(new ClusterConfig.Stores(metadata.get(), log.get(), objects.get()))
        : Optional.empty();
  }

  private Optional<StoreLocation.S3> bucket(StoreLocation.Parts parts) {
    int slash = parts.path().indexOf('/');
    String bucket = slash < 0 ? parts.path() : parts.path().substring(0, slash);
    String root = slash < 0 ? "" : parts.path().substring(slash + 1).replaceAll("/+$", "");
    if (bucket.isEmpty() || parts.hosts().size() != 1) {
      problem(ConfigKey.OBJECTS);
      return Optional.empty();
    }
    if (text(ConfigKey.OBJECTS_ACCESS_KEY).isEmpty()
        || text(ConfigKey.OBJECTS_SECRET_KEY_FILE).isEmpty()) {
      problems.add("\"objects\" needs both \"objects-access-key\" and \"objects-secret-key-file\"");
      return Optional.empty();
    }
    return Optional.of(
        new StoreLocation.S3(
            URI.create(protocol(parts, "s3s") + parts.hosts().getFirst()),
            bucket,
            root.isEmpty() ? "" : root + "/",
            text(ConfigKey.OBJECTS_ACCESS_KEY),
            Path.of(text(ConfigKey.OBJECTS_SECRET_KEY_FILE))));
  }

  private static String protocol(StoreLocation.Parts parts, String encrypted) {
    return parts.scheme().equals(encrypted) ? "https://" : "http://";
  }

  private Optional<StoreLocation.Parts> location(ConfigKey key, Set<String> schemes) {
    String text = text(key);
    Optional<StoreLocation.Parts> parts =
        StoreLocation.Parts.parse(text).filter(each -> schemes.contains(each.scheme()));
    if (parts.isEmpty() && !text.isEmpty()) {
      problem(key);
    }
    return parts;
  }

  private Optional<TlsConfig> tls() {
    String certificate = text(ConfigKey.TLS_CERTIFICATE);
    String key = text(ConfigKey.TLS_KEY);
    String required = text(ConfigKey.TLS_REQUIRED);
    if (!required.equals("yes") && !required.equals("no")) {
      problem(ConfigKey.TLS_REQUIRED);
    }
    if (certificate.isEmpty() && key.isEmpty() && !required.equals("yes")) {
      return Optional.empty();
    }
    if (certificate.isEmpty() || key.isEmpty()) {
      problems.add("encryption needs both \"tls-certificate\" and \"tls-key\"");
      return Optional.empty();
    }
    String authority = text(ConfigKey.TLS_CLIENT_AUTHORITY);
    return Optional.of(
        new TlsConfig(
            Path.of(certificate),
            Path.of(key),
            required.equals("yes"),
            authority.isEmpty() ? Optional.empty() : Optional.of(Path.of(authority))));
  }

  private HostRules hostRules() {
    String file = text(ConfigKey.HOST_RULES);
    if (file.isEmpty()) {
      return HostRules.standard();
    }
    try {
      HostRules rules = HostRules.parse(lines(Path.of(file)), file);
      if (rules.asksForCertificates() && text(ConfigKey.TLS_CLIENT_AUTHORITY).isEmpty()) {
        problems.add(file + ": certificates of clients need \"tls-client-authority\"");
      }
      return rules;
    } catch (IOException e) {
      problems.add(file + ": cannot be read: " + reason(e));
    } catch (QuiverException e) {
      problems.add(e.message());
    }
    return HostRules.standard();
  }

  private static List<String> lines(Path file) throws IOException {
    if (Files.size(file) > FILE_SIZE_BYTES_MAX) {
      throw new IOException("larger than 1 MiB");
    }
    return Files.readAllLines(file);
  }

  private boolean truth(ConfigKey key) {
    String text = text(key);
    if (!text.equals("yes") && !text.equals("no")) {
      problem(key);
    }
    return text.equals("yes");
  }

  private Duration retention() {
    Matcher parts = DURATION.matcher(text(ConfigKey.HISTORY_RETENTION));
    if (parts.matches()) {
      Duration retention = Duration.of(Long.parseLong(parts.group(1)), UNITS.get(parts.group(2)));
      if (retention.compareTo(RETENTION_MIN) >= 0 && retention.compareTo(RETENTION_MAX) <= 0) {
        return retention;
      }
    }
    problem(ConfigKey.HISTORY_RETENTION);
    return RETENTION_MIN;
  }

  private String superuser() {
    String name = text(ConfigKey.SUPERUSER);
    if (name.isEmpty() || name.startsWith("pg_") || name.equals("public") || name.equals("none")) {
      problem(ConfigKey.SUPERUSER);
    }
    return name;
  }

  private String text(ConfigKey key) {
    return texts.getOrDefault(key, key.defaultText());
  }

  private int integer(ConfigKey key, int min, int max) {
    try {
      int value = Integer.parseInt(text(key));
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below with the accepted form.
    }
    problem(key);
    return min;
  }

  private ByteSize size(ConfigKey key, long min) {
    Optional<ByteSize> size = ByteSize.parse(text(key));
    if (size.isEmpty() || size.get().bytes() < min) {
      problem(key);
      return new ByteSize(min);
    }
    return size.get();
  }

  private void problem(ConfigKey key) {
    problems.add(
        origins.getOrDefault(key, "default")
            + ": \""
            + text(key)
            + "\" is not valid for \""
            + key.key()
            + "\": "
            + key.meaning());
  }

  private static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "it does not exist";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }
}
