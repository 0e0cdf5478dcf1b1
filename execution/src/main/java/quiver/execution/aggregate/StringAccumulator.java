package quiver.execution.aggregate;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.value.Bytes;

/// string_agg: values one after the other, each but the first after its delimiter.
final class StringAccumulator extends ObjectAccumulator<StringAccumulator.State> {
  /// Text or bytes so far.
  static final class State {
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean started;
  }

  private final boolean binary;

  /// @param binary whether the values are bytea
  StringAccumulator(boolean binary) {
    this.binary = binary;
  }

  @Override
  State create() {
    grow(128);
    return new State();
  }

  /// A NULL delimiter is an empty one.
  @Override
  boolean counts(List<Column> arguments, int row) {
    return !arguments.getFirst().isNull(row);
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    if (state.started) {
      append(state, arguments.get(1).valueAt(row));
    }
    state.started = true;
    append(state, arguments.get(0).valueAt(row));
  }

  private void append(State state, @Nullable Object value) {
    if (value instanceof String text) {
      state.text.append(text);
      grow(text.length());
    } else if (value instanceof Bytes bytes) {
      state.bytes.writeBytes(bytes.array());
      grow(bytes.length());
    }
  }

  @Override
  Object result(State state) {
    return binary ? Bytes.of(state.bytes.toByteArray()) : state.text.toString();
  }
}
