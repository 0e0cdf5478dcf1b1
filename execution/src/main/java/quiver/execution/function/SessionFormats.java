package quiver.execution.function;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import quiver.common.format.ByteaOutput;
import quiver.common.format.DateOrder;
import quiver.common.format.DateStyle;
import quiver.common.format.FormatSettings;
import quiver.common.format.IntervalStyle;
import quiver.common.format.TimeZones;
import quiver.common.plan.SessionState;

/// The format settings of a session, from its settings by name. Unset ones have PostgreSQL's
/// defaults.
public final class SessionFormats {
  private SessionFormats() {}

  /// Names of catalog objects are not known ([quiver.common.format.ObjectNames#TYPES_ONLY]); who
  /// knows the catalog adds them with [FormatSettings#withNames].
  public static FormatSettings of(SessionContext session) {
    return of(session.state());
  }

  public static FormatSettings of(SessionState state) {
    return of(state.settings(), state.transactionMicros());
  }

  /// @param settings values by lower-case name
  /// @param nowMicros start of the transaction, microseconds since 2000-01-01 UTC
  public static FormatSettings of(Map<String, String> settings, long nowMicros) {
    String zone = settings.get("timezone");
    ZoneId zoneId = zone == null ? ZoneOffset.UTC : TimeZones.ofSetting(zone);
    String dates = settings.getOrDefault("datestyle", "");
    ByteaOutput bytea =
        settings.getOrDefault("bytea_output", "hex").equalsIgnoreCase("escape")
            ? ByteaOutput.ESCAPE
            : ByteaOutput.HEX;
    return new FormatSettings(
        zoneId,
        DateStyle.of(dates),
        DateOrder.of(dates),
        IntervalStyle.of(settings.getOrDefault("intervalstyle", "")),
        Integer.parseInt(settings.getOrDefault("extra_float_digits", "1")),
        bytea,
        nowMicros,
        quiver.common.format.ObjectNames.TYPES_ONLY);
  }
}
