package quiver.common.value;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;

/// A `record` value: fields with their names and types. Ordered field by field; NULL is last.
///
/// @param values as many as `types`; not modified after the record was made
public record RecordValue(List<String> names, List<SqlType> types, @Nullable Object[] values)
    implements Comparable<RecordValue> {
  private static final List<String> COMMON_NAMES =
      IntStream.rangeClosed(1, 64).mapToObj(i -> "f" + i).toList();

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
    return new RecordValue(fieldNames(types.size()), types, values);
  }

  private static List<String> fieldNames(int count) {
    return count <= COMMON_NAMES.size()
        ? COMMON_NAMES.subList(0, count)
        : IntStream.rangeClosed(1, count).mapToObj(i -> "f" + i).toList();
  }

  /// This record with the names and types that a composite type gives its fields: those of values
  /// that were stored are not in them. Any other type changes nothing.
  public RecordValue as(SqlType type) {
    UserType.@Nullable OfComposite composite = type.user().compositeType().orElse(null);
    if (composite == null || composite.fields().size() != values.length) {
      return this;
    }
    List<CompositeField> fields = composite.fields();
    return new RecordValue(
        fields.stream().map(CompositeField::name).toList(),
        fields.stream().map(CompositeField::type).toList(),
        values);
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
