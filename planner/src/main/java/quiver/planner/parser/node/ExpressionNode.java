package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;

/// An expression with PostgreSQL's meaning, as a Calcite node: the position (see [Positions]) is
/// that of the whole expression, the content is [#value()].
///
/// It is a `SqlCall` so that Calcite's visitors walk into it; the operands are the direct
/// sub-expressions, those inside sub-queries not included.
public final class ExpressionNode extends SqlCall {
  private static final SqlOperator OPERATOR =
      new SqlSpecialOperator("POSTGRES_EXPRESSION", SqlKind.OTHER);

  private final Expression value;

  public ExpressionNode(SqlParserPos position, Expression value) {
    super(position);
    this.value = value;
  }

  /// What the expression is.
  public Expression value() {
    return value;
  }

  @Override
  public SqlOperator getOperator() {
    return OPERATOR;
  }

  @Override
  public List<SqlNode> getOperandList() {
    return value.children();
  }

  @Override
  public SqlNode clone(SqlParserPos position) {
    return new ExpressionNode(position, value);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
    writer.print(value.toString());
  }
}
