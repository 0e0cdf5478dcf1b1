package quiver.rpc.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.column.Column;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.rpc.Cancellation;

/// Makes the forms of types, and describes them for the digest. Used by one thread.
final class Forms {
  private static final int CONSTANT_COUNT_MAX = 256;

  private final Map<Type, Form> forms = new HashMap<>();

  /// What a type looks like, by its name; sorted, so that the digest does not depend on the order
  /// of looking.
  private final Map<String, String> descriptions = new TreeMap<>();

  Forms() {
    forms.put(
        int.class, form((out, value) -> out.bytes.putInt((int) value), in -> in.bytes.getInt()));
    forms.put(Integer.class, forms.get(int.class));
    forms.put(
        long.class,
        form((out, value) -> out.bytes.putLong((long) value), in -> in.bytes.getLong()));
    forms.put(Long.class, forms.get(long.class));
    forms.put(
        double.class,
        form((out, value) -> out.bytes.putDouble((double) value), in -> in.bytes.getDouble()));
    forms.put(Double.class, forms.get(double.class));
    forms.put(
        boolean.class,
        form(
            (out, value) -> out.bytes.putByte((boolean) value ? 1 : 0), in -> in.bytes.get() != 0));
    forms.put(Boolean.class, forms.get(boolean.class));
    forms.put(
        String.class,
        form((out, value) -> out.bytes.putText((String) value), in -> ByteWriter.text(in.bytes)));
    forms.put(
        UUID.class, form(Forms::writeUuid, in -> new UUID(in.bytes.getLong(), in.bytes.getLong())));
    forms.put(long[].class, form(Forms::writeLongs, Forms::readLongs));
    forms.put(
        Cancellation.class,
        form((out, value) -> out.cancellations.add((Cancellation) value), in -> in.cancellation));
    DatumForm datum = new DatumForm(of(SqlType.class));
    forms.put(Object.class, datum);
    DatumForm.classes().forEach(each -> forms.putIfAbsent(each, datum));
    forms.put(Column.class, new ColumnForm(of(SqlType.class), datum));
    Form objects = collection(CatalogObject.class, list -> list);
    forms.put(
        CatalogImage.class,
        form(
            (out, value) -> {
              CatalogImage image = (CatalogImage) value;
              out.bytes.putLong(image.version());
              objects.write(out, image.objects());
            },
            in -> {
              long version = in.bytes.getLong();
              List<CatalogObject> all = new ArrayList<>();
              for (Object each : (Collection<?>) present(objects.read(in))) {
                all.add((CatalogObject) each);
              }
              return new CatalogImage(version, all);
            }));
  }

  private interface Writer {
    void write(WireOutput out, Object value);
  }

  private static Form form(Writer writer, Function<WireInput, ?> reader) {
    return new Form() {
      @Override
      public void write(WireOutput out, @Nullable Object value) {
        writer.write(out, present(value));
      }

      @Override
      public @Nullable Object read(WireInput in) {
        return reader.apply(in);
      }
    };
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("null in a message");
    }
    return value;
  }

  private static void writeUuid(WireOutput out, Object value) {
    UUID id = (UUID) value;
    out.bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  private static void writeLongs(WireOutput out, Object value) {
    long[] numbers = (long[]) value;
    out.bytes.putInt(numbers.length);
    int bytes = Math.multiplyExact(8, numbers.length);
    var room = out.bytes.room(bytes);
    room.asLongBuffer().put(numbers);
    room.position(room.position() + bytes);
  }

  private static long[] readLongs(WireInput in) {
    long[] numbers = new long[ByteWriter.length(in.bytes, 8)];
    in.bytes.asLongBuffer().get(numbers);
    in.bytes.position(in.bytes.position() + 8 * numbers.length);
    return numbers;
  }

  /// The form of a type.
  ///
  /// @throws IllegalArgumentException if it has none
  Form of(Type type) {
    Form known = forms.get(type);
    if (known != null) {
      return known;
    }
    Recursive made = new Recursive();
    forms.put(type, made);
    made.target = make(type);
    forms.put(type, made.target);
    return made.target;
  }

  /// Every type looked at so far and its parts, one a line.
  String description() {
    StringBuilder text = new StringBuilder();
    descriptions.forEach(
        (name, parts) -> text.append(name).append(" = ").append(parts).append('\n'));
    return text.toString();
  }

  private Form make(Type type) {
    return switch (type) {
      case ParameterizedType generic -> generic(generic);
      case WildcardType wildcard -> of(wildcard.getUpperBounds()[0]);
      case Class<?> plain when plain.isEnum() -> constants(plain);
      case Class<?> plain when plain.isRecord() -> fields(plain);
      case Class<?> plain when plain.isSealed() -> oneOf(plain, leaves(plain));
      default -> throw new IllegalArgumentException(type.getTypeName() + " cannot be sent");
    };
  }

  private Form generic(ParameterizedType type) {
    Type[] parts = type.getActualTypeArguments();
    if (type.getRawType() == List.class || type.getRawType() == Collection.class) {
      return collection(parts[0], Collections::unmodifiableList);
    }
    if (type.getRawType() == Set.class) {
      return collection(
          parts[0], list -> Collections.unmodifiableSet(new LinkedHashSet<@Nullable Object>(list)));
    }
    if (type.getRawType() == Map.class) {
      return map(of(parts[0]), of(parts[1]));
    }
    if (type.getRawType() == Optional.class) {
      return optional(of(parts[0]));
    }
    throw new IllegalArgumentException(type.getTypeName() + " cannot be sent");
  }

  private Form collection(Type entryType, Function<List<@Nullable Object>, Object> finish) {
    Form entry = of(entryType);
    return form(
        (out, value) -> {
          Collection<?> entries = (Collection<?>) value;
          out.bytes.putInt(entries.size());
          for (Object each : entries) {
            entry.write(out, each);
          }
        },
        in -> {
          int count = ByteWriter.length(in.bytes, 1);
          List<@Nullable Object> entries = new ArrayList<>(Math.min(count, 64));
          for (int i = 0; i < count; i++) {
            entries.add(entry.read(in));
          }
          return finish.apply(entries);
        });
  }

  private static Form map(Form key, Form value) {
    return form(
        (out, map) -> {
          Map<?, ?> entries = (Map<?, ?>) map;
          out.bytes.putInt(entries.size());
          entries.forEach((k, v) -> {
            key.write(out, k);
            value.write(out, v);
          });
        },
        in -> {
          int count = ByteWriter.length(in.bytes, 1);
          Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
          for (int i = 0; i < count; i++) {
            entries.put(present(key.read(in)), value.read(in));
          }
          return Collections.unmodifiableMap(entries);
        });
  }

  private static Form optional(Form part) {
    return form(
        (out, value) -> {
          Optional<?> optional = (Optional<?>) value;
          out.bytes.putByte(optional.isPresent() ? 1 : 0);
          if (optional.isPresent()) {
            part.write(out, optional.get());
          }
        },
        in -> in.bytes.get() == 0 ? Optional.empty() : Optional.of(present(part.read(in))));
  }

  private Form constants(Class<?> type) {
    Object[] constants = type.getEnumConstants();
    if (constants.length > CONSTANT_COUNT_MAX) {
      throw new IllegalArgumentException(type.getName() + " has too many constants");
    }
    descriptions.put(
        type.getName(),
        String.join(" | ", Arrays.stream(constants).map(each -> ((Enum<?>) each).name()).toList()));
    Map<Object, Integer> numbers = new HashMap<>();
    for (int i = 0; i < constants.length; i++) {
      numbers.put(constants[i], i);
    }
    return form(
        (out, value) -> out.bytes.putByte(numbers.getOrDefault(value, -1)),
        in -> constants[Byte.toUnsignedInt(in.bytes.get())]);
  }

  private Form fields(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Form[] parts = new Form[components.length];
    StringBuilder description = new StringBuilder();
    for (int i = 0; i < components.length; i++) {
      parts[i] = of(components[i].getGenericType());
      description
          .append(components[i].getName())
          .append(' ')
          .append(components[i].getGenericType().getTypeName())
          .append("; ");
    }
    descriptions.put(type.getName(), description.toString());
    return new RecordForm(type, parts);
  }

  private static List<Class<?>> leaves(Class<?> type) {
    List<Class<?>> leaves = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        leaves.addAll(leaves(permitted));
      } else {
        leaves.add(permitted);
      }
    }
    return leaves;
  }

  /// A byte that tells the class, then its form.
  private Form oneOf(Class<?> type, List<Class<?>> leaves) {
    descriptions.put(
        type.getName(), String.join(" | ", leaves.stream().map(Class::getName).toList()));
    Map<Class<?>, Integer> tags = new HashMap<>();
    Form[] parts = new Form[leaves.size()];
    for (int i = 0; i < parts.length; i++) {
      tags.put(leaves.get(i), i);
      parts[i] = of(leaves.get(i));
    }
    return form(
        (out, value) -> {
          Integer tag = tags.get(value.getClass());
          if (tag == null) {
            throw new IllegalArgumentException(value.getClass().getName() + " cannot be sent");
          }
          out.bytes.putByte(tag);
          parts[tag].write(out, value);
        },
        in -> present(parts[Byte.toUnsignedInt(in.bytes.get())].read(in)));
  }

  /// Stands for a form that is being made.
  private static final class Recursive implements Form {
    private @Nullable Form target;

    private Form target() {
      Form made = target;
      if (made == null) {
        throw new IllegalStateException("used before it was made");
      }
      return made;
    }

    @Override
    public void write(WireOutput out, @Nullable Object value) {
      target().write(out, value);
    }

    @Override
    public @Nullable Object read(WireInput in) {
      return target().read(in);
    }
  }
}
