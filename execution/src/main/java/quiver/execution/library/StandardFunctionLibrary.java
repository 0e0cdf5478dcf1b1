package quiver.execution.library;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import quiver.common.format.FormatSettings;
import quiver.common.function.FunctionSignature;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.value.Bytes;
import quiver.common.value.Jsonb;
import quiver.execution.aggregate.JsonConversion;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.function.Casts;
import quiver.execution.function.ColumnKernel;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.JsonDatums;
import quiver.execution.function.ScalarFunction;
import quiver.execution.function.ScalarFunctions;
import quiver.execution.function.SetFunction;
import quiver.execution.function.SetFunctions;
import quiver.execution.function.catalog.DefinitionFunctions;
import quiver.execution.function.catalog.SessionFunctions;
import quiver.execution.function.json.JsonFunctions;
import quiver.execution.function.json.PathFunctions;
import quiver.execution.function.search.SearchFunctions;
import quiver.execution.function.search.SearchSets;
import quiver.execution.function.text.PatternFunctions;
import quiver.execution.function.vectors.VectorFunctions;

/// Everything the registry lists, implemented. Immutable: one for a process.
public final class StandardFunctionLibrary implements FunctionLibrary {
  private final ScalarFunctions scalars;
  private final Casts casts;
  private final SetFunctions sets;

  public StandardFunctionLibrary() {
    PathFunctions paths = new PathFunctions(PatternFunctions::isLike);
    scalars =
        ScalarFunctions.with(
            List.of(
                VectorFunctions.functions(),
                JsonFunctions.functions(),
                PatternFunctions.functions(),
                byteaPatterns(PatternFunctions.functions())),
            List.of(
                SessionFunctions::addTo,
                DefinitionFunctions::addTo,
                SearchFunctions::addTo,
                paths::addTo));
    casts = new Casts(scalars);
    Map<String, SetFunction> otherSets = new HashMap<>(patternSets());
    otherSets.putAll(SearchSets.functions());
    otherSets.putAll(SessionFunctions.sets());
    otherSets.putAll(paths.sets());
    sets = new SetFunctions(otherSets);
  }

  /// LIKE over `bytea`: that of texts, each byte being a character.
  private static Map<String, ScalarFunction> byteaPatterns(Map<String, ScalarFunction> patterns) {
    ScalarFunction like = overBytes(patterns, "textlike(text,text)");
    ScalarFunction notLike = overBytes(patterns, "textnlike(text,text)");
    ScalarFunction escape = overBytes(patterns, "like_escape(text,text)");
    return Map.of(
        "bytealike(bytea,bytea)",
        like,
        "byteanlike(bytea,bytea)",
        notLike,
        "like(bytea,bytea)",
        like,
        "notlike(bytea,bytea)",
        notLike,
        "like_escape(bytea,bytea)",
        (context, a) -> {
          String text = (String) Objects.requireNonNull(escape.call(context, a));
          return Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
        });
  }

  private static ScalarFunction overBytes(Map<String, ScalarFunction> patterns, String key) {
    ScalarFunction function = Objects.requireNonNull(patterns.get(key));
    return (context, a) -> {
      @Nullable Object[] texts = new @Nullable Object[a.length];
      for (int i = 0; i < a.length; i++) {
        Bytes bytes = (Bytes) Objects.requireNonNull(a[i]);
        texts[i] = new String(bytes.array(), StandardCharsets.ISO_8859_1);
      }
      return function.call(context, texts);
    };
  }

  /// The set-returning functions over regular expressions.
  private static Map<String, SetFunction> patternSets() {
    SetFunction matches =
        (context, a) ->
            SetFunctions.column(
                PatternFunctions.allMatches(context, text(a, 0), text(a, 1), flags(a)));
    SetFunction parts =
        (context, a) ->
            SetFunctions.column(PatternFunctions.split(context, text(a, 0), text(a, 1), flags(a)));
    return Map.of(
        "regexp_matches(text,text)", matches,
        "regexp_matches(text,text,text)", matches,
        "regexp_split_to_table(text,text)", parts,
        "regexp_split_to_table(text,text,text)", parts);
  }

  private static String text(@Nullable Object[] arguments, int index) {
    return (String) Objects.requireNonNull(arguments[index]);
  }

  private static String flags(@Nullable Object[] arguments) {
    return arguments.length > 2 ? text(arguments, 2) : "";
  }

  /// Keys of the scalar functions that are implemented.
  public Set<String> scalarKeys() {
    return scalars.keys();
  }

  /// Keys of the set-returning functions that are implemented.
  public Set<String> setKeys() {
    return sets.keys();
  }

  @Override
  public ScalarFunction scalar(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    return scalars.scalar(function, argumentTypes, resultType);
  }

  /// None: comparison, arithmetic and distances have their own expressions.
  @Override
  public Optional<ColumnKernel> kernel(FunctionSignature function) {
    return Optional.empty();
  }

  @Override
  public SetFunction setReturning(
      FunctionSignature function, List<SqlType> argumentTypes, SqlType resultType) {
    return sets.setReturning(function, argumentTypes, resultType);
  }

  @Override
  public Conversion conversion(SqlType from, SqlType to, CastContext context) {
    return casts.conversion(from, to, context)::convert;
  }

  @Override
  public JsonConversion json(FunctionContext context) {
    FormatSettings settings = context.format();
    return new JsonConversion() {
      @Override
      public String toJson(SqlType type, @Nullable Object datum) {
        return JsonDatums.toJson(type, datum, settings);
      }

      @Override
      public Jsonb toJsonb(SqlType type, @Nullable Object datum) {
        return JsonDatums.toJsonb(type, datum, settings);
      }

      @Override
      public String toKey(SqlType type, Object datum) {
        return JsonDatums.toKey(type, datum, settings);
      }
    };
  }
}
