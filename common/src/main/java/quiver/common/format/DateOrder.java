package quiver.common.format;

import java.util.Locale;

/// How `1/2/2024` is read: the second word of `DateStyle`.
public enum DateOrder {
  YMD,
  MDY,
  DMY;

  /// @param setting a value of `DateStyle` as SHOW prints it, `SQL, DMY` for example
  public static DateOrder of(String setting) {
    String upper = setting.toUpperCase(Locale.ROOT);
    return upper.contains("DMY") ? DMY : upper.contains("YMD") ? YMD : MDY;
  }
}
