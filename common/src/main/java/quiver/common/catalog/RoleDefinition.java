package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A role: a user, a group, or both.
///
/// @param id also `pg_authid.oid`
/// @param connectionLimit sessions at once; -1: no limit
/// @param verifier what a password is checked with, `SCRAM-SHA-256$…` of RFC 5803; empty: no
///   password opens a session
/// @param validUntilMicros when the password expires: microseconds since 2000-01-01 UTC
/// @param settings values its sessions begin with, in the order they were set
public record RoleDefinition(
    long id,
    String name,
    Attributes attributes,
    int connectionLimit,
    Optional<String> verifier,
    Optional<Long> validUntilMicros,
    Map<String, String> settings)
    implements CatalogObject {
  /// The role that is there from the start.
  public static final long BOOTSTRAP_ID = 10;

  /// Stands for everybody where privileges are granted.
  public static final long PUBLIC_ID = 0;

  public RoleDefinition {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /// What a role may do besides what is granted to it.
  public record Attributes(
      boolean superuser,
      boolean inherit,
      boolean createRole,
      boolean createDatabase,
      boolean login,
      boolean bypassRowSecurity) {
    /// What CREATE ROLE gives without options.
    public static final Attributes DEFAULT =
        new Attributes(false, true, false, false, false, false);

    static final Attributes BOOTSTRAP = new Attributes(true, true, true, true, true, true);
  }

  /// The role a new server has.
  public static RoleDefinition bootstrap(String name) {
    return new RoleDefinition(
        BOOTSTRAP_ID, name, Attributes.BOOTSTRAP, -1, Optional.empty(), Optional.empty(), Map.of());
  }

  public RoleDefinition withName(String newName) {
    return new RoleDefinition(
        id, newName, attributes, connectionLimit, verifier, validUntilMicros, settings);
  }

  public RoleDefinition withSettings(Map<String, String> newSettings) {
    return new RoleDefinition(
        id, name, attributes, connectionLimit, verifier, validUntilMicros, newSettings);
  }
}
