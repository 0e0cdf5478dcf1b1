package quiver.common.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

class DatumCodecTest {
  private static Object roundTrip(SqlType type, Object datum) {
    ByteWriter out = new ByteWriter(1);
    DatumCodec.write(out, type, datum);
    ByteBuffer in = out.toBuffer();
    Object read = DatumCodec.read(in, type);
    assertThat(in.remaining()).isZero();
    return read;
  }

  private static void assertSame(BaseType type, Object datum) {
    assertThat(roundTrip(SqlType.of(type), datum)).isEqualTo(datum);
  }

  @Test
  void everyTypeComesBackAsItWasWritten() {
    assertSame(BaseType.BOOL, true);
    assertSame(BaseType.INT8, Long.MIN_VALUE);
    assertSame(BaseType.REGCLASS, 16384L);
    assertSame(BaseType.FLOAT8, Double.NaN);
    assertSame(BaseType.TEXT, "naïve 🜁\0");
    assertSame(BaseType.NUMERIC, Numeric.of("-12345678901234567890.12300"));
    assertSame(BaseType.NUMERIC, Numeric.NEGATIVE_INFINITY);
    assertSame(BaseType.UUID, new UUID(-1, 7));
    assertSame(BaseType.BYTEA, Bytes.of(new byte[] {0, -1}));
    assertSame(BaseType.INTERVAL, new Interval(1, -2, 3));
    assertSame(BaseType.TIMETZ, new TimeWithZone(5, -3600));
    assertSame(BaseType.HALFVEC, HalfVector.of(new short[] {1, (short) 0xBC00}));
    assertSame(BaseType.SPARSEVEC, SparseVector.of(9, new int[] {1, 4}, new float[] {1, -1}));
    assertSame(BaseType.BIT, BitString.of(9, new byte[] {(byte) 0xA5, (byte) 0x80}));
    assertSame(
        BaseType.JSONB,
        Jsonb.object(
            List.of(
                new Jsonb.Field("b", new Jsonb.Items(List.of(new Jsonb.Nil()))),
                new Jsonb.Field("a", new Jsonb.Decimal(Numeric.of("1.50"))),
                new Jsonb.Field("c", new Jsonb.Bool(true)))));
    assertThat((float[]) roundTrip(SqlType.VECTOR, new float[] {1, -0f})).containsExactly(1, -0f);
  }

  @Test
  void numericsKeepTheirScale() {
    assertThat(roundTrip(SqlType.NUMERIC, Numeric.of("1.500"))).hasToString("1.500");
  }

  @Test
  void arraysKeepNullsAndShape() {
    ArrayValue array = ArrayValue.withLowerBound(BaseType.TEXT, new Object[] {"a", null}, 5);
    assertThat(roundTrip(SqlType.arrayOf(BaseType.TEXT), array)).isEqualTo(array);
    ArrayValue empty = ArrayValue.empty(BaseType.INT4);
    assertThat(roundTrip(SqlType.arrayOf(BaseType.INT4), empty)).isEqualTo(empty);
  }

  @Test
  void aDamagedLengthIsRefusedBeforeItAllocates() {
    ByteBuffer damaged =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, Integer.MAX_VALUE);
    assertThatThrownBy(() -> DatumCodec.read(damaged, SqlType.TEXT))
        .isInstanceOf(java.nio.BufferUnderflowException.class);
  }
}
