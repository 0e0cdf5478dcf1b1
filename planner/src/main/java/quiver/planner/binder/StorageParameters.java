package quiver.planner.binder;

import java.util.Map;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Option;

/// PostgreSQL's storage parameters of tables. They steer how full pages get and when they are
/// vacuumed; there are neither pages nor a vacuum here, so that every value holds. Names and values
/// are checked. Source: PostgreSQL 15, CREATE TABLE, Storage Parameters.
final class StorageParameters {
  private record Range(int min, int max) {}

  private static final Set<String> FLAGS =
      Set.of("autovacuum_enabled", "vacuum_truncate", "user_catalog_table");

  private static final Set<String> FRACTIONS =
      Set.of(
          "autovacuum_vacuum_scale_factor",
          "autovacuum_vacuum_insert_scale_factor",
          "autovacuum_analyze_scale_factor",
          "autovacuum_vacuum_cost_delay");

  private static final Map<String, Range> INTEGERS =
      Map.ofEntries(
          Map.entry("fillfactor", new Range(10, 100)),
          Map.entry("toast_tuple_target", new Range(128, 8_160)),
          Map.entry("parallel_workers", new Range(0, 1_024)),
          Map.entry("autovacuum_vacuum_threshold", new Range(0, Integer.MAX_VALUE)),
          Map.entry("autovacuum_vacuum_insert_threshold", new Range(-1, Integer.MAX_VALUE)),
          Map.entry("autovacuum_analyze_threshold", new Range(0, Integer.MAX_VALUE)),
          Map.entry("autovacuum_vacuum_cost_limit", new Range(1, 10_000)),
          Map.entry("autovacuum_freeze_min_age", new Range(0, 1_000_000_000)),
          Map.entry("autovacuum_freeze_max_age", new Range(100_000, 2_000_000_000)),
          Map.entry("autovacuum_freeze_table_age", new Range(0, 2_000_000_000)),
          Map.entry("autovacuum_multixact_freeze_min_age", new Range(0, 1_000_000_000)),
          Map.entry("autovacuum_multixact_freeze_max_age", new Range(10_000, 2_000_000_000)),
          Map.entry("autovacuum_multixact_freeze_table_age", new Range(0, 2_000_000_000)),
          Map.entry("log_autovacuum_min_duration", new Range(-1, Integer.MAX_VALUE)));

  /// Parameters of the table itself, not of what is stored aside for it.
  private static final Set<String> OWN =
      Set.of("fillfactor", "toast_tuple_target", "parallel_workers", "user_catalog_table");

  private StorageParameters() {}

  /// Checks a parameter.
  ///
  /// @throws QuiverException `22023` for an unknown name or a value out of bounds
  static void check(Option option) {
    String name = option.name();
    int dot = name.indexOf('.');
    if (dot >= 0 && !name.substring(0, dot).equals("toast")) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "unrecognized parameter namespace \"%s\"",
          name.substring(0, dot));
    }
    Option plain = new Option(name.substring(dot + 1), option.value(), option.position());
    if (dot >= 0 && OWN.contains(plain.name())) {
      throw unknown(plain);
    }
    Range range = INTEGERS.get(plain.name());
    if (range != null) {
      OptionValues.integer(plain, range.min(), range.max());
    } else if (FRACTIONS.contains(plain.name())) {
      OptionValues.number(plain, 0, 100);
    } else if (FLAGS.contains(plain.name())) {
      OptionValues.flag(plain);
    } else if (plain.name().equals("vacuum_index_cleanup")) {
      checkCleanup(plain);
    } else {
      throw unknown(plain);
    }
  }

  /// Checks `oids` of CREATE TABLE: old scripts say that there are none.
  static void checkOids(Option option) {
    if (OptionValues.flag(option)) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED, "tables declared WITH OIDS are not supported");
    }
  }

  private static void checkCleanup(Option option) {
    String text = option.text();
    if (text != null && text.equalsIgnoreCase("auto")) {
      return;
    }
    try {
      OptionValues.flag(option);
    } catch (QuiverException e) {
      throw OptionValues.invalid("enum", option)
          .withDetail("Valid values are \"on\", \"off\", and \"auto\".")
          .withCause(e);
    }
  }

  private static QuiverException unknown(Option option) {
    return new QuiverException(
        SqlState.INVALID_PARAMETER_VALUE, "unrecognized parameter \"%s\"", option.name());
  }
}
