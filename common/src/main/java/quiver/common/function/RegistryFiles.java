package quiver.common.function;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// Reads `functions.txt`, `internals.txt`, `operators.txt` and `casts.txt`; each file explains its
/// own form.
final class RegistryFiles {
  private final Map<String, FunctionSignature> functions = new HashMap<>();
  private final List<FunctionSignature> ordered = new ArrayList<>();
  private final Map<String, List<OutputColumn>> outputColumns = new HashMap<>();

  private RegistryFiles() {}

  static FunctionRegistry load() {
    RegistryFiles files = new RegistryFiles();
    lines("functions.txt").forEach(files::function);
    RegistryFiles internals = new RegistryFiles();
    lines("internals.txt").forEach(internals::function);
    List<OperatorSignature> operators =
        lines("operators.txt").stream().map(files::operator).toList();
    List<CastSignature> casts = lines("casts.txt").stream().map(files::cast).toList();
    return new FunctionRegistry(
        files.ordered, internals.ordered, files.outputColumns, operators, casts, argumentNames());
  }

  private static Map<Integer, List<ArgumentName>> argumentNames() {
    Map<Integer, List<ArgumentName>> names = new HashMap<>();
    for (String line : lines("argument_names.txt")) {
      int space = line.indexOf(' ');
      List<ArgumentName> arguments = new ArrayList<>();
      for (String argument : line.substring(space + 1).split(",", -1)) {
        int equals = argument.indexOf('=');
        arguments.add(
            equals < 0
                ? new ArgumentName(argument, Optional.empty())
                : new ArgumentName(
                    argument.substring(0, equals), Optional.of(argument.substring(equals + 1))));
      }
      names.put(Integer.parseInt(line.substring(0, space)), List.copyOf(arguments));
    }
    return names;
  }

  private static List<String> lines(String file) {
    InputStream stream = RegistryFiles.class.getResourceAsStream(file);
    if (stream == null) {
      throw new IllegalStateException("resource missing: " + file);
    }
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("# ") && !line.equals("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SqlType type(String typeName) {
    boolean array = typeName.startsWith("_");
    BaseType base =
        BaseType.byTypeName(array ? typeName.substring(1) : typeName)
            .orElseThrow(() -> new IllegalArgumentException("no such type: " + typeName));
    return array ? SqlType.arrayOf(base) : SqlType.of(base);
  }

  private void function(String line) {
    int columnsAt = line.indexOf(" out(");
    List<OutputColumn> columns = new ArrayList<>();
    String rest = line;
    if (columnsAt >= 0) {
      String list = line.substring(columnsAt + 5, line.indexOf(')', columnsAt));
      for (String column : list.split(", ", -1)) {
        int space = column.indexOf(' ');
        columns.add(
            new OutputColumn(column.substring(0, space), type(column.substring(space + 1))));
      }
      rest = line.substring(0, columnsAt);
    }
    String[] words = rest.split(" ", -1);
    int open = words[1].indexOf('(');
    String argumentList = words[1].substring(open + 1, words[1].length() - 1);
    List<SqlType> arguments = new ArrayList<>();
    if (!argumentList.isEmpty()) {
      for (String argument : argumentList.split(",", -1)) {
        arguments.add(type(argument));
      }
    }
    FunctionKind kind = FunctionKind.SCALAR;
    Volatility volatility = Volatility.IMMUTABLE;
    boolean strict = true;
    boolean variadic = false;
    int defaults = 0;
    for (int i = 3; i < words.length; i++) {
      switch (words[i]) {
        case "aggregate" -> kind = FunctionKind.AGGREGATE;
        case "window" -> kind = FunctionKind.WINDOW;
        case "set" -> kind = FunctionKind.SET_RETURNING;
        case "stable" -> volatility = Volatility.STABLE;
        case "volatile" -> volatility = Volatility.VOLATILE;
        case "nullable" -> strict = false;
        case "variadic" -> variadic = true;
        default -> {
          if (!words[i].startsWith("defaults=")) {
            throw new IllegalArgumentException("unknown flag in: " + line);
          }
          defaults = Integer.parseInt(words[i].substring("defaults=".length()));
        }
      }
    }
    FunctionSignature signature =
        new FunctionSignature(
            Integer.parseInt(words[0]),
            words[1].substring(0, open),
            arguments,
            type(words[2]),
            kind,
            volatility,
            strict && kind != FunctionKind.AGGREGATE && kind != FunctionKind.WINDOW,
            variadic,
            defaults);
    functions.put(signature.key(), signature);
    ordered.add(signature);
    if (!columns.isEmpty()) {
      outputColumns.put(signature.key(), List.copyOf(columns));
    }
  }

  private FunctionSignature byKey(String key) {
    FunctionSignature function = functions.get(key);
    if (function == null) {
      throw new IllegalArgumentException("no such function: " + key);
    }
    return function;
  }

  private OperatorSignature operator(String line) {
    String[] words = line.split(" ", -1);
    int commutator = 0;
    int negator = 0;
    boolean mergeable = false;
    boolean hashable = false;
    for (int i = 5; i < words.length; i++) {
      switch (words[i]) {
        case "merge" -> mergeable = true;
        case "hash" -> hashable = true;
        default -> {
          int value = Integer.parseInt(words[i].substring(words[i].indexOf('=') + 1));
          if (words[i].startsWith("commutator=")) {
            commutator = value;
          } else {
            negator = value;
          }
        }
      }
    }
    Optional<SqlType> left = words[2].equals("-") ? Optional.empty() : Optional.of(type(words[2]));
    return new OperatorSignature(
        Integer.parseInt(words[0]),
        words[1],
        left,
        type(words[3]),
        byKey(words[4]),
        commutator,
        negator,
        mergeable,
        hashable);
  }

  private CastSignature cast(String line) {
    String[] words = line.split(" ", -1);
    CastMethod method =
        switch (words[3]) {
          case "binary" -> CastMethod.BINARY;
          case "inout" -> CastMethod.INOUT;
          default -> CastMethod.FUNCTION;
        };
    Optional<FunctionSignature> function =
        method == CastMethod.FUNCTION ? Optional.of(byKey(words[3])) : Optional.empty();
    return new CastSignature(
        type(words[0]),
        type(words[1]),
        CastContext.valueOf(words[2].toUpperCase(Locale.ROOT)),
        method,
        function);
  }
}
