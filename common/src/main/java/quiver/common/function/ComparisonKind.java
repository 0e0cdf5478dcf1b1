package quiver.common.function;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.type.BaseType;

/// The comparison operators of the default order of a type.
public enum ComparisonKind {
  EQ,
  NE,
  LT,
  LE,
  GT,
  GE;

  private static final String PLAIN =
      "int[248]{1,2}|oid|bool|date_|time_|timestamp_|timestamptz_|float[48]{1,2}|text_?|name"
          + "|numeric_|uuid_";

  private static final Pattern PLAIN_NAME = Pattern.compile("(" + PLAIN + ")(eq|ne|lt|le|gt|ge)");

  private static final Pattern NAME =
      Pattern.compile(
          "("
              + PLAIN
              + "|bpchar|bytea|interval_|array_|jsonb_|timetz_|bit|varbit"
              + ")(eq|ne|lt|le|gt|ge)");

  /// The operator that a function stands for, if it is a comparison in the default order of a type
  /// that is compared as it lies in memory.
  public static Optional<ComparisonKind> ofPlain(FunctionSignature function) {
    return match(PLAIN_NAME, function);
  }

  /// As above, for every ordered type.
  public static Optional<ComparisonKind> of(FunctionSignature function) {
    return match(NAME, function);
  }

  private static Optional<ComparisonKind> match(Pattern pattern, FunctionSignature function) {
    if (function.arguments().size() != 2
        || function.result().base() != BaseType.BOOL
        || function.result().array()) {
      return Optional.empty();
    }
    Matcher matcher = pattern.matcher(function.name());
    return matcher.matches()
        ? Optional.of(valueOf(matcher.group(2).toUpperCase(Locale.ROOT)))
        : Optional.empty();
  }

  /// The operator with its operands exchanged.
  public ComparisonKind swapped() {
    return switch (this) {
      case EQ, NE -> this;
      case LT -> GT;
      case LE -> GE;
      case GT -> LT;
      case GE -> LE;
    };
  }
}
