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
  private final int height;

  public ExpressionNode(SqlParserPos position, Expression value) {
    this(position, value, 0);
  }

  /// @param queryHeight height of the tree of the sub-query it holds, 0 if it holds none
  public ExpressionNode(SqlParserPos position, Expression value, int queryHeight) {
    super(position);
    this.value = value;
    int tallest = queryHeight;
    for (SqlNode child : value.children()) {
      tallest = Math.max(tallest, child instanceof ExpressionNode node ? node.height : 0);
    }
    this.height = tallest + 1;
  }

  /// How many nodes lie on the longest way down; the parser keeps it under a limit.
  public int height() {
    return height;
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
    return new ExpressionNode(position, value, height - 1);
  }

  @Override
  public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
    writer.print(value.toString());
  }
}
