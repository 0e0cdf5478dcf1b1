package quiver.execution.function.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.jsonpath.JsonPath;
import quiver.common.jsonpath.JsonPath.AnyLevel;
import quiver.common.jsonpath.JsonPath.Method;
import quiver.common.jsonpath.JsonPath.Node;
import quiver.common.jsonpath.JsonPath.Step;
import quiver.common.jsonpath.JsonPath.Subscript;
import quiver.common.type.SqlType;
import quiver.common.value.Jsonb;
import quiver.common.value.Numeric;

/// The steps of a path: fields, array items, levels, filters and methods. Used by one thread.
final class PathSteps {
  private final PathEvaluator evaluator;

  PathSteps(PathEvaluator evaluator) {
    this.evaluator = evaluator;
  }

  List<Jsonb> follow(List<Step> steps, List<Jsonb> from, PathEvaluator.Place place) {
    List<Jsonb> items = from;
    boolean afterLevels = false;
    for (Step step : steps) {
      List<Jsonb> next = new ArrayList<>();
      for (Jsonb item : items) {
        apply(step, item, next, place, afterLevels);
      }
      items = next;
      afterLevels = step instanceof AnyLevel;
    }
    return items;
  }

  /// @param lenient after `**` structures that do not fit are passed over, even in strict mode
  private void apply(
      Step step, Jsonb item, List<Jsonb> to, PathEvaluator.Place place, boolean lenient) {
    boolean strict = evaluator.strict() && !lenient;
    switch (step) {
      case JsonPath.Key(var name) -> key(name, item, to, strict, true);
      case JsonPath.AnyKey _ -> anyKey(item, to, strict, true);
      case JsonPath.AnyItem _ -> anyItem(item, to, strict);
      case JsonPath.Subscripts(var subscripts) -> subscripts(subscripts, item, to, place, strict);
      case AnyLevel level -> anyLevel(level, item, to);
      case JsonPath.Filter(var condition) -> filter(condition, item, to, place);
      case JsonPath.Call(var method) -> call(method, item, to);
    }
  }

  private void key(String name, Jsonb item, List<Jsonb> to, boolean strict, boolean unwrap) {
    if (item instanceof Jsonb.Fields fields) {
      Optional<Jsonb> value = fields.get(name);
      if (value.isPresent()) {
        to.add(value.get());
      } else if (strict) {
        throw new QuiverException(
            SqlState.SQL_JSON_MEMBER_NOT_FOUND, "JSON object does not contain key \"%s\"", name);
      }
    } else if (item instanceof Jsonb.Items(var children) && unwrap && !evaluator.strict()) {
      children.forEach(child -> key(name, child, to, false, false));
    } else if (strict) {
      throw new QuiverException(
          SqlState.SQL_JSON_MEMBER_NOT_FOUND,
          "jsonpath member accessor can only be applied to an object");
    }
  }

  private void anyKey(Jsonb item, List<Jsonb> to, boolean strict, boolean unwrap) {
    if (item instanceof Jsonb.Fields fields) {
      to.addAll(fields.values());
    } else if (item instanceof Jsonb.Items(var children) && unwrap && !evaluator.strict()) {
      children.forEach(child -> anyKey(child, to, false, false));
    } else if (strict) {
      throw new QuiverException(
          SqlState.SQL_JSON_OBJECT_NOT_FOUND,
          "jsonpath wildcard member accessor can only be applied to an object");
    }
  }

  private void anyItem(Jsonb item, List<Jsonb> to, boolean strict) {
    if (item instanceof Jsonb.Items(var children)) {
      to.addAll(children);
    } else if (!evaluator.strict()) {
      to.add(item);
    } else if (strict) {
      throw new QuiverException(
          SqlState.SQL_JSON_ARRAY_NOT_FOUND,
          "jsonpath wildcard array accessor can only be applied to an array");
    }
  }

  private void subscripts(
      List<Subscript> subscripts,
      Jsonb item,
      List<Jsonb> to,
      PathEvaluator.Place place,
      boolean strict) {
    List<Jsonb> children;
    if (item instanceof Jsonb.Items(var items)) {
      children = items;
    } else if (!evaluator.strict()) {
      children = List.of(item);
    } else if (strict) {
      throw new QuiverException(
          SqlState.SQL_JSON_ARRAY_NOT_FOUND,
          "jsonpath array accessor can only be applied to an array");
    } else {
      return;
    }
    PathEvaluator.Place inside = new PathEvaluator.Place(place.current(), children.size());
    for (Subscript subscript : subscripts) {
      long from = index(subscript.from(), inside);
      long last = subscript.to().isPresent() ? index(subscript.to().get(), inside) : from;
      if (strict && (from < 0 || from > last || last >= children.size())) {
        throw new QuiverException(
            SqlState.INVALID_SQL_JSON_SUBSCRIPT, "jsonpath array subscript is out of bounds");
      }
      for (long i = Math.max(from, 0); i <= Math.min(last, children.size() - 1L); i++) {
        to.add(children.get((int) i));
      }
    }
  }

  private long index(Node node, PathEvaluator.Place place) {
    List<Jsonb> items = evaluator.items(node, place);
    if (items.size() == 1 && items.getFirst() instanceof Jsonb.Decimal(Numeric value)) {
      Optional<Long> index = value.truncate(0).toLong();
      if (index.isEmpty() || index.get() != (int) (long) index.get()) {
        throw new QuiverException(
            SqlState.INVALID_SQL_JSON_SUBSCRIPT,
            "jsonpath array subscript is out of integer range");
      }
      return index.get();
    }
    throw new QuiverException(
        SqlState.INVALID_SQL_JSON_SUBSCRIPT,
        "jsonpath array subscript is not a single numeric value");
  }

  private void anyLevel(AnyLevel level, Jsonb item, List<Jsonb> to) {
    if (level.first() == 0) {
      to.add(item);
    }
    descend(level, item, 1, to);
  }

  private void descend(AnyLevel level, Jsonb item, int depth, List<Jsonb> to) {
    List<Jsonb> children =
        switch (item) {
          case Jsonb.Items items -> items.items();
          case Jsonb.Fields fields -> fields.values();
          default -> List.of();
        };
    for (Jsonb child : children) {
      boolean leaf = !(child instanceof Jsonb.Items) && !(child instanceof Jsonb.Fields);
      boolean onlyLeaves =
          level.first() == JsonPath.LAST_LEVEL && level.last() == JsonPath.LAST_LEVEL;
      if (onlyLeaves ? leaf : depth >= level.first() && depth <= level.last()) {
        to.add(child);
      }
      if (depth < level.last()) {
        descend(level, child, depth + 1, to);
      }
    }
  }

  private void filter(Node condition, Jsonb item, List<Jsonb> to, PathEvaluator.Place place) {
    if (item instanceof Jsonb.Items(var children) && !evaluator.strict()) {
      children.forEach(child -> test(condition, child, to, place));
    } else {
      test(condition, item, to, place);
    }
  }

  private void test(Node condition, Jsonb item, List<Jsonb> to, PathEvaluator.Place place) {
    Boolean truth = evaluator.test(condition, new PathEvaluator.Place(item, place.size()));
    if (truth != null && truth) {
      to.add(item);
    }
  }

  // ---- methods

  private void call(Method method, Jsonb item, List<Jsonb> to) {
    boolean whole = method == Method.TYPE || method == Method.SIZE;
    if (item instanceof Jsonb.Items(var children) && !whole && !evaluator.strict()) {
      children.forEach(child -> to.addAll(call(method, child)));
    } else {
      to.addAll(call(method, item));
    }
  }

  private List<Jsonb> call(Method method, Jsonb item) {
    return switch (method) {
      case TYPE -> List.of(new Jsonb.Text(typeName(item)));
      case SIZE -> List.of(new Jsonb.Decimal(Numeric.of(size(item))));
      case ABS -> List.of(new Jsonb.Decimal(number(method, item).abs()));
      case FLOOR -> List.of(new Jsonb.Decimal(number(method, item).floor()));
      case CEILING -> List.of(new Jsonb.Decimal(number(method, item).ceil()));
      case DOUBLE -> List.of(new Jsonb.Decimal(floating(item)));
      case KEYVALUE -> keyValues(item);
    };
  }

  private static String typeName(Jsonb item) {
    return switch (item) {
      case Jsonb.Nil _ -> "null";
      case Jsonb.Bool _ -> "boolean";
      case Jsonb.Decimal _ -> "number";
      case Jsonb.Text _ -> "string";
      case Jsonb.Items _ -> "array";
      case Jsonb.Fields _ -> "object";
    };
  }

  private long size(Jsonb item) {
    if (item instanceof Jsonb.Items(var children)) {
      return children.size();
    }
    if (evaluator.strict()) {
      throw new QuiverException(
          SqlState.SQL_JSON_ARRAY_NOT_FOUND,
          "jsonpath item method .%s() can only be applied to an array",
          Method.SIZE.text());
    }
    return 1;
  }

  private static Numeric number(Method method, Jsonb item) {
    if (item instanceof Jsonb.Decimal(Numeric value)) {
      return value;
    }
    throw new QuiverException(
        SqlState.NON_NUMERIC_SQL_JSON_ITEM,
        "jsonpath item method .%s() can only be applied to a numeric value",
        method.text());
  }

  private static Numeric floating(Jsonb item) {
    String digits =
        switch (item) {
          case Jsonb.Decimal(Numeric value) -> value.toString();
          case Jsonb.Text(String text) -> text;
          default ->
              throw new QuiverException(
                  SqlState.NON_NUMERIC_SQL_JSON_ITEM,
                  "jsonpath item method .%s() can only be applied to a string or numeric value",
                  Method.DOUBLE.text());
        };
    boolean number = item instanceof Jsonb.Decimal;
    double value;
    try {
      value = (Double) TextFormat.parse(SqlType.FLOAT8, digits, FormatSettings.DEFAULT);
    } catch (QuiverException e) {
      throw (number
              ? new QuiverException(
                  SqlState.NON_NUMERIC_SQL_JSON_ITEM,
                  "numeric argument of jsonpath item method .%s() is out of range for type double"
                      + " precision",
                  Method.DOUBLE.text())
              : new QuiverException(
                  SqlState.NON_NUMERIC_SQL_JSON_ITEM,
                  "string argument of jsonpath item method .%s() is not a valid representation of a"
                      + " double precision number",
                  Method.DOUBLE.text()))
          .withCause(e);
    }
    if (!Double.isFinite(value)) {
      throw new QuiverException(
          SqlState.NON_NUMERIC_SQL_JSON_ITEM,
          "NaN or Infinity is not allowed for jsonpath item method .%s()",
          Method.DOUBLE.text());
    }
    return number ? Numeric.of(digits) : Numeric.ofDouble(value);
  }

  private List<Jsonb> keyValues(Jsonb item) {
    if (!(item instanceof Jsonb.Fields fields)) {
      throw new QuiverException(
          SqlState.SQL_JSON_OBJECT_NOT_FOUND,
          "jsonpath item method .%s() can only be applied to an object",
          Method.KEYVALUE.text());
    }
    if (!item.equals(evaluator.root())) {
      // The id of a nested object is its place in PostgreSQL's stored form.
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "jsonpath item method .keyvalue() of a nested object is not supported");
    }
    List<Jsonb> pairs = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      pairs.add(
          Jsonb.object(
              List.of(
                  new Jsonb.Field("id", new Jsonb.Decimal(Numeric.ZERO)),
                  new Jsonb.Field("key", new Jsonb.Text(fields.keys().get(i))),
                  new Jsonb.Field("value", fields.values().get(i)))));
    }
    return pairs;
  }
}
