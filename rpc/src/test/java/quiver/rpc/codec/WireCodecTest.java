package quiver.rpc.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.QuiverException.Field;
import quiver.common.error.SqlState;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.rpc.Cancellation;
import quiver.rpc.QueryNodeService.RowStream;

class WireCodecTest {
  private static final long SEED = 4711;
  private static final WireCodec CODEC = new WireCodec();

  private static byte[] encode(Type type, @Nullable Object value) {
    return CODEC.encode(0, new Type[] {type}, new @Nullable Object[] {value}).bytes();
  }

  private static @Nullable Object decode(Type type, byte[] bytes) {
    return CODEC.decode(new Type[] {type}, bytes, Cancellation.NEVER)[0];
  }

  /// Arrays inside records have no `equals`: what is read must write the same bytes again.
  private static void requireRoundTrip(Type type, @Nullable Object value) {
    byte[] bytes = encode(type, value);
    assertThat(encode(type, decode(type, bytes))).as(type.getTypeName()).isEqualTo(bytes);
  }

  @Test
  void equalBuildsHaveEqualDigests() {
    assertThat(CODEC.digest()).hasSize(32).isEqualTo(new WireCodec().digest());
    assertThat(new WireCodec(List.of(quiver.rpc.DataNodeService.class)).digest())
        .isNotEqualTo(CODEC.digest());
  }

  @Test
  void whateverServicesTakeAndGiveRoundTrips() {
    Samples samples = new Samples(new SplittableRandom(SEED));
    for (Class<?> service : WireCodec.SERVICES) {
      for (Method method : service.getMethods()) {
        for (int i = 0; i < 50; i++) {
          for (Type type : method.getGenericParameterTypes()) {
            requireRoundTrip(type, samples.of(type, 0));
          }
          if (method.getReturnType() != void.class && method.getReturnType() != RowStream.class) {
            Type result = WireCodec.resultOf(method);
            requireRoundTrip(result, samples.of(result, 0));
          }
        }
      }
    }
  }

  @Test
  void everyKindOfPlanAndExpressionRoundTrips() {
    Samples samples = new Samples(new SplittableRandom(SEED + 1));
    for (Class<?> sealed : List.of(PlanNode.class, Expression.class)) {
      for (Class<?> kind : sealed.getPermittedSubclasses()) {
        for (int i = 0; i < 30; i++) {
          requireRoundTrip(sealed, samples.of(kind, 3));
        }
      }
    }
  }

  @Test
  void recordsWithoutArraysAreEqualAfterwards() {
    Expression expression =
        new Expression.And(
            List.of(
                new Expression.InputColumn(3, SqlType.BOOL),
                new Expression.IsNull(new Expression.Constant("x", SqlType.TEXT)),
                new Expression.Constant(null, SqlType.INT8)));
    assertThat(decode(Expression.class, encode(Expression.class, expression)))
        .isEqualTo(expression);
  }

  @Test
  void errorsKeepTheirFields() {
    QuiverException error =
        new QuiverException(SqlState.UNIQUE_VIOLATION, "duplicate")
            .withDetail("Key exists.")
            .with(Field.CONSTRAINT, "t_pkey")
            .at(17);
    WireError sent = WireError.of(error);
    Object received = decode(WireError.class, encode(WireError.class, sent));
    assertThat(received).isEqualTo(sent);
    QuiverException back = sent.exception();
    assertThat(back.state()).isEqualTo(SqlState.UNIQUE_VIOLATION);
    assertThat(back.position()).isEqualTo(17);
    assertThat(back.field(Field.CONSTRAINT)).contains("t_pkey");
    assertThat(WireError.of(new IllegalStateException("bug")).fields()).isEqualTo(Map.of());
  }

  @Test
  void damagedBytesAreRefusedWithoutHarm() {
    SplittableRandom random = new SplittableRandom(SEED + 2);
    Samples samples = new Samples(random);
    for (int i = 0; i < 400; i++) {
      byte[] bytes = encode(PlanNode.class, samples.of(PlanNode.class, 3));
      int at = 1 + random.nextInt(bytes.length - 1);
      for (int j = at; j < Math.min(bytes.length, at + 4); j++) {
        bytes[j] = (byte) random.nextInt();
      }
      try {
        Object _ = decode(PlanNode.class, bytes);
      } catch (QuiverException e) {
        assertThat(e.state()).isEqualTo(SqlState.PROTOCOL_VIOLATION);
      }
    }
  }

  @Test
  void tooDeepNestingIsRefused() {
    Expression deep = new Expression.InputColumn(0, SqlType.BOOL);
    for (int i = 0; i < WireOutput.DEPTH_MAX + 10; i++) {
      deep = new Expression.Not(deep);
    }
    Expression tooDeep = deep;
    assertThatThrownBy(() -> encode(Expression.class, tooDeep))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> assertThat(e.state()).isEqualTo(SqlState.STATEMENT_TOO_COMPLEX));
  }
}
