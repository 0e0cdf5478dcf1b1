package quiver.execution.aggregate;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.JsonText;
import quiver.common.value.Jsonb;
import quiver.execution.rows.ColumnSizes;

/// json_agg, jsonb_agg, json_object_agg and jsonb_object_agg: every row counts, NULL becomes
/// `null`.
final class JsonAccumulator extends ObjectAccumulator<JsonAccumulator.State> {
  static final class State {
    private final List<@Nullable Object> values = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
  }

  private final boolean binary;
  private final boolean object;
  private final List<SqlType> types;
  private final JsonConversion conversion;

  /// @param types of the arguments
  JsonAccumulator(boolean binary, boolean object, List<SqlType> types, JsonConversion conversion) {
    this.binary = binary;
    this.object = object;
    this.types = types;
    this.conversion = conversion;
  }

  @Override
  State create() {
    grow(96);
    return new State();
  }

  @Override
  boolean counts(List<Column> arguments, int row) {
    return true;
  }

  @Override
  void add(State state, List<Column> arguments, int row) {
    if (object) {
      Object key = arguments.get(0).valueAt(row);
      if (key == null) {
        throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "field name must not be null");
      }
      state.keys.add(conversion.toKey(types.getFirst(), key));
    }
    Object value = arguments.getLast().valueAt(row);
    state.values.add(value);
    grow(2 * ColumnSizes.ofDatum(value));
  }

  @Override
  Object result(State state) {
    return binary ? jsonb(state) : json(state);
  }

  private Jsonb jsonb(State state) {
    List<Jsonb> items = new ArrayList<>(state.values.size());
    for (Object value : state.values) {
      items.add(conversion.toJsonb(types.getLast(), value));
    }
    if (!object) {
      return new Jsonb.Items(items);
    }
    List<Jsonb.Field> fields = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      fields.add(new Jsonb.Field(state.keys.get(i), items.get(i)));
    }
    return Jsonb.object(fields);
  }

  /// With PostgreSQL's blanks: `[1, 2]`, `{ "a" : 1, "b" : 2 }`, structured items on new lines.
  private String json(State state) {
    SqlType type = types.getLast();
    boolean structured = type.array() || type.base() == BaseType.RECORD;
    StringBuilder text = new StringBuilder(object ? "{ " : "[");
    for (int i = 0; i < state.values.size(); i++) {
      if (i > 0) {
        boolean onNewLine = structured && !object && state.values.get(i) != null;
        text.append(onNewLine ? ", \n " : ", ");
      }
      if (object) {
        JsonText.quote(state.keys.get(i), text);
        text.append(" : ");
      }
      text.append(conversion.toJson(type, state.values.get(i)));
    }
    return text.append(object ? " }" : "]").toString();
  }
}
