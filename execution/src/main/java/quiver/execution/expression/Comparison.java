package quiver.execution.expression;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;

/// A comparison operator, as the set of signs of `compare(left, right)` it accepts: bit 0 for less,
/// bit 1 for equal, bit 2 for greater.
public enum Comparison {
  EQ(0b010),
  NE(0b101),
  LT(0b001),
  LE(0b011),
  GT(0b100),
  GE(0b110);

  private static final Pattern NAME =
      Pattern.compile(
          "(int[248]{1,2}|oid|bool|date_|time_|timestamp_|timestamptz_|float[48]{1,2}|text_?|name"
              + "|numeric_|uuid_)(eq|ne|lt|le|gt|ge)");

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
    if (function.arguments().size() != 2
        || function.result().base() != BaseType.BOOL
        || function.result().array()) {
      return Optional.empty();
    }
    Matcher matcher = NAME.matcher(function.name());
    return matcher.matches()
        ? Optional.of(valueOf(matcher.group(2).toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }
}
