package quiver.execution.function.json;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.jsonpath.JsonPath;
import quiver.common.value.Jsonb;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.FunctionTable;
import quiver.execution.function.SetFunction;
import quiver.execution.function.SetFunctions;

/// `jsonb_path_query` and the like, and the operators `@?` and `@@`. Safe for every thread.
public final class PathFunctions {
  /// Parsed paths kept.
  private static final int CACHED_COUNT_MAX = 256;

  private static final String SIGNATURE = "(jsonb,jsonpath,jsonb,bool)";
  private static final Jsonb.Fields NO_VARIABLES = Jsonb.object(List.of());

  private final Map<String, JsonPath> cache = new LinkedHashMap<>(16, 0.75f, true);
  private final PathEvaluator.Likeness likeness;

  /// @param likeness how `like_regex` matches
  public PathFunctions(Likeness likeness) {
    this.likeness = likeness::matches;
  }

  /// Matches a string against a pattern with flags of `like_regex`.
  public interface Likeness {
    boolean matches(FunctionContext context, String text, String pattern, String flags);
  }

  public void addTo(FunctionTable table) {
    for (String suffix : List.of("", "_tz")) {
      table
          .one("jsonb_path_exists" + suffix + SIGNATURE, (c, a) -> exists(c, a))
          .one("jsonb_path_match" + suffix + SIGNATURE, (c, a) -> match(c, a))
          .one(
              "jsonb_path_query_array" + suffix + SIGNATURE,
              (c, a) -> new Jsonb.Items(items(c, a).orElse(List.of())))
          .one(
              "jsonb_path_query_first" + suffix + SIGNATURE,
              (c, a) -> items(c, a).orElse(List.of()).stream().findFirst().orElse(null));
    }
    table
        .one("jsonb_path_exists_opr(jsonb,jsonpath)", (c, a) -> exists(c, silent(a)))
        .one("jsonb_path_match_opr(jsonb,jsonpath)", (c, a) -> match(c, silent(a)));
  }

  /// The set-returning functions, by signature key.
  public Map<String, SetFunction> sets() {
    Map<String, SetFunction> sets = new HashMap<>();
    for (String suffix : List.of("", "_tz")) {
      sets.put(
          "jsonb_path_query" + suffix + SIGNATURE,
          (c, a) -> SetFunctions.column(items(c, a).orElse(List.of())));
    }
    return sets;
  }

  private static @Nullable Object[] silent(@Nullable Object[] arguments) {
    return new @Nullable Object[] {arguments[0], arguments[1], NO_VARIABLES, true};
  }

  private @Nullable Object exists(FunctionContext context, @Nullable Object[] arguments) {
    return items(context, arguments).map(items -> !items.isEmpty()).orElse(null);
  }

  private @Nullable Object match(FunctionContext context, @Nullable Object[] arguments) {
    Optional<List<Jsonb>> items = items(context, arguments);
    if (items.isPresent() && items.get().size() == 1) {
      if (items.get().getFirst() instanceof Jsonb.Bool(boolean value)) {
        return value;
      }
      if (items.get().getFirst() instanceof Jsonb.Nil) {
        return null;
      }
    }
    if (isSilent(arguments)) {
      return null;
    }
    throw new QuiverException(
        SqlState.SINGLETON_SQL_JSON_ITEM_REQUIRED, "single boolean result is expected");
  }

  private static boolean isSilent(@Nullable Object[] arguments) {
    return arguments.length > 3 && (Boolean) Objects.requireNonNull(arguments[3]);
  }

  /// The items of a call; empty when there is an error and the call is silent.
  private Optional<List<Jsonb>> items(FunctionContext context, @Nullable Object[] arguments) {
    Jsonb document = (Jsonb) Objects.requireNonNull(arguments[0]);
    JsonPath path = path((String) Objects.requireNonNull(arguments[1]));
    Jsonb variables = arguments.length > 2 ? (Jsonb) arguments[2] : NO_VARIABLES;
    if (!(variables instanceof Jsonb.Fields fields)) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "\"vars\" argument is not an object")
          .withDetail(
              "Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.");
    }
    try {
      return Optional.of(new PathEvaluator(context, path, document, fields, likeness).items());
    } catch (QuiverException e) {
      if (isSilent(arguments) && PathEvaluator.isStructural(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private JsonPath path(String text) {
    synchronized (cache) {
      JsonPath known = cache.get(text);
      if (known != null) {
        return known;
      }
    }
    JsonPath parsed = JsonPath.parse(text);
    synchronized (cache) {
      cache.put(text, parsed);
      if (cache.size() > CACHED_COUNT_MAX) {
        cache.remove(cache.keySet().iterator().next());
      }
    }
    return parsed;
  }
}
