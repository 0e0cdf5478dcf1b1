package quiver.execution.function.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Interval;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;
import quiver.execution.function.SessionContext;
import quiver.execution.function.SessionContext.AdvisoryLocks;
import quiver.execution.function.SetFunction;

/// Functions about the session: identity, settings, sequences, signals, advisory locks.
public final class SessionFunctions {
  /// The PostgreSQL version whose catalogs and syntax we follow.
  private static final String POSTGRES_VERSION = "15.0";

  private static final int UTF8 = 6;

  private SessionFunctions() {}

  public static void addTo(FunctionTable table) {
    identity(table);
    settings(table);
    sequences(table);
    signals(table);
    advisoryLocks(table);
    encodings(table);
  }

  private static void identity(FunctionTable table) {
    table
        .all(
            "version",
            (context, _) ->
                "PostgreSQL "
                    + POSTGRES_VERSION
                    + " (Quiver "
                    + context.session().productVersion()
                    + ") on the JVM, 64-bit")
        .all("current_query", (context, _) -> context.session().currentQuery())
        .all("current_database", (context, _) -> context.session().state().database())
        .all("current_user", (context, _) -> context.session().state().user())
        .all(
            "session_user",
            (context, _) ->
                context
                    .session()
                    .state()
                    .settings()
                    .getOrDefault("session_authorization", context.session().state().user()))
        .all(
            "current_schema",
            (context, _) ->
                new CatalogNames(context.session())
                    .currentSchemas(false).stream().findFirst().orElse(null))
        .all(
            "current_schemas",
            (context, arguments) ->
                ArrayValue.of(
                    BaseType.NAME,
                    new CatalogNames(context.session())
                        .currentSchemas((Boolean) value(arguments, 0))
                        .toArray()))
        .all("pg_backend_pid", (context, _) -> (long) context.session().state().backendPid())
        .all("pg_is_in_recovery", (_, _) -> false)
        .all("txid_current", (context, _) -> context.session().state().transactionMicros())
        .all(
            "txid_current_if_assigned",
            (context, _) -> context.session().state().transactionMicros())
        .all("pg_current_xact_id", (context, _) -> context.session().state().transactionMicros())
        .all(
            "pg_current_xact_id_if_assigned",
            (context, _) -> context.session().state().transactionMicros())
        .all("getpgusername", (context, _) -> context.session().state().user())
        .all("pg_last_wal_receive_lsn", (_, _) -> null)
        .all("pg_last_wal_replay_lsn", (_, _) -> null)
        .all("pg_last_xact_replay_timestamp", (_, _) -> null)
        .all("pg_relation_filepath", (_, _) -> null)
        .all("pg_collation_actual_version", (_, _) -> null)
        .all("pg_database_collation_actual_version", (_, _) -> null)
        .all("pg_safe_snapshot_blocking_pids", (_, _) -> ArrayValue.empty(BaseType.INT4))
        .all("pg_stat_clear_snapshot", (_, _) -> "")
        .all("pg_postmaster_start_time", (context, _) -> context.session().serverStartMicros())
        .all("pg_conf_load_time", (context, _) -> context.session().serverStartMicros())
        .all("inet_server_port", (_, _) -> null)
        .all("inet_client_port", (_, _) -> null)
        .all("pg_my_temp_schema", (context, _) -> temporarySchema(context))
        .all(
            "pg_is_other_temp_schema",
            (context, arguments) ->
                context.session().catalog().schemas().stream()
                    .filter(schema -> SchemaDefinition.isTemporary(schema.name()))
                    .filter(schema -> schema.id() != temporarySchema(context))
                    .anyMatch(schema -> value(arguments, 0).equals(schema.id())))
        .all("pg_jit_available", (_, _) -> false)
        .all("pg_trigger_depth", (_, _) -> 0L)
        .all("pg_blocking_pids", (_, _) -> ArrayValue.empty(BaseType.INT4))
        .all("pg_notify", SessionFunctions::notify);
  }

  /// The OID of the schema of the session's temporary objects; 0: there is none.
  private static long temporarySchema(FunctionContext context) {
    return context
        .session()
        .catalog()
        .schema(context.session().state().temporarySchema())
        .map(SchemaDefinition::id)
        .orElse(0L);
  }

  private static double seconds(Interval interval) {
    long days = interval.months() * 30L + interval.days();
    return Math.max(0, days * 86_400.0 + interval.micros() / 1e6);
  }

  private static Object notify(FunctionContext context, @Nullable Object[] arguments) {
    String channel = text(arguments, 0);
    String payload = text(arguments, 1);
    context.session().notify(channel == null ? "" : channel, payload == null ? "" : payload);
    return "";
  }

  private static void settings(FunctionTable table) {
    table
        .one(
            "current_setting(text)",
            (context, arguments) -> setting(context, text(arguments, 0), false))
        .one(
            "current_setting(text,bool)",
            (context, arguments) ->
                setting(context, text(arguments, 0), (Boolean) value(arguments, 1)))
        .all(
            "set_config",
            (context, arguments) -> {
              if (arguments[0] == null) {
                throw new QuiverException(
                    SqlState.NULL_VALUE_NOT_ALLOWED, "SET requires parameter name");
              }
              return context
                  .session()
                  .setSetting(
                      text(arguments, 0),
                      arguments[1] == null ? "" : text(arguments, 1),
                      arguments[2] != null && (Boolean) arguments[2]);
            })
        .all(
            "pg_sleep_for",
            (context, arguments) -> {
              context.session().sleep(seconds((Interval) value(arguments, 0)));
              return "";
            })
        .all(
            "pg_sleep_until",
            (context, arguments) -> {
              long wait = (Long) value(arguments, 0) - context.session().clockMicros();
              context.session().sleep(Math.max(0, wait) / 1e6);
              return "";
            })
        .all(
            "pg_sleep",
            (context, arguments) -> {
              context.session().sleep((Double) value(arguments, 0));
              return "";
            });
  }

  private static @Nullable Object setting(FunctionContext context, String name, boolean missingOk) {
    Optional<String> value = context.session().setting(name.toLowerCase(Locale.ROOT));
    if (value.isEmpty() && !missingOk) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"%s\"", name);
    }
    return value.orElse(null);
  }

  private static void sequences(FunctionTable table) {
    table
        .all(
            "nextval",
            (context, arguments) -> {
              SequenceDefinition sequence = sequence(context.session(), number(arguments, 0));
              return context.session().nextSequenceValue(sequence.id());
            })
        .all(
            "currval",
            (context, arguments) -> {
              SequenceDefinition sequence = sequence(context.session(), number(arguments, 0));
              return context
                  .session()
                  .currentSequenceValue(sequence.id())
                  .orElseThrow(() ->
                      new QuiverException(
                          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                          "currval of sequence \"%s\" is not yet defined in this session",
                          sequence.name()));
            })
        .all(
            "lastval",
            (context, _) ->
                context
                    .session()
                    .lastSequenceValue()
                    .orElseThrow(() ->
                        new QuiverException(
                            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                            "lastval is not yet defined in this session")))
        .all(
            "setval",
            (context, arguments) -> {
              SequenceDefinition sequence = sequence(context.session(), number(arguments, 0));
              long value = number(arguments, 1);
              if (value < sequence.min() || value > sequence.max()) {
                throw new QuiverException(
                    SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
                    "setval: value %d is out of bounds for sequence \"%s\" (%d..%d)",
                    value,
                    sequence.name(),
                    sequence.min(),
                    sequence.max());
              }
              boolean isCalled = arguments.length < 3 || (Boolean) value(arguments, 2);
              context.session().setSequenceValue(sequence.id(), value, isCalled);
              return value;
            })
        .all(
            "pg_sequence_last_value",
            (context, arguments) -> {
              SequenceDefinition sequence = sequence(context.session(), number(arguments, 0));
              SessionContext.SequencePosition position =
                  context.session().sequencePosition(sequence.id());
              return position.isCalled() ? (Long) position.value() : null;
            });
  }

  /// The set-returning functions about sequences, by signature key.
  public static Map<String, SetFunction> sets() {
    return Map.of(
        "quiver_sequence_state(oid)",
        (context, arguments) -> {
          SessionContext.SequencePosition position =
              context.session().sequencePosition(number(arguments, 0));
          return List.<@Nullable Object[]>of(
                  new @Nullable Object[] {
                    position.value(), position.reserved(), position.isCalled()
                  })
              .iterator();
        });
  }

  /// @throws QuiverException `42809` when the relation is not a sequence
  static SequenceDefinition sequence(SessionContext session, long oid) {
    return session
        .catalog()
        .sequence(oid)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.WRONG_OBJECT_TYPE,
                "\"%s\" is not a sequence",
                new CatalogNames(session)
                    .relation(oid)
                    .map(CatalogNames.Relation::name)
                    .orElse(String.valueOf(oid))));
  }

  private static void signals(FunctionTable table) {
    table
        .all(
            "pg_cancel_backend",
            (context, arguments) ->
                context.session().signalBackend((int) number(arguments, 0), false))
        .all(
            "pg_terminate_backend",
            (context, arguments) ->
                context.session().signalBackend((int) number(arguments, 0), true));
  }

  private static void advisoryLocks(FunctionTable table) {
    for (boolean shared : new boolean[] {false, true}) {
      String suffix = shared ? "_shared" : "";
      for (boolean transaction : new boolean[] {false, true}) {
        String infix = transaction ? "advisory_xact_lock" : "advisory_lock";
        table
            .all(
                "pg_" + infix + suffix,
                (context, arguments) -> {
                  locks(context).lock(key(arguments), shared, transaction, true);
                  return "";
                })
            .all(
                "pg_try_" + infix + suffix,
                (context, arguments) ->
                    locks(context).lock(key(arguments), shared, transaction, false));
      }
      table.all(
          "pg_advisory_unlock" + suffix,
          (context, arguments) -> locks(context).unlock(key(arguments), shared));
    }
    table.all(
        "pg_advisory_unlock_all",
        (context, _) -> {
          locks(context).unlockAll();
          return "";
        });
  }

  private static AdvisoryLocks locks(FunctionContext context) {
    return context.session().advisoryLocks();
  }

  /// One bigint, or two integers side by side.
  private static long key(@Nullable Object[] arguments) {
    return arguments.length == 1
        ? number(arguments, 0)
        : (number(arguments, 0) << 32) | (number(arguments, 1) & 0xffff_ffffL);
  }

  private static void encodings(FunctionTable table) {
    table
        .all("pg_client_encoding", (_, _) -> "UTF8")
        .all("getdatabaseencoding", (_, _) -> "UTF8")
        .all(
            "pg_char_to_encoding",
            (_, arguments) ->
                text(arguments, 0).replace("-", "").equalsIgnoreCase("UTF8") ? (long) UTF8 : -1L)
        .all("pg_encoding_to_char", (_, arguments) -> number(arguments, 0) == UTF8 ? "UTF8" : "");
  }

  static Object value(@Nullable Object[] arguments, int index) {
    Object value = arguments[index];
    if (value == null) {
      throw new IllegalArgumentException("a strict function was called with NULL");
    }
    return value;
  }

  static String text(@Nullable Object[] arguments, int index) {
    return (String) value(arguments, index);
  }

  static long number(@Nullable Object[] arguments, int index) {
    return (Long) value(arguments, index);
  }
}
