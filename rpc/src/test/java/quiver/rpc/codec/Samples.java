package quiver.rpc.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.expression.Expression;
import quiver.common.search.TextQuery;
import quiver.common.search.TextVector;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.BitString;
import quiver.common.value.Bytes;
import quiver.common.value.HalfVector;
import quiver.common.value.Interval;
import quiver.common.value.Jsonb;
import quiver.common.value.NetworkAddress;
import quiver.common.value.Numeric;
import quiver.common.value.RecordValue;
import quiver.common.value.SparseVector;
import quiver.common.value.TimeWithZone;
import quiver.rpc.Cancellation;

/// Random values of any type that can be sent, made from the declarations alone.
final class Samples {
  private static final int DEPTH_MAX = 6;

  private final RandomGenerator random;

  Samples(RandomGenerator random) {
    this.random = random;
  }

  @Nullable Object of(Type type, int depth) {
    return switch (type) {
      case ParameterizedType generic -> generic(generic, depth);
      case WildcardType wildcard -> of(wildcard.getUpperBounds()[0], depth);
      case Class<?> plain -> plain(plain, depth);
      default -> throw new IllegalArgumentException(type.getTypeName());
    };
  }

  private Object generic(ParameterizedType type, int depth) {
    Type[] parts = type.getActualTypeArguments();
    // Immutable maps and sets with more entries have no order to compare by.
    boolean ordered = type.getRawType() == List.class;
    int count = depth > DEPTH_MAX ? 0 : random.nextInt(ordered ? 4 : 2);
    if (type.getRawType() == Optional.class) {
      return depth > DEPTH_MAX || random.nextBoolean()
          ? Optional.empty()
          : Optional.of(some(parts[0], depth + 1));
    }
    if (type.getRawType() == Map.class) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        map.put(some(parts[0], depth + 1), some(parts[1], depth + 1));
      }
      return map;
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(some(parts[0], depth + 1));
    }
    return type.getRawType() == Set.class ? new LinkedHashSet<>(list) : list;
  }

  private Object some(Type type, int depth) {
    Object value = of(type, depth);
    while (value == null) {
      value = of(type, depth);
    }
    return value;
  }

  private @Nullable Object plain(Class<?> type, int depth) {
    if (type == int.class || type == Integer.class) {
      return random.nextInt();
    } else if (type == long.class || type == Long.class) {
      return random.nextLong();
    } else if (type == double.class || type == Double.class) {
      return random.nextDouble();
    } else if (type == boolean.class || type == Boolean.class) {
      return random.nextBoolean();
    } else if (type == String.class) {
      return "täxt" + random.nextInt(1000);
    } else if (type == UUID.class) {
      return new UUID(random.nextLong(), random.nextLong());
    } else if (type == long[].class) {
      return random.longs(random.nextInt(5)).toArray();
    } else if (type == Cancellation.class) {
      return Cancellation.NEVER;
    } else if (type == Object.class) {
      return datum(depth);
    } else if (DatumForm.classes().contains(type)) {
      Object datum = datum(DEPTH_MAX);
      while (!type.isInstance(datum)) {
        datum = datum(DEPTH_MAX);
      }
      return datum;
    } else if (type == SqlType.class) {
      BaseType[] bases = {BaseType.INT8, BaseType.TEXT, BaseType.VECTOR, BaseType.NUMERIC};
      return new SqlType(bases[random.nextInt(bases.length)], random.nextBoolean(), -1);
    } else if (type == RowBatch.class) {
      return batch();
    } else if (type == Column.class) {
      return column(3, 0);
    } else if (type == CatalogImage.class) {
      return new CatalogImage(random.nextLong(), List.of());
    } else if (type.isEnum()) {
      Object[] constants = type.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    } else if (type.isSealed()) {
      return leaf(type, depth);
    }
    return record(type, depth);
  }

  /// At depth the first leaf that holds little.
  private @Nullable Object leaf(Class<?> type, int depth) {
    if (depth > DEPTH_MAX && type == Expression.class) {
      return new Expression.InputColumn(random.nextInt(), SqlType.INT8);
    }
    Class<?>[] leaves = type.getPermittedSubclasses();
    if (depth <= DEPTH_MAX) {
      return of(leaves[random.nextInt(leaves.length)], depth + 1);
    }
    for (Class<?> leaf : leaves) {
      boolean holdsItself = false;
      if (leaf.isRecord()) {
        for (RecordComponent component : leaf.getRecordComponents()) {
          holdsItself |= component.getType() == type;
        }
      }
      if (!holdsItself) {
        return of(leaf, depth + 1);
      }
    }
    throw new IllegalArgumentException(type.getName());
  }

  private Object record(Class<?> type, int depth) {
    for (int attempt = 0; ; attempt++) {
      try {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
          types[i] = components[i].getType();
          values[i] = of(components[i].getGenericType(), depth + 1);
        }
        return type.getDeclaredConstructor(types).newInstance(values);
      } catch (ReflectiveOperationException e) {
        // Its constructor wants the components to fit each other.
        if (attempt == 200) {
          throw new IllegalArgumentException(type.getName(), e);
        }
      }
    }
  }

  private @Nullable Object datum(int depth) {
    return switch (random.nextInt(depth < DEPTH_MAX ? 20 : 18)) {
      case 0 -> depth < DEPTH_MAX ? null : (Object) 1L;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> random.nextDouble();
      case 4 -> "x" + random.nextInt();
      case 5 -> Numeric.of(BigDecimal.valueOf(random.nextLong(), random.nextInt(20)));
      case 6 -> new UUID(random.nextLong(), random.nextLong());
      case 7 -> Bytes.of(new byte[] {1, (byte) random.nextInt()});
      case 8 -> new Interval(random.nextInt(), random.nextInt(), random.nextLong());
      case 9 -> new TimeWithZone(random.nextLong(1000), random.nextInt(1000));
      case 10 -> new float[] {random.nextFloat(), 2};
      case 11 -> HalfVector.of(new short[] {(short) random.nextInt(1000), 3});
      case 12 -> SparseVector.of(9, new int[] {1, 5}, new float[] {random.nextFloat() + 1, 2});
      case 13 -> BitString.of(9, new byte[] {(byte) random.nextInt(), (byte) 128});
      case 14 -> new Jsonb.Items(List.of(new Jsonb.Nil(), new Jsonb.Text("a")));
      case 15 -> NetworkAddress.of(new byte[] {10, 0, 0, (byte) random.nextInt()}, 24);
      case 16 -> TextVector.of(List.of());
      case 17 -> TextQuery.parse("'a' & 'b'");
      case 18 -> ArrayValue.of(BaseType.INT8, 1L, null, random.nextLong());
      default ->
          RecordValue.unnamed(
              List.of(SqlType.INT8, SqlType.TEXT), new @Nullable Object[] {5L, null});
    };
  }

  private RowBatch batch() {
    int rowCount = random.nextInt(200);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      columns.add(column(rowCount, i));
    }
    return new RowBatch(rowCount, columns);
  }

  private Column column(int rowCount, int layout) {
    long[] words = random.longs((rowCount + 63) / 64).toArray();
    if (rowCount % 64 != 0) {
      words[words.length - 1] &= (1L << rowCount) - 1;
    }
    Nulls nulls = random.nextBoolean() ? Nulls.NONE : Nulls.ofWords(words);
    return switch (layout) {
      case 0 -> new LongColumn(SqlType.INT8, rowCount, random.longs(rowCount).toArray(), nulls);
      case 1 ->
          new DoubleColumn(SqlType.FLOAT8, rowCount, random.doubles(rowCount).toArray(), nulls);
      case 2 -> {
        float[] values = new float[rowCount * 3];
        for (int i = 0; i < values.length; i++) {
          values[i] = random.nextFloat();
        }
        yield VectorColumn.ofArray(SqlType.of(BaseType.VECTOR, 3), 3, rowCount, values, nulls);
      }
      default -> {
        @Nullable Object[] values = new @Nullable Object[rowCount];
        for (int i = 0; i < rowCount; i++) {
          values[i] = random.nextInt(4) == 0 ? null : layout == 3 ? "text " + i : datum(DEPTH_MAX);
        }
        yield ObjectColumn.of(SqlType.TEXT, rowCount, values);
      }
    };
  }
}
