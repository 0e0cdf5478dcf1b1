package quiver.frontend.catalog;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import quiver.common.format.DateTimes;
import quiver.common.format.NamedZone;
import quiver.common.format.TimeZones;
import quiver.common.format.ZoneAbbreviations;
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
          ZoneAbbreviations.of(zone, offset.getTotalSeconds(), nowMicros),
          "utc_offset",
          interval(offset.getTotalSeconds()),
          "is_dst",
          summer);
    }
  }

  static void abbreviations(RowSet rows, long nowMicros) {
    for (Map.Entry<String, NamedZone> entry : new TreeMap<>(TimeZones.abbreviations()).entrySet()) {
      rows.add(
          "abbrev", entry.getKey().toUpperCase(Locale.ROOT),
          "utc_offset", interval(entry.getValue().offsetAt(nowMicros)),
          "is_dst", TimeZones.isSummer(entry.getKey(), nowMicros));
    }
  }

  private static Interval interval(int seconds) {
    return new Interval(0, 0, seconds * MICROS_PER_SECOND);
  }
}
