package quiver.execution.aggregate;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.BitString;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;

/// bit_and, bit_or and bit_xor of bit strings.
final class BitStringAccumulator extends ObjectAccumulator<BitStringAccumulator.State> {
  private static final SqlType TYPE = SqlType.of(BaseType.VARBIT);

  private final LogicAccumulator.Rule rule;

  static final class State {
    private @Nullable BitString bits;
  }

  BitStringAccumulator(LogicAccumulator.Rule rule) {
    this.rule = rule;
  }

  @Override
  State create() {
    return new State();
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    if (arguments.getFirst().valueAt(row) instanceof BitString bits) {
      add(state, bits);
    }
  }

  private void add(State state, BitString bits) {
    BitString known = state.bits;
    if (known == null) {
      state.bits = bits;
      grow(32 + bits.length() / 8);
      return;
    }
    if (known.length() != bits.length()) {
      throw new QuiverException(
          SqlState.STRING_DATA_RIGHT_TRUNCATION,
          "cannot %s bit strings of different sizes",
          rule.name());
    }
    byte[] combined = known.bytes().clone();
    for (int i = 0; i < combined.length; i++) {
      combined[i] =
          (byte)
              switch (rule) {
                case AND -> combined[i] & bits.bytes()[i];
                case OR -> combined[i] | bits.bytes()[i];
                case XOR -> combined[i] ^ bits.bytes()[i];
              };
    }
    state.bits = BitString.of(known.length(), combined);
  }

  @Override
  @Nullable Object result(State state) {
    return state.bits;
  }

  @Override
  public void write(int group, ByteWriter out) {
    State state = stateOrNull(group);
    BitString bits = state == null ? null : state.bits;
    out.putByte(bits == null ? 0 : 1);
    if (bits != null) {
      DatumCodec.write(out, TYPE, bits);
    }
  }

  @Override
  public void merge(int group, ByteBuffer in) {
    if (in.get() != 0) {
      add(state(group), (BitString) DatumCodec.read(in, TYPE));
    }
  }
}
