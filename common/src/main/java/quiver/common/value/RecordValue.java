package quiver.common.value;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// A `record` value: fields with their names and types. Ordered field by field; NULL is last.
///
/// @param values as many as `types`; not modified after the record was made
public record RecordValue(List<String> names, List<SqlType> types, @Nullable Object[] values)
    implements Comparable<RecordValue> {
  public RecordValue {
    names = List.copyOf(names);
    types = List.copyOf(types);
    if (names.size() != types.size() || types.size() != values.length) {
      throw new IllegalArgumentException(
          names.size() + " names, " + types.size() + " types, " + values.length + " values");
    }
  }

  /// A record whose fields are called `f1`, `f2`, … as those of `ROW(…)` are.
  public static RecordValue unnamed(List<SqlType> types, @Nullable Object[] values) {
    List<String> names = IntStream.rangeClosed(1, types.size()).mapToObj(i -> "f" + i).toList();
    return new RecordValue(names, types, values);
  }

  public int size() {
    return values.length;
  }

  @Override
  public int compareTo(RecordValue other) {
    int common = Math.min(values.length, other.values.length);
    for (int i = 0; i < common; i++) {
      int byField = DatumOrder.of(types.get(i)).compareNullsLast(values[i], other.values[i]);
      if (byField != 0) {
        return byField;
      }
    }
    return Integer.compare(values.length, other.values.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordValue that
        && values.length == that.values.length
        && compareTo(that) == 0;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      hash = 31 * hash + (value == null ? 0 : DatumOrder.of(types.get(i)).hash(value));
    }
    return hash;
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
