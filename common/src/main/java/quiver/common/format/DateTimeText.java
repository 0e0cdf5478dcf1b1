package quiver.common.format;

import java.time.LocalDate;
import java.time.ZoneId;

/// Dates and timestamps in the styles of the setting `DateStyle`.
final class DateTimeText {
  private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  private DateTimeText() {}

  static String date(long day, FormatSettings settings) {
    DateStyle style = settings.dateStyle();
    if (style == DateStyle.ISO || DateTimes.isInfinite(day)) {
      return DateTimes.formatDate(day);
    }
    LocalDate date = DateTimes.localDate(day);
    StringBuilder text = new StringBuilder(16);
    appendNumbers(date, style, settings.dateOrder(), text);
    return withEra(date, text);
  }

  static String timestamp(long micros, FormatSettings settings) {
    if (settings.dateStyle() == DateStyle.ISO || DateTimes.isInfinite(micros)) {
      return DateTimes.formatTimestamp(micros);
    }
    LocalDate date = localDate(micros);
    StringBuilder text = new StringBuilder(32);
    appendLocal(date, micros, settings, text);
    return withEra(date, text);
  }

  static String timestampWithZone(long micros, FormatSettings settings) {
    ZoneId zone = settings.zone();
    if (settings.dateStyle() == DateStyle.ISO || DateTimes.isInfinite(micros)) {
      return DateTimes.formatTimestampWithZone(micros, zone);
    }
    int offset = TimeZones.offsetAt(zone, micros);
    long local = micros + offset * DateTimes.MICROS_PER_SECOND;
    LocalDate date = localDate(local);
    StringBuilder text = new StringBuilder(40);
    appendLocal(date, local, settings, text);
    text.append(' ').append(ZoneAbbreviations.of(zone, offset, micros));
    return withEra(date, text);
  }

  private static LocalDate localDate(long localMicros) {
    return DateTimes.localDate(Math.floorDiv(localMicros, DateTimes.MICROS_PER_DAY));
  }

  private static void appendLocal(
      LocalDate date, long localMicros, FormatSettings settings, StringBuilder text) {
    long time = Math.floorMod(localMicros, DateTimes.MICROS_PER_DAY);
    if (settings.dateStyle() != DateStyle.POSTGRES) {
      appendNumbers(date, settings.dateStyle(), settings.dateOrder(), text);
      DateTimes.appendTime(time, text.append(' '));
      return;
    }
    text.append(DAYS[date.getDayOfWeek().getValue() - 1]).append(' ');
    String month = MONTHS[date.getMonthValue() - 1];
    if (settings.dateOrder() == DateOrder.DMY) {
      DateTimes.appendTwo(text, date.getDayOfMonth());
      text.append(' ').append(month);
    } else {
      DateTimes.appendTwo(text.append(month).append(' '), date.getDayOfMonth());
    }
    DateTimes.appendTime(time, text.append(' '));
    DateTimes.appendYear(date.getYear(), text.append(' '));
  }

  private static void appendNumbers(
      LocalDate date, DateStyle style, DateOrder order, StringBuilder text) {
    char delimiter = style == DateStyle.GERMAN ? '.' : style == DateStyle.SQL ? '/' : '-';
    boolean dayFirst = style == DateStyle.GERMAN || order == DateOrder.DMY;
    DateTimes.appendTwo(text, dayFirst ? date.getDayOfMonth() : date.getMonthValue());
    DateTimes.appendTwo(
        text.append(delimiter), dayFirst ? date.getMonthValue() : date.getDayOfMonth());
    DateTimes.appendYear(date.getYear(), text.append(delimiter));
  }

  private static String withEra(LocalDate date, StringBuilder text) {
    return text.append(date.getYear() <= 0 ? " BC" : "").toString();
  }
}
