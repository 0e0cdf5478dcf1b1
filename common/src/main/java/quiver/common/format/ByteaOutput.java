package quiver.common.format;

/// How `bytea` is written: the setting `bytea_output`.
public enum ByteaOutput {
  HEX,
  ESCAPE
}
