package quiver.common.format;

import java.time.ZoneId;
import java.time.ZoneOffset;

/// The settings of a session that text forms depend on.
///
/// @param zone the setting `TimeZone`
/// @param dateStyle how dates are written, with `dateOrder` both halves of `DateStyle`
/// @param extraFloatDigits above 0 floats are written in the shortest form that reads back equal
/// @param now start of the transaction, microseconds since 2000-01-01 UTC: what `now` and `today`
///   mean
public record FormatSettings(
    ZoneId zone,
    DateStyle dateStyle,
    DateOrder dateOrder,
    IntervalStyle intervalStyle,
    int extraFloatDigits,
    ByteaOutput byteaOutput,
    long now,
    ObjectNames names) {
  /// PostgreSQL's defaults, in UTC, at 2000-01-01.
  public static final FormatSettings DEFAULT =
      new FormatSettings(
          ZoneOffset.UTC,
          DateStyle.ISO,
          DateOrder.MDY,
          IntervalStyle.POSTGRES,
          1,
          ByteaOutput.HEX,
          0,
          ObjectNames.TYPES_ONLY);

  public FormatSettings withZone(ZoneId newZone) {
    return new FormatSettings(
        newZone, dateStyle, dateOrder, intervalStyle, extraFloatDigits, byteaOutput, now, names);
  }

  public FormatSettings withDateStyle(DateStyle newDateStyle) {
    return new FormatSettings(
        zone, newDateStyle, dateOrder, intervalStyle, extraFloatDigits, byteaOutput, now, names);
  }

  public FormatSettings withDateOrder(DateOrder newDateOrder) {
    return new FormatSettings(
        zone, dateStyle, newDateOrder, intervalStyle, extraFloatDigits, byteaOutput, now, names);
  }

  public FormatSettings withIntervalStyle(IntervalStyle newIntervalStyle) {
    return new FormatSettings(
        zone, dateStyle, dateOrder, newIntervalStyle, extraFloatDigits, byteaOutput, now, names);
  }

  public FormatSettings withExtraFloatDigits(int newExtraFloatDigits) {
    return new FormatSettings(
        zone, dateStyle, dateOrder, intervalStyle, newExtraFloatDigits, byteaOutput, now, names);
  }

  public FormatSettings withByteaOutput(ByteaOutput newByteaOutput) {
    return new FormatSettings(
        zone, dateStyle, dateOrder, intervalStyle, extraFloatDigits, newByteaOutput, now, names);
  }

  /// @param newNow microseconds since 2000-01-01 UTC
  public FormatSettings withNow(long newNow) {
    return new FormatSettings(
        zone, dateStyle, dateOrder, intervalStyle, extraFloatDigits, byteaOutput, newNow, names);
  }

  public FormatSettings withNames(ObjectNames newNames) {
    return new FormatSettings(
        zone, dateStyle, dateOrder, intervalStyle, extraFloatDigits, byteaOutput, now, newNames);
  }
}
