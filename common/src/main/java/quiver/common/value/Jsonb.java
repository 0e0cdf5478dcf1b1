package quiver.common.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A `jsonb` value in PostgreSQL's canonical form: keys sorted by the length of their UTF-8 bytes,
/// then by those bytes; of equal keys the last one stays; numbers keep their scale. Immutable.
///
/// Equality, hash and order are those of `jsonb` (numbers by value).
public sealed interface Jsonb extends Comparable<Jsonb> {
  /// The JSON literal `null`.
  record Nil() implements Jsonb {
    @Override
    public String toString() {
      return "null";
    }
  }

  record Bool(boolean value) implements Jsonb {
    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /// @param value finite
  record Decimal(Numeric value) implements Jsonb {
    @Override
    public String toString() {
      return value.toString();
    }
  }

  record Text(String value) implements Jsonb {
    @Override
    public String toString() {
      return JsonText.quote(value);
    }
  }

  record Items(List<Jsonb> items) implements Jsonb {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      append(this, text);
      return text.toString();
    }
  }

  /// Made by [#object]; keys are unique and in canonical order.
  record Fields(List<String> keys, List<Jsonb> values) implements Jsonb {
    public Fields {
      keys = List.copyOf(keys);
      values = List.copyOf(values);
    }

    public int size() {
      return keys.size();
    }

    /// The value of a key.
    public Optional<Jsonb> get(String key) {
      int index = indexOf(key);
      return index < 0 ? Optional.empty() : Optional.of(values.get(index));
    }

    public boolean has(String key) {
      return indexOf(key) >= 0;
    }

    private int indexOf(String key) {
      int low = 0;
      int high = keys.size() - 1;
      while (low <= high) {
        int middle = (low + high) >>> 1;
        int order = compareKeys(keys.get(middle), key);
        if (order == 0) {
          return middle;
        }
        if (order < 0) {
          low = middle + 1;
        } else {
          high = middle - 1;
        }
      }
      return -1;
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      append(this, text);
      return text.toString();
    }
  }

  /// One key and its value.
  record Field(String key, Jsonb value) {}

  /// An object of these fields; of equal keys the last one stays.
  static Fields object(List<Field> fields) {
    List<Field> sorted = new ArrayList<>(fields);
    sorted.sort((a, b) -> compareKeys(a.key, b.key));
    List<String> keys = new ArrayList<>(sorted.size());
    List<Jsonb> values = new ArrayList<>(sorted.size());
    for (Field field : sorted) {
      int last = keys.size() - 1;
      if (last >= 0 && keys.get(last).equals(field.key)) {
        values.set(last, field.value);
      } else {
        keys.add(field.key);
        values.add(field.value);
      }
    }
    return new Fields(keys, values);
  }

  /// Parses JSON text.
  ///
  /// @throws quiver.common.error.QuiverException `22P02` when it is not valid JSON
  static Jsonb parse(String text) {
    return ofNode(JsonText.parse(text));
  }

  /// The canonical form of parsed JSON text.
  static Jsonb ofNode(JsonText.Node node) {
    return switch (node.kind()) {
      case NULL -> new Nil();
      case TRUE -> new Bool(true);
      case FALSE -> new Bool(false);
      case STRING -> new Text(node.string());
      case NUMBER -> new Decimal(Numeric.of(node.source()));
      case ARRAY -> new Items(node.children().stream().map(Jsonb::ofNode).toList());
      case OBJECT -> {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < node.children().size(); i++) {
          fields.add(new Field(node.keys().get(i), ofNode(node.children().get(i))));
        }
        yield object(fields);
      }
    };
  }

  /// By the length of the UTF-8 bytes, then by the bytes.
  private static int compareKeys(String left, String right) {
    int byLength = Integer.compare(JsonText.utf8Length(left), JsonText.utf8Length(right));
    return byLength != 0 ? byLength : DatumOrder.compareText(left, right);
  }

  private static void append(Jsonb value, StringBuilder text) {
    switch (value) {
      case Items(var items) -> {
        text.append('[');
        for (int i = 0; i < items.size(); i++) {
          text.append(i == 0 ? "" : ", ");
          append(items.get(i), text);
        }
        text.append(']');
      }
      case Fields(var keys, var values) -> {
        text.append('{');
        for (int i = 0; i < keys.size(); i++) {
          text.append(i == 0 ? "" : ", ");
          JsonText.quote(keys.get(i), text);
          text.append(": ");
          append(values.get(i), text);
        }
        text.append('}');
      }
      case Text(var string) -> JsonText.quote(string, text);
      case Nil _, Bool _, Decimal _ -> text.append(value);
    }
  }

  /// PostgreSQL's order: Object > Array > Boolean > Number > String > Null, larger containers after
  /// smaller ones, except that at the top an empty array is before every scalar.
  @Override
  default int compareTo(Jsonb other) {
    if (this instanceof Items mine && !(other instanceof Items) && !(other instanceof Fields)) {
      return mine.items.isEmpty() ? -1 : 1;
    }
    if (other instanceof Items theirs && !(this instanceof Items) && !(this instanceof Fields)) {
      return theirs.items.isEmpty() ? 1 : -1;
    }
    return compareNested(this, other);
  }

  private static int compareNested(Jsonb left, Jsonb right) {
    return switch (left) {
      case Text(var mine) when right instanceof Text(var theirs) ->
          DatumOrder.compareText(mine, theirs);
      case Decimal(var mine) when right instanceof Decimal(var theirs) -> mine.compareTo(theirs);
      case Bool(var mine) when right instanceof Bool(var theirs) -> Boolean.compare(mine, theirs);
      case Items(var mine) when right instanceof Items(var theirs) -> compareItems(mine, theirs);
      case Fields mine when right instanceof Fields theirs -> {
        int order = Integer.compare(mine.size(), theirs.size());
        for (int i = 0; order == 0 && i < mine.size(); i++) {
          order = DatumOrder.compareText(mine.keys.get(i), theirs.keys.get(i));
          if (order == 0) {
            order = compareNested(mine.values.get(i), theirs.values.get(i));
          }
        }
        yield order;
      }
      default -> Integer.compare(rank(left), rank(right));
    };
  }

  private static int compareItems(List<Jsonb> left, List<Jsonb> right) {
    int order = Integer.compare(left.size(), right.size());
    for (int i = 0; order == 0 && i < left.size(); i++) {
      order = compareNested(left.get(i), right.get(i));
    }
    return order;
  }

  private static int rank(Jsonb value) {
    return switch (value) {
      case Nil _ -> 0;
      case Text _ -> 1;
      case Decimal _ -> 2;
      case Bool _ -> 3;
      case Items _ -> 4;
      case Fields _ -> 5;
    };
  }
}
