package quiver.common.format;

/// How `1/2/2024` is read: the second word of `DateStyle`.
public enum DateOrder {
  YMD,
  MDY,
  DMY
}
