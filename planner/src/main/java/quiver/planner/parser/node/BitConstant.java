package quiver.planner.parser.node;

import org.apache.calcite.sql.SqlBinaryStringLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.BitString;

/// `B'…'` or `X'…'`, both constants of type `bit`.
public final class BitConstant extends SqlBinaryStringLiteral {
  private final String bits;

  /// @param bits zeros and ones
  public BitConstant(SqlParserPos position, String bits) {
    super(BitString.createFromBitString(bits), position);
    this.bits = bits;
  }

  /// The bits as zeros and ones.
  public String bits() {
    return bits;
  }

  @Override
  public BitConstant clone(SqlParserPos position) {
    return new BitConstant(position, bits);
  }
}
