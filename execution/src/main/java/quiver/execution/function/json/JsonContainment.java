package quiver.execution.function.json;

import java.util.List;
import quiver.common.value.Jsonb;
import quiver.common.value.Jsonb.Fields;
import quiver.common.value.Jsonb.Items;

/// `@>`. Source: PostgreSQL 15, section 8.14.3.
final class JsonContainment {
  private JsonContainment() {}

  /// Whether `outer` contains `inner`; an array contains a scalar that is one of its elements.
  static boolean contains(Jsonb outer, Jsonb inner) {
    if (outer instanceof Items(var items)
        && !(inner instanceof Items)
        && !(inner instanceof Fields)) {
      return items.contains(inner);
    }
    return nested(outer, inner);
  }

  private static boolean nested(Jsonb outer, Jsonb inner) {
    return switch (inner) {
      case Fields fields -> {
        if (!(outer instanceof Fields having)) {
          yield false;
        }
        boolean all = true;
        for (int i = 0; i < fields.size() && all; i++) {
          Jsonb wanted = fields.values().get(i);
          all = having.get(fields.keys().get(i)).map(value -> nested(value, wanted)).orElse(false);
        }
        yield all;
      }
      case Items(var wanted) -> outer instanceof Items(var having) && eachIn(having, wanted);
      case Jsonb scalar -> outer.equals(scalar);
    };
  }

  private static boolean eachIn(List<Jsonb> having, List<Jsonb> wanted) {
    return wanted.stream()
        .allMatch(value -> having.stream().anyMatch(element -> nested(element, value)));
  }
}
