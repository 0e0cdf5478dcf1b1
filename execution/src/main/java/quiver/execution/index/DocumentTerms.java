package quiver.execution.index;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.common.value.Jsonb;
import quiver.common.value.KeyHash;

/// Terms of arrays and documents, by operator class. A value that contains another has all its
/// terms. Hashes are stored in files.
public enum DocumentTerms {
  /// `array_ops`: the elements.
  ELEMENTS {
    @Override
    public void each(long seed, @Nullable Object datum, LongConsumer sink) {
      if (datum instanceof ArrayValue array) {
        SqlType type = SqlType.of(array.element());
        for (Object element : array.elements()) {
          if (element != null) {
            sink.accept(KeyHash.mix(seed, KeyHash.of(type, element)));
          }
        }
      }
    }
  },
  /// `jsonb_ops`: every key, and every value that is no container. Text in an array counts as a key
  /// too, because the operator `?` finds it.
  KEYS_AND_VALUES {
    @Override
    public void each(long seed, @Nullable Object datum, LongConsumer sink) {
      if (datum instanceof Jsonb document) {
        walk(seed, document, sink);
      }
    }

    private void walk(long seed, Jsonb document, LongConsumer sink) {
      switch (document) {
        case Jsonb.Fields fields -> {
          for (int i = 0; i < fields.size(); i++) {
            sink.accept(key(seed, fields.keys().get(i)));
            walk(seed, fields.values().get(i), sink);
          }
        }
        case Jsonb.Items items -> {
          for (Jsonb item : items.items()) {
            if (item instanceof Jsonb.Text(String text)) {
              sink.accept(key(seed, text));
            }
            walk(seed, item, sink);
          }
        }
        case Jsonb.Text(String text) -> {
          sink.accept(KeyHash.mix(seed + VALUE, KeyHash.of(SqlType.TEXT, text)));
        }
        case Jsonb.Nil _, Jsonb.Bool _, Jsonb.Decimal _ -> sink.accept(scalar(seed, document));
      }
    }
  },
  /// `jsonb_path_ops`: every value that is no container, with the keys that lead to it.
  PATHS {
    @Override
    public void each(long seed, @Nullable Object datum, LongConsumer sink) {
      if (datum instanceof Jsonb document) {
        walk(seed, document, sink);
      }
    }

    private void walk(long path, Jsonb document, LongConsumer sink) {
      switch (document) {
        case Jsonb.Fields fields -> {
          for (int i = 0; i < fields.size(); i++) {
            walk(key(path, fields.keys().get(i)), fields.values().get(i), sink);
          }
        }
        case Jsonb.Items items -> items.items().forEach(item -> walk(path, item, sink));
        case Jsonb.Text(String text) ->
            sink.accept(KeyHash.mix(path + VALUE, KeyHash.of(SqlType.TEXT, text)));
        case Jsonb.Nil _, Jsonb.Bool _, Jsonb.Decimal _ -> sink.accept(scalar(path, document));
      }
    }
  };

  private static final long KEY = 1;
  private static final long VALUE = 2;
  private static final long SCALAR = 3;

  /// Gives the hashes of a datum's terms, in no order, some maybe twice.
  ///
  /// @param seed tells the keys of a multi-column index apart
  public abstract void each(long seed, @Nullable Object datum, LongConsumer sink);

  /// The hash of an object's key, or of a text in an array.
  public static long key(long seed, String key) {
    return KeyHash.mix(seed + KEY, KeyHash.of(SqlType.TEXT, key));
  }

  private static long scalar(long seed, Jsonb scalar) {
    return switch (scalar) {
      case Jsonb.Bool(boolean value) -> KeyHash.mix(seed + SCALAR, value ? 1 : 2);
      case Jsonb.Decimal(var number) -> KeyHash.mix(seed + VALUE + SCALAR, number.hashCode());
      default -> KeyHash.mix(seed + SCALAR, 3);
    };
  }
}
