package quiver.frontend.setting;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A configuration parameter.
///
/// @param name as SHOW prints it, for example `TimeZone`
/// @param report whether a change is told to the client by ParameterStatus
record Parameter(
    String name,
    Kind kind,
    Access access,
    String bootValue,
    boolean report,
    String category,
    String description) {

  /// Who may change a parameter.
  enum Access {
    USER("user"),
    INTERNAL("internal"),
    POSTMASTER("postmaster"),
    RELOAD("sighup");

    private final String context;

    Access(String context) {
      this.context = context;
    }

    /// `pg_settings.context`.
    String context() {
      return context;
    }
  }

  /// What values a parameter takes.
  sealed interface Kind {
    record Bool() implements Kind {}

    /// A whole number.
    ///
    /// @param unit null for plain numbers
    record Int(long min, long max, @Nullable Unit unit) implements Kind {}

    record Real(double min, double max) implements Kind {}

    /// @param choices what PostgreSQL accepts
    /// @param supported what is implemented of it
    record Choice(List<String> choices, List<String> supported) implements Kind {}

    record Text() implements Kind {}

    record TimeZone() implements Kind {}

    record DateStyle() implements Kind {}

    record Encoding() implements Kind {}

    /// Schema names.
    record SearchPath() implements Kind {}

    /// A role; only the session's own exists.
    record Role() implements Kind {}
  }

  /// The unit a number is kept in.
  enum Unit {
    KILOBYTES("kB", 1),
    PAGES("8kB", 1),
    MILLISECONDS("ms", 2),
    SECONDS("s", 2),
    MINUTES("min", 2);

    private final String symbol;
    private final int dimension;

    Unit(String symbol, int dimension) {
      this.symbol = symbol;
      this.dimension = dimension;
    }

    String symbol() {
      return symbol;
    }

    boolean isMemory() {
      return dimension == 1;
    }

    /// Bytes, or microseconds.
    long base() {
      return switch (this) {
        case KILOBYTES -> 1L << 10;
        case PAGES -> 8L << 10;
        case MILLISECONDS -> 1_000L;
        case SECONDS -> 1_000_000L;
        case MINUTES -> 60_000_000L;
      };
    }
  }

  /// `pg_settings.vartype`.
  String typeName() {
    return switch (kind) {
      case Kind.Bool() -> "bool";
      case Kind.Int ignored -> "integer";
      case Kind.Real ignored -> "real";
      case Kind.Choice ignored -> "enum";
      case Kind.Text(), Kind.TimeZone(), Kind.DateStyle(), Kind.Encoding() -> "string";
      case Kind.SearchPath(), Kind.Role() -> "string";
    };
  }
}
