package quiver.rpc.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;

/// A record: its components in order, through method handles that are looked up once.
final class RecordForm implements Form {
  private static final MethodType READ_COMPONENT =
      MethodType.methodType(Object.class, Object.class);
  private static final MethodType MAKE = MethodType.methodType(Object.class, Object[].class);

  private final Form[] forms;
  private final MethodHandle[] accessors;
  private final MethodHandle constructor;

  /// @param forms of its components
  RecordForm(Class<?> type, Form[] forms) {
    this.forms = forms;
    RecordComponent[] components = type.getRecordComponents();
    this.accessors = new MethodHandle[components.length];
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      for (int i = 0; i < components.length; i++) {
        accessors[i] = lookup.unreflect(components[i].getAccessor()).asType(READ_COMPONENT);
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      constructor =
          lookup
              .findConstructor(type, MethodType.methodType(void.class, types))
              .asSpreader(Object[].class, types.length)
              .asType(MAKE);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type.getName() + " cannot be sent", e);
    }
  }

  @Override
  public void write(WireOutput out, @Nullable Object value) {
    out.descend();
    for (int i = 0; i < forms.length; i++) {
      forms[i].write(out, component(i, value));
    }
    out.ascend();
  }

  private @Nullable Object component(int index, @Nullable Object value) {
    try {
      return (Object) accessors[index].invokeExact(value);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  @Override
  public Object read(WireInput in) {
    in.descend();
    @Nullable Object[] components = new @Nullable Object[forms.length];
    for (int i = 0; i < components.length; i++) {
      components[i] = forms[i].read(in);
    }
    in.ascend();
    try {
      return (Object) constructor.invokeExact(components);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /// Accessors and constructors of records throw nothing checked.
  static RuntimeException unchecked(Throwable e) {
    return switch (e) {
      case QuiverException failure -> failure;
      case RuntimeException failure -> failure;
      case Error error -> throw error;
      default -> new IllegalStateException(e);
    };
  }
}
