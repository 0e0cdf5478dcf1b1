package quiver.common.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.type.BaseType;
import quiver.common.type.RangeFamily;
import quiver.common.type.SqlType;

/// The operator classes of every index method: PostgreSQL's, pgvector's and ours.
public final class OperatorClasses {
  private static final String FILE = "operator_classes.txt";
  private static final List<OperatorClass> ALL = load();

  private OperatorClasses() {}

  private static List<OperatorClass> load() {
    InputStream stream = OperatorClasses.class.getResourceAsStream(FILE);
    if (stream == null) {
      throw new IllegalStateException("resource missing: " + FILE);
    }
    List<OperatorClass> classes = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line : reader.lines().toList()) {
        if (!line.startsWith("#")) {
          parse(line).ifPresent(classes::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(classes);
  }

  private static Optional<OperatorClass> parse(String line) {
    String[] fields = line.split(" ", -1);
    IndexMethod method = IndexMethod.of(fields[1]).orElseThrow();
    return SqlType.byOid(Integer.parseInt(fields[5]))
        .map(type ->
            new OperatorClass(
                Integer.parseInt(fields[0]),
                method,
                fields[2],
                Integer.parseInt(fields[3]),
                fields[4],
                type,
                fields[6].equals("default"),
                Integer.parseInt(fields[7])));
  }

  /// All classes of types that exist.
  public static List<OperatorClass> all() {
    return ALL;
  }

  /// The class of a method by name.
  public static Optional<OperatorClass> find(IndexMethod method, String name) {
    return ALL.stream()
        .filter(each -> each.method() == method && each.name().equals(name))
        .findFirst();
  }

  /// The class a method takes for a type when none is named.
  public static Optional<OperatorClass> defaultFor(IndexMethod method, SqlType type) {
    return ALL.stream()
        .filter(each -> each.method() == method && each.isDefault() && accepts(each, type))
        .findFirst();
  }

  /// Whether a class can index a type: the same type, one that is stored alike, or a pseudo-type
  /// that stands for it.
  public static boolean accepts(OperatorClass operatorClass, SqlType type) {
    SqlType wanted = operatorClass.type();
    if (wanted.base() == BaseType.ANYARRAY) {
      return type.array();
    }
    if (wanted.base() == BaseType.ANYRANGE) {
      return !type.array() && RangeFamily.ofRange(type.base()).isPresent();
    }
    if (wanted.base() == BaseType.ANYMULTIRANGE) {
      return !type.array() && RangeFamily.ofMultirange(type.base()).isPresent();
    }
    if (wanted.base() == BaseType.ENUM) {
      return !type.array() && type.base() == BaseType.ENUM;
    }
    return wanted.sameTypeAs(type)
        || (!type.array()
            && switch (type.base()) {
              case VARCHAR -> wanted.base() == BaseType.TEXT;
              case REGPROC,
                  REGPROCEDURE,
                  REGOPER,
                  REGOPERATOR,
                  REGCLASS,
                  REGTYPE,
                  REGNAMESPACE,
                  REGROLE,
                  REGCOLLATION,
                  REGCONFIG ->
                  wanted.base() == BaseType.OID;
              default -> false;
            });
  }
}
