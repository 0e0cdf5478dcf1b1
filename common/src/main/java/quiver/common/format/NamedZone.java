package quiver.common.format;

import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// A zone as a text names it.
///
/// @param abbreviation in upper case, where the text is one whose displacement has changed over the
///   years: `MSK` is a meaning of it in the zone, not the zone's own time
public record NamedZone(ZoneId zone, @Nullable String abbreviation) {
  static NamedZone of(ZoneId zone) {
    return new NamedZone(zone, null);
  }

  /// Whether it says which displacement is meant without a date: today's, of an abbreviation.
  boolean isWithoutDate() {
    return abbreviation != null || zone instanceof ZoneOffset;
  }

  /// Seconds east of UTC at a local time.
  public int offsetAtLocal(long localMicros) {
    int offset = TimeZones.offsetAtLocal(zone, localMicros);
    return meant(localMicros - offset * DateTimes.MICROS_PER_SECOND, offset);
  }

  /// Seconds east of UTC at an instant.
  public int offsetAt(long micros) {
    return meant(micros, TimeZones.offsetAt(zone, micros));
  }

  /// @param offset the zone's own displacement, which holds where the zone has no such abbreviation
  private int meant(long micros, int offset) {
    return abbreviation == null
        ? offset
        : ZoneAbbreviations.offset(zone, abbreviation, micros).orElse(offset);
  }
}
