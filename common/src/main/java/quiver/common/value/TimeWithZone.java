package quiver.common.value;

/// A `time with time zone` value. Equality is by fields (the same instant in another zone is
/// another value); the order is by instant, then by zone.
///
/// @param micros local microseconds of the day, 0 … 86,400,000,000
/// @param zoneSecondsWest displacement from UTC in seconds, positive west of Greenwich, as on the
///   wire
public record TimeWithZone(long micros, int zoneSecondsWest) implements Comparable<TimeWithZone> {
  @Override
  public int compareTo(TimeWithZone other) {
    int byInstant = Long.compare(utcMicros(), other.utcMicros());
    return byInstant != 0 ? byInstant : Integer.compare(zoneSecondsWest, other.zoneSecondsWest);
  }

  /// Microseconds of the day in UTC; may lie outside one day.
  public long utcMicros() {
    return micros + zoneSecondsWest * 1_000_000L;
  }
}
