package quiver.common.format;

/// How intervals are written: the setting `IntervalStyle`.
public enum IntervalStyle {
  POSTGRES,
  POSTGRES_VERBOSE,
  SQL_STANDARD,
  ISO_8601
}
