package quiver.execution.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.format.TextFormat;
import quiver.common.format.TypeModifiers;
import quiver.common.function.FunctionRegistry;
import quiver.common.function.FunctionResolver;
import quiver.common.function.FunctionSignature;
import quiver.common.function.ResolvedFunction;
import quiver.common.function.ResolvedOperator;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;
import quiver.common.type.TypeNames;
import quiver.common.value.ArrayValue;
import quiver.execution.function.FunctionContext;
import quiver.execution.function.SessionContext;
import quiver.execution.function.SessionFormats;

/// Resolves and calls functions, operators and casts and compares with what PostgreSQL answered:
/// the table beside this class holds both.
class FunctionResultsTest {
  private final FunctionResolver resolver = new FunctionResolver(FunctionRegistry.standard());
  private final StandardFunctionLibrary library = new StandardFunctionLibrary();
  private final FunctionContext context =
      context(new FixedSession(Map.of("timezone", "America/New_York")));

  private static FunctionContext context(SessionContext session) {
    return new StatementFunctions(session, SessionFormats.of(session));
  }

  private record Argument(SqlType type, @Nullable Object value) {}

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        char next = text.charAt(++i);
        plain.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static SqlType type(String name) {
    String bare = name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
    int dimensions = bare.length() == name.length() ? 0 : 1;
    int open = bare.indexOf('(');
    if (open < 0) {
      return TypeNames.resolve(Optional.empty(), bare, List.of(), dimensions);
    }
    List<String> modifiers =
        Arrays.asList(bare.substring(open + 1, bare.indexOf(')')).split(",", -1));
    return TypeNames.resolve(Optional.empty(), bare.substring(0, open), modifiers, dimensions);
  }

  private Argument argument(String cell) {
    int equals = cell.indexOf('=');
    if (equals < 0) {
      return new Argument(type(cell), null);
    }
    SqlType type = type(cell.substring(0, equals));
    Object value = TextFormat.parse(type, unescape(cell.substring(equals + 1)), context.format());
    return new Argument(type, TypeModifiers.apply(type, value, CastContext.EXPLICIT));
  }

  private @Nullable Object[] converted(List<Argument> arguments, List<SqlType> types) {
    @Nullable Object[] values = new @Nullable Object[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      Argument argument = arguments.get(i);
      Object value = argument.value;
      values[i] =
          value == null || argument.type.sameTypeAs(types.get(i))
              ? value
              : library
                  .conversion(argument.type, types.get(i), CastContext.IMPLICIT)
                  .convert(context, value);
    }
    return values;
  }

  private @Nullable Object call(
      FunctionSignature function, List<SqlType> types, SqlType result, List<Argument> arguments) {
    @Nullable Object[] values = converted(arguments, types);
    if (function.strict() && Arrays.asList(values).contains(null)) {
      return null;
    }
    return library.scalar(function, types, result).call(context, values);
  }

  private String text(SqlType type, @Nullable Object value) {
    return value == null ? "NULL" : "=" + TextFormat.format(type, value, context.format());
  }

  private String operator(String symbol, List<SqlType> types, List<Argument> arguments) {
    Optional<SqlType> left = types.size() == 2 ? Optional.of(types.getFirst()) : Optional.empty();
    ResolvedOperator resolved = resolver.operator(symbol, left, types.getLast());
    return text(
        resolved.result(),
        call(resolved.function(), resolved.operandTypes(), resolved.result(), arguments));
  }

  private String cast(SqlType target, Argument argument) {
    Object value = argument.value;
    return text(
        target,
        value == null
            ? null
            : library
                .conversion(argument.type, target, CastContext.EXPLICIT)
                .convert(context, value));
  }

  /// All rows as one array, as `array_agg` has them.
  private String rows(ResolvedFunction resolved, List<Argument> arguments) {
    Iterator<@Nullable Object[]> rows =
        library
            .setReturning(resolved.function(), resolved.argumentTypes(), resolved.result())
            .call(context, converted(arguments, resolved.argumentTypes()));
    List<@Nullable Object> values = new ArrayList<>();
    rows.forEachRemaining(row -> values.add(row[0]));
    if (values.isEmpty()) {
      return "NULL";
    }
    if (values.getFirst() instanceof ArrayValue) {
      return values.stream()
          .map(value -> text(resolved.result(), value).substring(1))
          .collect(Collectors.joining(",", "={", "}"));
    }
    SqlType array = SqlType.arrayOf(resolved.result().base());
    return text(array, ArrayValue.of(array.base(), values.toArray()));
  }

  private String outcome(String kind, String name, List<String> cells) {
    try {
      List<Argument> arguments = cells.stream().map(this::argument).toList();
      List<SqlType> types = arguments.stream().map(Argument::type).toList();
      return switch (kind) {
        case "o" -> operator(name, types, arguments);
        case "c" -> cast(type(name), arguments.getFirst());
        case "s" -> rows(resolver.function(name, types), arguments);
        default -> {
          ResolvedFunction resolved = resolver.function(name, types);
          yield text(
              resolved.result(),
              call(resolved.function(), resolved.argumentTypes(), resolved.result(), arguments));
        }
      };
    } catch (QuiverException e) {
      return "!"
          + e.state().code()
          + " "
          + e.message()
          + e.field(QuiverException.Field.DETAIL).map(d -> " DETAIL: " + d).orElse("")
          + e.field(QuiverException.Field.HINT).map(h -> " HINT: " + h).orElse("");
    }
  }

  /// Whether both are floats that differ by what C libraries differ by in their last digit.
  private static boolean isNear(String actual, String expected) {
    if (expected.length() < 16 || !expected.contains(".") || !actual.startsWith("=")) {
      return false;
    }
    try {
      double left = Double.parseDouble(actual.substring(1));
      double right = Double.parseDouble(expected.substring(1));
      boolean isFloat = Double.toString(right).length() + 2 >= expected.length();
      return isFloat && Math.abs(left - right) <= 4 * Math.ulp(right);
    } catch (NumberFormatException _) {
      return false;
    }
  }

  @Test
  void functionsAnswerAsPostgresDoes() throws IOException {
    List<String> differences = new ArrayList<>();
    try (BufferedReader table =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    FunctionResultsTest.class.getResourceAsStream("functions.tsv")),
                StandardCharsets.UTF_8))) {
      for (String line : table.lines().filter(l -> !l.startsWith("# ")).toList()) {
        String[] cells = line.split("\t", -1);
        List<String> arguments = Arrays.asList(cells).subList(2, cells.length - 1);
        String expected = unescape(cells[cells.length - 1]);
        String actual;
        try {
          actual = outcome(cells[0], cells[1], arguments);
        } catch (RuntimeException e) {
          actual = "thrown: " + e + " at " + e.getStackTrace()[0];
        }
        boolean floats = line.contains("float8=");
        if (!actual.equals(expected) && !(floats && isNear(actual, expected))) {
          differences.add(cells[1] + " " + arguments + ": " + actual + " instead of " + expected);
        }
      }
    }
    assertThat(String.join("\n", differences)).isEmpty();
  }
}
