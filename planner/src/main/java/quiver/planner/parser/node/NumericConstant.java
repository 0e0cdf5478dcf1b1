package quiver.planner.parser.node;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;

/// A number that keeps its text: `5` is an integer, `5.`, `5.0` and `5e0` are numeric. As in
/// PostgreSQL a minus before a number belongs to it, `-5` is one constant. Calcite's value is zero
/// for numbers of more than 400 characters.
public final class NumericConstant extends SqlNumericLiteral {
  private static final BigInteger INT_MAX = BigInteger.valueOf(Integer.MAX_VALUE);
  private static final BigInteger INT_MIN = BigInteger.valueOf(Integer.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);

  // Reading a decimal costs the square of its length, and only the text is ever used.
  private static final int VALUE_LENGTH_MAX = 400;

  private final String text;
  private final boolean digitsOnly;

  public NumericConstant(SqlParserPos position, String text) {
    this(
        position, text, text.length() <= VALUE_LENGTH_MAX ? new BigDecimal(text) : BigDecimal.ZERO);
  }

  private NumericConstant(SqlParserPos position, String text, BigDecimal value) {
    super(value, null, null, true, position);
    this.text = text;
    this.digitsOnly =
        text.chars().skip(text.startsWith("-") ? 1 : 0).allMatch(c -> c >= '0' && c <= '9');
  }

  /// The number as written.
  public String text() {
    return text;
  }

  /// The type PostgreSQL gives the constant: `int4`, `int8` or `numeric`.
  public String typeName() {
    if (!digitsOnly || text.length() > 20) {
      return "numeric";
    }
    BigInteger integer = new BigInteger(text);
    if (integer.compareTo(INT_MIN) >= 0 && integer.compareTo(INT_MAX) <= 0) {
      return "int4";
    }
    return integer.compareTo(LONG_MIN) >= 0 && integer.compareTo(LONG_MAX) <= 0
        ? "int8"
        : "numeric";
  }

  /// The number with a minus before it.
  public NumericConstant negated(SqlParserPos position) {
    return new NumericConstant(position, text.startsWith("-") ? text.substring(1) : "-" + text);
  }

  @Override
  public NumericConstant clone(SqlParserPos position) {
    return new NumericConstant(position, text);
  }

  @Override
  public String toString() {
    return text;
  }
}
