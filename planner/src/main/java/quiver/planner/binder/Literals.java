package quiver.planner.binder;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import quiver.common.format.DateOrder;
import quiver.common.format.FormatSettings;
import quiver.common.format.IntervalStyle;
import quiver.common.format.TextFormat;
import quiver.common.format.TimeZones;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.context.PlanningContext;

/// Quoted literals as values, and values as literals.
public final class Literals {
  private final FormatSettings settings;

  public Literals(PlanningContext context) {
    ZoneId zone =
        Optional.ofNullable(context.settings().get("timezone"))
            .map(TimeZones::ofSetting)
            .orElse(ZoneOffset.UTC);
    this.settings =
        FormatSettings.DEFAULT
            .withZone(zone)
            .withDateOrder(DateOrder.of(context.settings().getOrDefault("datestyle", "")))
            .withIntervalStyle(
                IntervalStyle.of(context.settings().getOrDefault("intervalstyle", "")));
  }

  /// The value of a literal, empty when it can only be known at execution: names of objects, words
  /// like `now` and `today`.
  public Optional<Object> parse(String text, SqlType type) {
    boolean open =
        switch (type.base()) {
          case DATE, TIME, TIMETZ, TIMESTAMP, TIMESTAMPTZ -> hasRelativeWord(text);
          case REGCLASS,
              REGPROC,
              REGPROCEDURE,
              REGOPER,
              REGOPERATOR,
              REGTYPE,
              REGNAMESPACE,
              REGROLE,
              REGCOLLATION,
              REGCONFIG,
              REGDICTIONARY ->
              true;
          default -> false;
        };
    return open ? Optional.empty() : Optional.of(TextFormat.parse(type, text, settings));
  }

  private static boolean hasRelativeWord(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("now")
        || lower.contains("today")
        || lower.contains("tomorrow")
        || lower.contains("yesterday");
  }

  /// The text of a value as it is kept in definitions, independent of the session.
  static String canonicalText(Object value, SqlType type) {
    FormatSettings canonical = FormatSettings.DEFAULT.withIntervalStyle(IntervalStyle.POSTGRES);
    return type.base() == BaseType.BOOL && !type.array()
        ? ((Boolean) value ? "true" : "false")
        : TextFormat.format(type, value, canonical);
  }
}
