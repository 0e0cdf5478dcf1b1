package quiver.execution.expression;

import java.util.Optional;
import quiver.common.function.ComparisonKind;
import quiver.common.function.FunctionSignature;

/// A comparison operator, as the set of signs of `compare(left, right)` it accepts: bit 0 for less,
/// bit 1 for equal, bit 2 for greater.
public enum Comparison {
  EQ(0b010),
  NE(0b101),
  LT(0b001),
  LE(0b011),
  GT(0b100),
  GE(0b110);

  private final int signs;

  Comparison(int signs) {
    this.signs = signs;
  }

  boolean accepts(int comparison) {
    return bit(comparison) != 0;
  }

  /// 1 if the result of a comparison is accepted, else 0.
  long bit(int comparison) {
    return (signs >>> (Integer.signum(comparison) + 1)) & 1L;
  }

  /// The operator with its operands exchanged.
  public Comparison swapped() {
    return switch (this) {
      case EQ, NE -> this;
      case LT -> GT;
      case LE -> GE;
      case GT -> LT;
      case GE -> LE;
    };
  }

  /// The operator that a function stands for, if it is a comparison of two values in the default
  /// order of their types.
  public static Optional<Comparison> of(FunctionSignature function) {
    return ComparisonKind.ofPlain(function).map(kind -> valueOf(kind.name()));
  }
}
