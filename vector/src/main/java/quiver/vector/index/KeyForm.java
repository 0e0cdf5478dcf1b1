package quiver.vector.index;

import java.util.Optional;
import quiver.common.type.BaseType;

/// The form in which an index file keeps the keys it compares. The numbers are part of the format.
public enum KeyForm {
  /// None: the vectors of the segment's own column.
  COLUMN(0),
  /// Float32, row-major.
  FLOATS(1),
  /// Binary16, row-major, rows filled up to four bytes.
  HALVES(2),
  /// 64-bit words, the first bit of a string in the highest bit of the first byte.
  BITS(3),
  /// Row offsets, then for each row its indices and its values.
  SPARSE(4);

  private final int code;

  KeyForm(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static Optional<KeyForm> ofCode(int code) {
    for (KeyForm form : values()) {
      if (form.code == code) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  /// The form keys of a type are kept in.
  public static Optional<KeyForm> of(BaseType type) {
    return switch (type) {
      case VECTOR -> Optional.of(FLOATS);
      case HALFVEC -> Optional.of(HALVES);
      case BIT, VARBIT -> Optional.of(BITS);
      case SPARSEVEC -> Optional.of(SPARSE);
      default -> Optional.empty();
    };
  }
}
