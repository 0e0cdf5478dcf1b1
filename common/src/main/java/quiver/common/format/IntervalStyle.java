package quiver.common.format;

import java.util.Locale;

/// How intervals are written: the setting `IntervalStyle`.
public enum IntervalStyle {
  POSTGRES,
  POSTGRES_VERBOSE,
  SQL_STANDARD,
  ISO_8601;

  /// @param setting a value of `IntervalStyle`; an empty one is the default
  public static IntervalStyle of(String setting) {
    return setting.isEmpty() ? POSTGRES : valueOf(setting.toUpperCase(Locale.ROOT));
  }
}
