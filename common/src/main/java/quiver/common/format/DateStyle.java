package quiver.common.format;

import java.util.Locale;

/// How dates and timestamps are written: the first word of `DateStyle`.
public enum DateStyle {
  ISO,
  POSTGRES,
  SQL,
  GERMAN;

  /// @param setting a value of `DateStyle` as SHOW prints it, `SQL, DMY` for example
  public static DateStyle of(String setting) {
    String upper = setting.toUpperCase(Locale.ROOT);
    for (DateStyle style : values()) {
      if (upper.startsWith(style.name())) {
        return style;
      }
    }
    return ISO;
  }
}
