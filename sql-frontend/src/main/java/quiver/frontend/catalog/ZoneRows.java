package quiver.frontend.catalog;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import quiver.common.format.DateTimes;
import quiver.common.format.TimeZones;
import quiver.common.value.Interval;

/// `pg_timezone_names` and `pg_timezone_abbrevs`.
final class ZoneRows {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private ZoneRows() {}

  static void names(RowSet rows, long nowMicros) {
    Instant now =
        Instant.ofEpochSecond(
            Math.floorDiv(nowMicros, MICROS_PER_SECOND) + DateTimes.EPOCH_SECONDS);
    for (String name : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      if (name.startsWith("SystemV/")) {
        continue;
      }
      ZoneId zone = ZoneId.of(name);
      ZoneOffset offset = zone.getRules().getOffset(now);
      boolean summer = !zone.getRules().getDaylightSavings(now).equals(Duration.ZERO);
      rows.add(
          "name",
          name,
          "abbrev",
          abbreviation(zone, offset, summer),
          "utc_offset",
          interval(offset.getTotalSeconds()),
          "is_dst",
          summer);
    }
  }

  /// The name in use where PostgreSQL knows it, else the displacement.
  private static String abbreviation(ZoneId zone, ZoneOffset offset, boolean summer) {
    String name = TimeZone.getTimeZone(zone).getDisplayName(summer, TimeZone.SHORT, Locale.ENGLISH);
    Integer known = TimeZones.abbreviations().get(name.toLowerCase(Locale.ROOT));
    if (known != null && known == offset.getTotalSeconds()) {
      return name;
    }
    int minutes = Math.abs(offset.getTotalSeconds()) / 60;
    String hours =
        String.format(
            Locale.ROOT, "%s%02d", offset.getTotalSeconds() < 0 ? "-" : "+", minutes / 60);
    return minutes % 60 == 0 ? hours : hours + String.format(Locale.ROOT, "%02d", minutes % 60);
  }

  static void abbreviations(RowSet rows) {
    for (Map.Entry<String, Integer> entry : new TreeMap<>(TimeZones.abbreviations()).entrySet()) {
      rows.add(
          "abbrev", entry.getKey().toUpperCase(Locale.ROOT),
          "utc_offset", interval(entry.getValue()),
          "is_dst", TimeZones.isSummer(entry.getKey()));
    }
  }

  private static Interval interval(int seconds) {
    return new Interval(0, 0, seconds * MICROS_PER_SECOND);
  }
}
