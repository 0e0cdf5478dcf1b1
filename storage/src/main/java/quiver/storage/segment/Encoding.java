package quiver.storage.segment;

import quiver.common.type.Layout;

/// How the values of a block are stored. The codes are part of the format.
enum Encoding {
  /// No row has a value; nothing is stored.
  ALL_NULL(0, 0),
  /// Every value is the block's base (for doubles its bits); nothing is stored.
  CONSTANT(1, 0),
  /// Base plus an unsigned byte.
  LONG_1(2, 1),
  /// Base plus an unsigned 16-bit number.
  LONG_2(3, 2),
  /// Base plus an unsigned 32-bit number.
  LONG_4(4, 4),
  /// The value itself.
  LONG_8(5, 8),
  /// A float32 that is exactly the value.
  DOUBLE_4(6, 4),
  /// The float64.
  DOUBLE_8(7, 8),
  /// Offsets and bytes.
  BYTES(8, 0),
  /// A dictionary and one byte a row.
  DICTIONARY_1(9, 1),
  /// A dictionary and two bytes a row.
  DICTIONARY_2(10, 2),
  /// Float32 rows without gaps.
  VECTOR(11, 0);

  private static final Encoding[] BY_CODE = values();

  private final int code;
  private final int width;

  Encoding(int code, int width) {
    this.code = code;
    this.width = width;
  }

  int code() {
    return code;
  }

  /// Bytes a row, where that is fixed.
  int width() {
    return width;
  }

  /// Whether a column of this layout may use the encoding.
  boolean suits(Layout layout) {
    return switch (this) {
      case ALL_NULL -> layout != Layout.VECTOR;
      case CONSTANT -> layout == Layout.LONG || layout == Layout.DOUBLE;
      case LONG_1, LONG_2, LONG_4, LONG_8 -> layout == Layout.LONG;
      case DOUBLE_4, DOUBLE_8 -> layout == Layout.DOUBLE;
      case BYTES, DICTIONARY_1, DICTIONARY_2 -> layout == Layout.OBJECT;
      case VECTOR -> layout == Layout.VECTOR;
    };
  }

  static Encoding ofCode(int code) {
    if (code >= BY_CODE.length) {
      throw new IllegalArgumentException("encoding " + code);
    }
    return BY_CODE[code];
  }
}
