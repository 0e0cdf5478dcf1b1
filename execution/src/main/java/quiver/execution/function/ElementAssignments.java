package quiver.execution.function;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Jsonb;
import quiver.common.value.Jsonb.Field;
import quiver.common.value.Jsonb.Fields;
import quiver.common.value.Jsonb.Items;

/// `column[…] = value` of UPDATE and INSERT: arrays and JSON values with one place changed.
final class ElementAssignments {
  /// Elements an array can have.
  private static final int ELEMENT_COUNT_MAX = 134_217_727;

  private ElementAssignments() {}

  static void addTo(FunctionTable table) {
    table
        .oneTyped(
            "array_set_element(anyarray,_int4,anyelement)",
            types ->
                (_, a) ->
                    element(
                        (ArrayValue) a[0], types.result().base(), (ArrayValue) present(a[1]), a[2]))
        .oneTyped(
            "array_set_slice(anyarray,_int4,_int4,anyarray)",
            types ->
                (_, a) ->
                    slice(
                        (ArrayValue) a[0],
                        types.result().base(),
                        (ArrayValue) present(a[1]),
                        (ArrayValue) present(a[2]),
                        (ArrayValue) a[3]))
        .oneTyped(
            "jsonb_set_subscript(jsonb,_text,jsonb)",
            _ ->
                (_, a) ->
                    json(
                        (Jsonb) a[0],
                        (ArrayValue) present(a[1]),
                        a[2] == null ? new Jsonb.Nil() : (Jsonb) a[2]));
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new IllegalStateException("subscripts are never NULL as a whole");
    }
    return value;
  }

  private static QuiverException subscript(String message) {
    return QuiverException.ofMessage(SqlState.ARRAY_SUBSCRIPT_ERROR, message);
  }

  private static int number(@Nullable Object value) {
    if (value == null) {
      throw new QuiverException(
          SqlState.NULL_VALUE_NOT_ALLOWED, "array subscript in assignment must not be null");
    }
    return ((Long) value).intValue();
  }

  // ---- arrays

  private static ArrayValue element(
      @Nullable ArrayValue array, BaseType type, ArrayValue indexes, @Nullable Object value) {
    int[] at = new int[indexes.size()];
    for (int i = 0; i < at.length; i++) {
      at[i] = number(indexes.elements()[i]);
    }
    if (array == null || array.dimensionCount() == 0) {
      int[] ones = new int[at.length];
      Arrays.fill(ones, 1);
      return new ArrayValue(type, new @Nullable Object[] {value}, ones, at);
    }
    if (array.dimensionCount() != at.length) {
      throw subscript("wrong number of array subscripts");
    }
    if (at.length == 1) {
      return replaced(array, at[0], new @Nullable Object[] {value});
    }
    int position = 0;
    for (int i = 0; i < at.length; i++) {
      if (at[i] < array.lowerBounds()[i] || at[i] > array.upperBound(i)) {
        throw subscript("array subscript out of range");
      }
      position = position * array.dimensions()[i] + at[i] - array.lowerBounds()[i];
    }
    @Nullable Object[] elements = array.elements().clone();
    elements[position] = value;
    return array.withElements(array.element(), elements);
  }

  /// A one-dimensional array with `values` from subscript `from` on; it grows at both ends, with
  /// NULLs in between.
  private static ArrayValue replaced(ArrayValue array, int from, @Nullable Object[] values) {
    long low = Math.min(array.lowerBounds()[0], from);
    long high = Math.max(array.upperBound(0), (long) from + values.length - 1);
    if (high - low + 1 > ELEMENT_COUNT_MAX) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "array size exceeds the maximum allowed (%d)",
          ELEMENT_COUNT_MAX);
    }
    @Nullable Object[] elements = new @Nullable Object[(int) (high - low + 1)];
    System.arraycopy(
        array.elements(), 0, elements, (int) (array.lowerBounds()[0] - low), array.size());
    System.arraycopy(values, 0, elements, (int) (from - low), values.length);
    return ArrayValue.withLowerBound(array.element(), elements, (int) low);
  }

  private static @Nullable ArrayValue slice(
      @Nullable ArrayValue array,
      BaseType type,
      ArrayValue lower,
      ArrayValue upper,
      @Nullable ArrayValue source) {
    if (source == null) {
      return array;
    }
    int count = lower.size();
    // Assigning to a slice of no array is assigning to one of an empty array.
    ArrayValue target = array == null ? ArrayValue.empty(type) : array;
    boolean empty = target.dimensionCount() == 0;
    if (!empty && count > target.dimensionCount()) {
      throw subscript("wrong number of array subscripts");
    }
    int dimensions = empty ? count : target.dimensionCount();
    int[] from = new int[dimensions];
    int[] lengths = new int[dimensions];
    long wanted = 1;
    for (int i = 0; i < dimensions; i++) {
      Object low = i < count ? lower.elements()[i] : null;
      Object high = i < count ? upper.elements()[i] : null;
      if (empty && (low == null || high == null)) {
        throw subscript("array slice subscript must provide both boundaries")
            .withDetail(
                "When assigning to a slice of an empty array value, slice boundaries must be fully"
                    + " specified.");
      }
      from[i] = low == null ? target.lowerBounds()[i] : number(low);
      int to = high == null ? target.upperBound(i) : number(high);
      if (to < from[i] - 1L) {
        throw subscript("upper bound cannot be less than lower bound");
      }
      lengths[i] = to - from[i] + 1;
      wanted *= lengths[i];
    }
    if (source.size() < wanted) {
      throw subscript("source array too small");
    }
    @Nullable Object[] values = Arrays.copyOf(source.elements(), (int) wanted);
    if (empty) {
      return values.length == 0
          ? ArrayValue.empty(type)
          : new ArrayValue(type, values, lengths, from);
    }
    if (dimensions == 1) {
      return values.length == 0 ? target : replaced(target, from[0], values);
    }
    @Nullable Object[] elements = target.elements().clone();
    int[] at = new int[dimensions];
    for (Object value : values) {
      int position = 0;
      for (int i = 0; i < dimensions; i++) {
        int index = from[i] + at[i] - target.lowerBounds()[i];
        if (index < 0 || index >= target.dimensions()[i]) {
          throw subscript("array subscript out of range");
        }
        position = position * target.dimensions()[i] + index;
      }
      elements[position] = value;
      for (int i = dimensions - 1; i >= 0 && ++at[i] == lengths[i]; i--) {
        at[i] = 0;
      }
    }
    return target.withElements(target.element(), elements);
  }

  // ---- jsonb

  private static Jsonb json(@Nullable Jsonb value, ArrayValue path, Jsonb newValue) {
    List<String> keys = new ArrayList<>();
    for (Object key : path.elements()) {
      if (key == null) {
        throw new QuiverException(
            SqlState.NULL_VALUE_NOT_ALLOWED, "jsonb subscript in assignment must not be null");
      }
      keys.add((String) key);
    }
    return value == null ? made(keys, 0, newValue) : set(value, keys, 0, newValue);
  }

  /// Containers for the rest of a path.
  private static Jsonb made(List<String> path, int level, Jsonb newValue) {
    if (level == path.size()) {
      return newValue;
    }
    Jsonb inner = made(path, level + 1, newValue);
    Integer index = index(path.get(level));
    if (index == null || index < 0) {
      return Jsonb.object(List.of(new Field(path.get(level), inner)));
    }
    List<Jsonb> items = new ArrayList<>();
    for (int i = 0; i < index; i++) {
      items.add(new Jsonb.Nil());
    }
    items.add(inner);
    return new Items(items);
  }

  private static @Nullable Integer index(String key) {
    try {
      return Integer.valueOf(key);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static Jsonb set(Jsonb value, List<String> path, int level, Jsonb newValue) {
    if (level == path.size()) {
      return newValue;
    }
    String key = path.get(level);
    return switch (value) {
      case Fields object -> {
        List<Field> fields = new ArrayList<>();
        boolean found = false;
        for (int i = 0; i < object.size(); i++) {
          boolean here = object.keys().get(i).equals(key);
          found |= here;
          Jsonb old = object.values().get(i);
          fields.add(
              new Field(object.keys().get(i), here ? set(old, path, level + 1, newValue) : old));
        }
        if (!found) {
          fields.add(new Field(key, made(path, level + 1, newValue)));
        }
        yield Jsonb.object(fields);
      }
      case Items(List<Jsonb> items) -> item(items, path, level, newValue);
      case Jsonb.Nil _, Jsonb.Bool _, Jsonb.Decimal _, Jsonb.Text _ ->
          throw new QuiverException(SqlState.INVALID_PARAMETER_VALUE, "cannot replace existing key")
              .withDetail("The path assumes key is a composite object, but it is a scalar value.");
    };
  }

  private static Jsonb item(List<Jsonb> items, List<String> path, int level, Jsonb newValue) {
    Integer index = index(path.get(level));
    if (index == null) {
      throw new QuiverException(
          SqlState.INVALID_TEXT_REPRESENTATION,
          "path element at position %d is not an integer: \"%s\"",
          level + 1,
          path.get(level));
    }
    int at = index < 0 ? items.size() + index : index;
    if (at < 0) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "path element at position %d is out of range: %d",
          level + 1,
          index);
    }
    List<Jsonb> changed = new ArrayList<>(items);
    if (at < items.size()) {
      changed.set(at, set(items.get(at), path, level + 1, newValue));
    } else {
      while (changed.size() < at) {
        changed.add(new Jsonb.Nil());
      }
      changed.add(made(path, level + 1, newValue));
    }
    return new Items(changed);
  }
}
