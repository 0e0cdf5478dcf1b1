package quiver.frontend.catalog;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.Extension;
import quiver.common.catalog.PredefinedRoles;
import quiver.common.catalog.SecuredKind;
import quiver.common.security.Authority;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.NetworkAddress;
import quiver.frontend.activity.SessionActivity;
import quiver.frontend.activity.SessionView.CursorRow;
import quiver.frontend.activity.SessionView.PreparedStatementRow;
import quiver.frontend.activity.SettingRow;

/// Relations about the server: databases, roles, extensions, sessions and settings.
final class ServerRows {
  private static final int UTF8 = 6;

  private final SystemState state;

  ServerRows(SystemState state) {
    this.state = state;
  }

  void databases(RowSet rows) {
    rows.add(
        "oid",
        SystemState.DATABASE_OID,
        "datname",
        state.database(),
        "datdba",
        state.owner(SystemState.DATABASE_OID),
        "datacl",
        state.acl(SecuredKind.DATABASE, SystemState.DATABASE_OID),
        "encoding",
        UTF8,
        "datlocprovider",
        "c",
        "datistemplate",
        false,
        "datallowconn",
        true,
        "datconnlimit",
        -1,
        "datfrozenxid",
        0,
        "datminmxid",
        1,
        "dattablespace",
        1_663,
        "datcollate",
        "C",
        "datctype",
        "C");
  }

  void extensions(RowSet rows) {
    for (Extension extension : Extension.values()) {
      rows.add(
          "oid",
          extension.oid(),
          "extname",
          extension.extensionName(),
          "extowner",
          SystemState.SUPERUSER_OID,
          "extnamespace",
          2_200,
          "extrelocatable",
          false,
          "extversion",
          extension.version());
    }
  }

  void availableExtensions(RowSet rows) {
    for (Extension extension : Extension.values()) {
      rows.add(
          "name",
          extension.extensionName(),
          "default_version",
          extension.version(),
          "installed_version",
          extension.version(),
          "comment",
          extension.comment());
    }
  }

  void extensionVersions(RowSet rows) {
    for (Extension extension : Extension.values()) {
      rows.add(
          "name", extension.extensionName(),
          "version", extension.version(),
          "installed", true,
          "superuser", true,
          "trusted", false,
          "relocatable", true,
          "comment", extension.comment());
    }
  }

  /// How many sessions there are; nothing else is counted by database.
  void databaseStatistics(RowSet rows) {
    rows.add(
        "datid", SystemState.DATABASE_OID,
        "datname", state.database(),
        "numbackends", state.sessions().sessions().size());
  }

  /// When the newest statement began: the one that asks, or one beside it.
  long nowMicros() {
    return state.sessions().sessions().stream()
        .map(SessionActivity::queryStartMicros)
        .filter(Objects::nonNull)
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  static void tablespaces(RowSet rows) {
    rows.add("oid", 1_663, "spcname", "pg_default", "spcowner", SystemState.SUPERUSER_OID);
    rows.add("oid", 1_664, "spcname", "pg_global", "spcowner", SystemState.SUPERUSER_OID);
  }

  static void languages(RowSet rows) {
    rows.add(
        "oid",
        12,
        "lanname",
        "internal",
        "lanowner",
        SystemState.SUPERUSER_OID,
        "lanispl",
        false,
        "lanpltrusted",
        false,
        "lanplcallfoid",
        0,
        "laninline",
        0,
        "lanvalidator",
        0);
  }

  static void collations(RowSet rows) {
    collation(rows, 100, "default", "d");
    collation(rows, 950, "C", "c");
    collation(rows, 951, "POSIX", "c");
  }

  private static void collation(RowSet rows, int oid, String name, String provider) {
    rows.add(
        "oid",
        oid,
        "collname",
        name,
        "collnamespace",
        SystemState.PG_CATALOG_OID,
        "collowner",
        SystemState.SUPERUSER_OID,
        "collprovider",
        provider,
        "collisdeterministic",
        true,
        "collencoding",
        -1,
        "collcollate",
        provider.equals("d") ? null : "C",
        "collctype",
        provider.equals("d") ? null : "C");
  }

  void settings(RowSet rows) {
    for (SettingRow setting : state.session().settings()) {
      rows.add(
          "name", setting.name(),
          "setting", setting.value(),
          "unit", setting.unit(),
          "category", setting.category(),
          "short_desc", setting.description(),
          "context", setting.context(),
          "vartype", setting.type(),
          "source", setting.source(),
          "min_val", setting.min(),
          "max_val", setting.max(),
          "enumvals", choices(setting),
          "boot_val", setting.bootValue(),
          "reset_val", setting.resetValue(),
          "pending_restart", false);
    }
  }

  private static @Nullable ArrayValue choices(SettingRow setting) {
    return setting.choices() == null
        ? null
        : ArrayValue.of(BaseType.TEXT, setting.choices().toArray());
  }

  void activity(RowSet rows) {
    Authority authority = new Authority(state.catalog());
    long own = state.catalog().security().role(state.user()).map(role -> role.id()).orElse(-1L);
    for (SessionActivity session : state.sessions().sessions()) {
      boolean isShown =
          authority.hasPrivilegesOf(own, PredefinedRoles.READ_ALL_STATS)
              || state
                  .catalog()
                  .security()
                  .role(session.user())
                  .filter(role -> authority.hasPrivilegesOf(own, role.id()))
                  .isPresent();
      if (!isShown) {
        rows.add(
            "datid", SystemState.DATABASE_OID,
            "datname", session.database(),
            "pid", session.pid(),
            "usesysid",
                state.catalog().security().role(session.user()).map(role -> role.id()).orElse(0L),
            "usename", session.user(),
            "application_name", session.applicationName(),
            "query", "<insufficient privilege>");
        continue;
      }
      rows.add(
          "datid", SystemState.DATABASE_OID,
          "datname", session.database(),
          "pid", session.pid(),
          "usesysid", state.catalog().security().role(session.user()).map(r -> r.id()).orElse(0L),
          "usename", session.user(),
          "application_name", session.applicationName(),
          "client_addr", address(session.clientAddress()),
          "client_port", session.clientPort(),
          "backend_start", session.backendStartMicros(),
          "xact_start", session.transactionStartMicros(),
          "query_start", session.queryStartMicros(),
          "state_change", session.stateChangeMicros(),
          "state", session.state(),
          "query", session.query(),
          "backend_type", "client backend");
    }
  }

  /// Null for a client without one.
  private static @Nullable NetworkAddress address(@Nullable String text) {
    return text == null ? null : NetworkAddress.parse(text, false).orElse(null);
  }

  void preparedStatements(RowSet rows) {
    for (PreparedStatementRow statement : state.session().preparedStatements()) {
      rows.add(
          "name", statement.name(),
          "statement", statement.statement(),
          "prepare_time", statement.prepareTimeMicros(),
          "parameter_types",
              ArrayValue.of(
                  BaseType.REGTYPE,
                  statement.parameterTypeOids().stream().map(oid -> (Object) (long) oid).toArray()),
          "from_sql", statement.fromSql(),
          "generic_plans", statement.genericPlans(),
          "custom_plans", statement.customPlans());
    }
  }

  void cursors(RowSet rows) {
    for (CursorRow cursor : state.session().cursors()) {
      rows.add(
          "name", cursor.name(),
          "statement", cursor.statement(),
          "is_holdable", cursor.holdable(),
          "is_binary", cursor.binary(),
          "is_scrollable", cursor.scrollable(),
          "creation_time", cursor.creationTimeMicros());
    }
  }
}
