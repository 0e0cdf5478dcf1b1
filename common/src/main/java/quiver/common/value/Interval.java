package quiver.common.value;

/// An `interval` value: months, days and microseconds are kept apart. Two intervals are equal when
/// they are with months of 30 days and days of 24 hours, as in PostgreSQL: `1 month` equals `30
/// days`.
public record Interval(int months, int days, long micros) implements Comparable<Interval> {
  public static final Interval ZERO = new Interval(0, 0, 0);

  public static final long MICROS_PER_DAY = 86_400_000_000L;

  /// Days of the whole interval, rounded down; with [#microsOfDay] the exact length.
  private long wholeDays() {
    return months * 30L + days + Math.floorDiv(micros, MICROS_PER_DAY);
  }

  private long microsOfDay() {
    return Math.floorMod(micros, MICROS_PER_DAY);
  }

  @Override
  public int compareTo(Interval other) {
    int byDays = Long.compare(wholeDays(), other.wholeDays());
    return byDays != 0 ? byDays : Long.compare(microsOfDay(), other.microsOfDay());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Interval that && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(wholeDays()) + Long.hashCode(microsOfDay());
  }
}
