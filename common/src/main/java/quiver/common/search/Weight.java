package quiver.common.search;

import java.util.Optional;

/// How important a part of a document is, `D` (the default) to `A`.
public enum Weight {
  D(0),
  C(1),
  B(2),
  A(3);

  private final int level;

  Weight(int level) {
    this.level = level;
  }

  /// 0 to 3: its stored form.
  public int level() {
    return level;
  }

  public static Weight ofLevel(int level) {
    return switch (level) {
      case 0 -> D;
      case 1 -> C;
      case 2 -> B;
      default -> A;
    };
  }

  /// The weight a letter of either case names.
  public static Optional<Weight> ofLetter(int letter) {
    return switch (letter) {
      case 'A', 'a' -> Optional.of(A);
      case 'B', 'b' -> Optional.of(B);
      case 'C', 'c' -> Optional.of(C);
      case 'D', 'd' -> Optional.of(D);
      default -> Optional.empty();
    };
  }

  /// The bit of this weight in a set of weights.
  public int bit() {
    return 1 << level;
  }
}
