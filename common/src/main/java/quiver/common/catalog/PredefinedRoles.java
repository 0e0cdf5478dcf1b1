package quiver.common.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The roles PostgreSQL 15 has from the start, with its OIDs.
public final class PredefinedRoles {
  /// The owner of the database is a member of it.
  public static final long DATABASE_OWNER = 6171;

  public static final long READ_ALL_DATA = 6181;
  public static final long WRITE_ALL_DATA = 6182;
  public static final long MONITOR = 3373;
  public static final long READ_ALL_SETTINGS = 3374;
  public static final long READ_ALL_STATS = 3375;
  public static final long STAT_SCAN_TABLES = 3377;
  public static final long SIGNAL_BACKEND = 4200;

  static final List<RoleDefinition> ROLES =
      List.of(
          role(DATABASE_OWNER, "pg_database_owner"),
          role(READ_ALL_DATA, "pg_read_all_data"),
          role(WRITE_ALL_DATA, "pg_write_all_data"),
          role(MONITOR, "pg_monitor"),
          role(READ_ALL_SETTINGS, "pg_read_all_settings"),
          role(READ_ALL_STATS, "pg_read_all_stats"),
          role(STAT_SCAN_TABLES, "pg_stat_scan_tables"),
          role(4569, "pg_read_server_files"),
          role(4570, "pg_write_server_files"),
          role(4571, "pg_execute_server_program"),
          role(SIGNAL_BACKEND, "pg_signal_backend"),
          role(4544, "pg_checkpoint"));

  static final List<RoleMembership> MEMBERSHIPS =
      List.of(
          membership(1, READ_ALL_SETTINGS),
          membership(2, READ_ALL_STATS),
          membership(3, STAT_SCAN_TABLES));

  /// PostgreSQL 15's `public`: everybody may use it, and only the owner of the database makes
  /// objects in it.
  static final ObjectAccess PUBLIC_SCHEMA =
      ObjectAccess.ownedBy(DATABASE_OWNER, SecurityCatalog.PUBLIC_SCHEMA_ID)
          .withAcl(
              List.of(
                  new AclItem(DATABASE_OWNER, DATABASE_OWNER, SecuredKind.SCHEMA.all(), 0),
                  new AclItem(RoleDefinition.PUBLIC_ID, DATABASE_OWNER, Privilege.USAGE.bit(), 0)));

  private PredefinedRoles() {}

  /// Whether a role was there from the start.
  public static boolean isPredefined(long roleId) {
    return ROLES.stream().anyMatch(role -> role.id() == roleId);
  }

  private static RoleDefinition role(long id, String name) {
    return new RoleDefinition(
        id,
        name,
        RoleDefinition.Attributes.DEFAULT,
        -1,
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static RoleMembership membership(long id, long roleId) {
    return new RoleMembership(id, roleId, MONITOR, RoleDefinition.BOOTSTRAP_ID, false);
  }
}
