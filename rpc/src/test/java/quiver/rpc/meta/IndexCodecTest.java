package quiver.rpc.meta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.expression.Expression;
import quiver.common.expression.Expression.Branch;
import quiver.common.expression.Expression.SubscriptBound;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;

class IndexCodecTest {
  private static final Expression COLUMN = new Expression.InputColumn(0, SqlType.INT4);
  private static final Expression SEVEN = new Expression.Constant(7L, SqlType.INT4);
  private static final Expression NULL = new Expression.Constant(null, SqlType.INT4);

  private static FunctionSignature function(String key) {
    return FunctionRegistry.standard().function(key).orElseThrow();
  }

  private static Expression everyKind() {
    FunctionSignature equals = function("int4eq(int4,int4)");
    Expression equal = new Expression.Call(equals, List.of(COLUMN, SEVEN), SqlType.BOOL);
    SqlType array = SqlType.arrayOf(BaseType.INT4);
    Expression elements = new Expression.ArrayOf(List.of(COLUMN, SEVEN), array);
    return new Expression.And(
        List.of(
            new Expression.Or(List.of(equal, new Expression.Not(equal))),
            new Expression.IsNull(COLUMN),
            new Expression.IsDistinct(equals, COLUMN, NULL),
            new Expression.Case(List.of(new Branch(equal, equal)), equal, SqlType.BOOL),
            new Expression.IsNull(
                new Expression.Coalesce(List.of(COLUMN, SEVEN, NULL), SqlType.INT4)),
            new Expression.IsNull(
                new Expression.Cast(COLUMN, SqlType.of(BaseType.VARCHAR, 9), CastContext.EXPLICIT)),
            new Expression.AnyAll(equals, true, COLUMN, elements),
            new Expression.IsNull(
                new Expression.Subscript(
                    elements, List.of(new SubscriptBound.At(SEVEN)), SqlType.INT4)),
            new Expression.IsNull(
                new Expression.Subscript(
                    elements,
                    List.of(new SubscriptBound.Slice(Optional.of(SEVEN), Optional.empty())),
                    array)),
            new Expression.IsNull(new Expression.RowOf(List.of(COLUMN, SEVEN)))));
  }

  @Test
  void everyPartOfADefinitionComesBack() {
    IndexExpression condition =
        new IndexExpression("(\"$1\" = '$1''\"$1\"')", List.of(4), everyKind());
    IndexDefinition index =
        new IndexDefinition(
            20_001,
            20_009,
            "i",
            IndexMethod.BTREE,
            List.of(
                IndexKey.ofColumn(2, "int4_ops"),
                new IndexKey(
                    new IndexKey.Computed("expr", condition),
                    "text_ops",
                    Optional.of("C"),
                    true,
                    false)),
            List.of(5, 6),
            Map.of("fillfactor", "70"),
            true,
            true,
            false,
            Optional.of(condition),
            IndexDefinition.State.VALID,
            Optional.of(20_010L));
    ByteWriter out = new ByteWriter(64);
    IndexCodec.write(out, index);
    ByteBuffer in = ByteBuffer.wrap(out.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(IndexCodec.read(in)).isEqualTo(index);
    assertThat(in.hasRemaining()).isFalse();
    assertThat(index.usedColumnIds()).containsExactly(2, 4, 5, 6);
  }

  @Test
  void whatBelongsToAStatementIsNotStored() {
    ByteWriter out = new ByteWriter(64);
    assertThatThrownBy(() -> ExpressionCodec.write(out, new Expression.Parameter(0, SqlType.INT4)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> ExpressionCodec.write(out, new Expression.OuterColumn(1, 0, SqlType.INT4)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anUnknownFunctionIsDamage() {
    ByteWriter out = new ByteWriter(64);
    out.putByte(3).putText("nosuch(int4)");
    assertThatThrownBy(() ->
            ExpressionCodec.read(ByteBuffer.wrap(out.toBytes()).order(ByteOrder.LITTLE_ENDIAN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nosuch");
  }
}
