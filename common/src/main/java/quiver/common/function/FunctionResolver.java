package quiver.common.function;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.CastContext;
import quiver.common.type.SqlType;

/// Chooses overloads and common types as PostgreSQL does.
///
/// Source: PostgreSQL 15 documentation, chapter 10 (Type Conversion). Arguments whose type is not
/// known yet (quoted literals, parameters) come as [SqlType#UNKNOWN].
public final class FunctionResolver {
  /// An overload with one declared type for each given argument.
  private record Candidate<T>(T target, List<SqlType> types) {}

  private final FunctionRegistry registry;

  public FunctionResolver(FunctionRegistry registry) {
    this.registry = registry;
  }

  public FunctionRegistry registry() {
    return registry;
  }

  // ---- functions

  /// Chooses the overload of a function call; also of aggregates and window functions.
  ///
  /// @throws QuiverException `42883` when none fits, `42725` when several fit equally
  public ResolvedFunction function(String name, List<SqlType> arguments) {
    List<SqlType> given = withoutModifiers(arguments);
    List<Candidate<FunctionSignature>> candidates = functionCandidates(name, given.size());
    for (Candidate<FunctionSignature> candidate : candidates) {
      if (candidate.types.equals(given)) {
        return resolved(candidate, given, arguments);
      }
    }
    List<Candidate<FunctionSignature>> matching = matching(candidates, given);
    if (matching.isEmpty() || isCastOfLiteral(name, given)) {
      throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION, "function %s does not exist", call(name, given))
          .withHint(
              "No function matches the given name and argument types. "
                  + "You might need to add explicit type casts.");
    }
    Optional<Candidate<FunctionSignature>> best = select(matching, given);
    if (best.isEmpty()) {
      throw new QuiverException(
              SqlState.AMBIGUOUS_FUNCTION, "function %s is not unique", call(name, given))
          .withHint(
              "Could not choose a best candidate function. "
                  + "You might need to add explicit type casts.");
    }
    return resolved(best.get(), given, arguments);
  }

  /// `type('literal')` is a cast, whatever functions are called like the type: the caller makes it
  /// one when told that there is no such function.
  private static boolean isCastOfLiteral(String name, List<SqlType> given) {
    return given.size() == 1
        && isUnknown(given.getFirst())
        && BaseType.byTypeName(name)
            .filter(type -> type.typeName().equals(name) && !type.isPseudo())
            .isPresent();
  }

  /// Whether any function has this name.
  public boolean isFunction(String name) {
    return !registry.functions(name).isEmpty();
  }

  private static String call(String name, List<SqlType> arguments) {
    return name
        + arguments.stream().map(SqlType::sqlName).collect(Collectors.joining(", ", "(", ")"));
  }

  /// The type functions are chosen by.
  private static SqlType plain(SqlType type) {
    return type.withoutDomain().withoutModifier();
  }

  private static List<SqlType> withoutModifiers(List<SqlType> types) {
    return types.stream().map(FunctionResolver::plain).toList();
  }

  /// Overloads that can take this many arguments. One with the same types that is not variadic, or
  /// needs fewer defaults, hides the others.
  private List<Candidate<FunctionSignature>> functionCandidates(String name, int count) {
    List<Candidate<FunctionSignature>> candidates = new ArrayList<>();
    for (FunctionSignature function : registry.functions(name)) {
      int declared = function.arguments().size();
      if (function.variadic() && count >= declared) {
        List<SqlType> types = new ArrayList<>(function.arguments());
        types.addAll(Collections.nCopies(count - declared, types.getLast()));
        candidates.add(new Candidate<>(function, types));
      } else if (!function.variadic()
          && count <= declared
          && count >= declared - function.defaults()) {
        candidates.add(new Candidate<>(function, function.arguments().subList(0, count)));
      }
    }
    List<Candidate<FunctionSignature>> kept = new ArrayList<>();
    for (Candidate<FunctionSignature> candidate : candidates) {
      boolean hidden =
          candidates.stream()
              .anyMatch(other ->
                  !other.equals(candidate)
                      && other.types.equals(candidate.types)
                      && isBetterFit(other.target, candidate.target, count));
      if (!hidden) {
        kept.add(candidate);
      }
    }
    return kept;
  }

  private static boolean isBetterFit(
      FunctionSignature one, FunctionSignature other, int argumentCount) {
    if (one.variadic() != other.variadic()) {
      return !one.variadic();
    }
    return one.arguments().size() == argumentCount && other.arguments().size() > argumentCount;
  }

  private ResolvedFunction resolved(
      Candidate<FunctionSignature> candidate, List<SqlType> given, List<SqlType> arguments) {
    FunctionSignature function = candidate.target;
    Polymorphism polymorphism = Polymorphism.of(candidate.types, given, this);
    List<SqlType> types = new ArrayList<>(polymorphism.actualTypes());
    for (int i = 0; i < types.size(); i++) {
      // "any" is told of domains too.
      if (candidate.types.get(i).base() == BaseType.ANY) {
        types.set(i, arguments.get(i).withoutModifier());
      }
    }
    return new ResolvedFunction(function, types, polymorphism.actual(function.result()));
  }

  /// The actual types of the columns of a set-returning function with OUT parameters.
  public List<OutputColumn> outputColumns(ResolvedFunction resolved) {
    FunctionSignature function = resolved.function();
    List<OutputColumn> declared = registry.outputColumns(function);
    if (declared.isEmpty()) {
      return declared;
    }
    List<SqlType> declaredArguments = new ArrayList<>(function.arguments());
    while (declaredArguments.size() < resolved.argumentTypes().size()) {
      declaredArguments.add(declaredArguments.getLast());
    }
    Polymorphism polymorphism =
        Polymorphism.of(
            declaredArguments.subList(0, resolved.argumentTypes().size()),
            resolved.argumentTypes(),
            this);
    return declared.stream()
        .map(column -> new OutputColumn(column.name(), polymorphism.actual(column.type())))
        .toList();
  }

  // ---- operators

  /// Chooses the overload of an operator.
  ///
  /// @param left empty for a prefix operator
  /// @throws QuiverException `42883` when none fits, `42725` when several fit equally
  public ResolvedOperator operator(String symbol, Optional<SqlType> left, SqlType right) {
    Optional<SqlType> givenLeft = left.map(FunctionResolver::plain);
    SqlType givenRight = plain(right);
    List<SqlType> given = Stream.concat(givenLeft.stream(), Stream.of(givenRight)).toList();
    Optional<OperatorSignature> exact = exactOperator(symbol, givenLeft, givenRight);
    if (exact.isPresent()) {
      return resolvedOperator(operatorCandidate(exact.get()), given);
    }
    List<Candidate<OperatorSignature>> candidates =
        registry.operators(symbol).stream()
            .filter(operator -> operator.left().isPresent() == left.isPresent())
            .map(FunctionResolver::operatorCandidate)
            .toList();
    List<Candidate<OperatorSignature>> matching = matching(candidates, given);
    if (matching.isEmpty()) {
      boolean prefix = left.isEmpty();
      throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION,
              "operator does not exist: %s",
              expression(symbol, givenLeft, givenRight))
          .withHint(
              prefix
                  ? "No operator matches the given name and argument type. "
                      + "You might need to add an explicit type cast."
                  : "No operator matches the given name and argument types. "
                      + "You might need to add explicit type casts.");
    }
    Optional<Candidate<OperatorSignature>> best = select(matching, given);
    if (best.isEmpty()) {
      throw new QuiverException(
              SqlState.AMBIGUOUS_FUNCTION,
              "operator is not unique: %s",
              expression(symbol, givenLeft, givenRight))
          .withHint(
              "Could not choose a best candidate operator. "
                  + "You might need to add explicit type casts.");
    }
    return resolvedOperator(best.get(), given);
  }

  /// The `=` operator two values of this type are compared with, for joins, DISTINCT and GROUP BY.
  ///
  /// @throws QuiverException `42883` when the type has none
  public ResolvedOperator equality(SqlType type) {
    try {
      return operator("=", Optional.of(type), type);
    } catch (QuiverException e) {
      throw new QuiverException(
              SqlState.UNDEFINED_FUNCTION,
              "could not identify an equality operator for type %s",
              type.sqlName())
          .withCause(e);
    }
  }

  private static String expression(String symbol, Optional<SqlType> left, SqlType right) {
    return left.map(type -> type.sqlName() + " ").orElse("") + symbol + " " + right.sqlName();
  }

  /// An operand of unknown type is first taken to be of the other one's type.
  private Optional<OperatorSignature> exactOperator(
      String symbol, Optional<SqlType> left, SqlType right) {
    if (left.isEmpty()) {
      return registry.operator(symbol, left, right);
    }
    SqlType leftType = left.get();
    boolean leftUnknown = isUnknown(leftType);
    boolean rightUnknown = isUnknown(right);
    if (leftUnknown && !rightUnknown) {
      return registry.operator(symbol, Optional.of(right), right);
    }
    if (rightUnknown && !leftUnknown) {
      return registry.operator(symbol, left, leftType);
    }
    return registry.operator(symbol, left, right);
  }

  private static Candidate<OperatorSignature> operatorCandidate(OperatorSignature operator) {
    return new Candidate<>(
        operator, Stream.concat(operator.left().stream(), Stream.of(operator.right())).toList());
  }

  private ResolvedOperator resolvedOperator(
      Candidate<OperatorSignature> candidate, List<SqlType> given) {
    Polymorphism polymorphism = Polymorphism.of(candidate.types, given, this);
    return new ResolvedOperator(
        candidate.target,
        polymorphism.actualTypes(),
        polymorphism.actual(candidate.target.result()));
  }

  // ---- choosing among candidates

  private <T> List<Candidate<T>> matching(List<Candidate<T>> candidates, List<SqlType> given) {
    return candidates.stream().filter(candidate -> accepts(candidate.types, given)).toList();
  }

  private boolean accepts(List<SqlType> declared, List<SqlType> given) {
    for (int i = 0; i < declared.size(); i++) {
      if (!Polymorphism.isPolymorphic(declared.get(i))
          && !isImplicit(given.get(i), declared.get(i))) {
        return false;
      }
    }
    return Polymorphism.isConsistent(declared, given, this);
  }

  private boolean isImplicit(SqlType source, SqlType target) {
    return isUnknown(source)
        || target.base() == BaseType.ANY
        || coercion(source, target, CastContext.IMPLICIT).isPresent();
  }

  private static boolean isUnknown(SqlType type) {
    return type.base() == BaseType.UNKNOWN && !type.array();
  }

  /// The one best candidate: most exact matches, then most preferred types, then what the category
  /// of the unknown arguments decides. Empty when several remain.
  private <T> Optional<Candidate<T>> select(List<Candidate<T>> candidates, List<SqlType> given) {
    List<Candidate<T>> left = candidates;
    if (left.size() == 1) {
      return Optional.of(left.getFirst());
    }
    left = best(left, candidate -> exactMatches(candidate, given));
    if (left.size() == 1) {
      return Optional.of(left.getFirst());
    }
    left = best(left, candidate -> preferredMatches(candidate, given));
    if (left.size() == 1) {
      return Optional.of(left.getFirst());
    }
    if (given.stream().noneMatch(FunctionResolver::isUnknown)) {
      return Optional.empty();
    }
    left = byUnknownCategory(left, given);
    if (left.size() == 1) {
      return Optional.of(left.getFirst());
    }
    return byOneKnownType(left, given);
  }

  private static <T> List<Candidate<T>> best(
      List<Candidate<T>> candidates, java.util.function.ToIntFunction<Candidate<T>> score) {
    int most = candidates.stream().mapToInt(score).max().orElse(0);
    return candidates.stream().filter(candidate -> score.applyAsInt(candidate) == most).toList();
  }

  private static int exactMatches(Candidate<?> candidate, List<SqlType> given) {
    int matches = 0;
    for (int i = 0; i < given.size(); i++) {
      if (!isUnknown(given.get(i)) && candidate.types.get(i).equals(given.get(i))) {
        matches++;
      }
    }
    return matches;
  }

  private static int preferredMatches(Candidate<?> candidate, List<SqlType> given) {
    int matches = 0;
    for (int i = 0; i < given.size(); i++) {
      SqlType declared = candidate.types.get(i);
      SqlType actual = given.get(i);
      if (!isUnknown(actual)
          && (declared.equals(actual)
              || (isPreferred(declared) && category(declared) == category(actual)))) {
        matches++;
      }
    }
    return matches;
  }

  private static <T> List<Candidate<T>> byUnknownCategory(
      List<Candidate<T>> candidates, List<SqlType> given) {
    char[] categories = new char[given.size()];
    boolean[] preferred = new boolean[given.size()];
    for (int i = 0; i < given.size(); i++) {
      if (!isUnknown(given.get(i))) {
        continue;
      }
      boolean conflict = false;
      for (Candidate<T> candidate : candidates) {
        SqlType declared = candidate.types.get(i);
        char category = category(declared);
        if (categories[i] == 0) {
          categories[i] = category;
          preferred[i] = isPreferred(declared);
        } else if (category == categories[i]) {
          preferred[i] |= isPreferred(declared);
        } else if (category == 'S') {
          categories[i] = 'S';
          preferred[i] = isPreferred(declared);
        } else {
          conflict = true;
        }
      }
      if (conflict && categories[i] != 'S') {
        return candidates;
      }
    }
    List<Candidate<T>> kept = new ArrayList<>();
    for (Candidate<T> candidate : candidates) {
      boolean keep = true;
      for (int i = 0; keep && i < given.size(); i++) {
        SqlType declared = candidate.types.get(i);
        keep =
            !isUnknown(given.get(i))
                || (category(declared) == categories[i]
                    && (!preferred[i] || isPreferred(declared)));
      }
      if (keep) {
        kept.add(candidate);
      }
    }
    return kept.isEmpty() ? candidates : kept;
  }

  /// If all known arguments have one type, the unknown ones are taken to have it too.
  private <T> Optional<Candidate<T>> byOneKnownType(
      List<Candidate<T>> candidates, List<SqlType> given) {
    List<SqlType> known = given.stream().filter(type -> !isUnknown(type)).distinct().toList();
    if (known.size() != 1) {
      return Optional.empty();
    }
    List<SqlType> assumed = Collections.nCopies(given.size(), known.getFirst());
    List<Candidate<T>> accepting = matching(candidates, assumed);
    return accepting.size() == 1 ? Optional.of(accepting.getFirst()) : Optional.empty();
  }

  /// `pg_type.typcategory` of a type, arrays included.
  static char category(SqlType type) {
    return type.category();
  }

  private static boolean isPreferred(SqlType type) {
    return !type.array() && type.base().preferred();
  }

  // ---- conversions

  /// The way from `source` to `target` in a context, empty when there is none. Unknown literals are
  /// not values yet: their way is the text input of the target, which is always open.
  public Optional<Coercion> coercion(SqlType source, SqlType target, CastContext context) {
    if (source.sameTypeAs(target)) {
      return Optional.of(Coercion.BINARY);
    }
    if (isUnknown(source)) {
      return Optional.of(Coercion.INOUT);
    }
    if (source.isDomain() || target.isDomain()) {
      return coercion(source.withoutDomain(), target.withoutDomain(), context);
    }
    Optional<CastSignature> cast = registry.cast(source, target);
    if (cast.isPresent()) {
      return cast.filter(c -> context.compareTo(c.context()) >= 0)
          .map(FunctionResolver::coercionOf);
    }
    Optional<SqlType> sourceElement = Polymorphism.elementOf(source);
    if (sourceElement.isPresent() && target.array()) {
      Optional<Coercion> elements = coercion(sourceElement.get(), target.element(), context);
      if (elements.isPresent()) {
        return Optional.of(
            elements.get().method() == CastMethod.BINARY
                ? Coercion.BINARY
                : Coercion.ofElements(elements.get()));
      }
    }
    if (source.base() == BaseType.RECORD && target.base() == BaseType.RECORD) {
      boolean isAny = target.isBuiltIn() && source.array() == target.array();
      return isAny ? Optional.of(Coercion.BINARY) : Optional.empty();
    }
    boolean toString = context != CastContext.IMPLICIT && category(target) == 'S';
    boolean fromString = context == CastContext.EXPLICIT && category(source) == 'S';
    boolean pseudo = isPseudo(target);
    return (toString || fromString) && !pseudo ? Optional.of(Coercion.INOUT) : Optional.empty();
  }

  private static boolean isPseudo(SqlType type) {
    return type.isPseudo() && type.base() != BaseType.RECORD;
  }

  private static Coercion coercionOf(CastSignature cast) {
    return switch (cast.method()) {
      case BINARY -> Coercion.BINARY;
      case INOUT -> Coercion.INOUT;
      case FUNCTION -> Coercion.of(cast.function().orElseThrow());
      case ARRAY -> throw new IllegalArgumentException("pg_cast has no array casts");
    };
  }

  /// As [#coercion], with PostgreSQL's error when there is no way.
  ///
  /// @throws QuiverException `42846`
  public Coercion requireCoercion(SqlType source, SqlType target, CastContext context) {
    return coercion(source, target, context)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.CANNOT_COERCE,
                "cannot cast type %s to %s",
                source.sqlName(),
                target.sqlName()));
  }

  // ---- common type

  /// The type all branches of CASE, UNION, VALUES, COALESCE, ARRAY, GREATEST, IN are converted to;
  /// TEXT when all are unknown.
  ///
  /// @param construct its name for the error, for example `CASE` or `UNION`
  /// @throws QuiverException `42804` when the types have no common one
  public SqlType commonType(List<SqlType> types, String construct) {
    boolean sameModifier = types.stream().distinct().count() == 1;
    SqlType common = types.getFirst();
    if (sameModifier && !isUnknown(common)) {
      return common;
    }
    common = plain(common);
    for (SqlType given : types.subList(1, types.size())) {
      SqlType next = plain(given);
      if (isUnknown(next) || next.equals(common)) {
        continue;
      }
      if (isUnknown(common)) {
        common = next;
      } else if (category(next) != category(common)) {
        throw new QuiverException(
            SqlState.DATATYPE_MISMATCH,
            "%s types %s and %s cannot be matched",
            construct,
            common.sqlName(),
            next.sqlName());
      } else if (!isPreferred(common)
          && coercion(common, next, CastContext.IMPLICIT).isPresent()
          && coercion(next, common, CastContext.IMPLICIT).isEmpty()) {
        common = next;
      }
    }
    if (isUnknown(common)) {
      return SqlType.TEXT;
    }
    for (SqlType given : types) {
      if (coercion(given, common, CastContext.IMPLICIT).isEmpty()) {
        throw new QuiverException(
            SqlState.CANNOT_COERCE,
            "%s could not convert type %s to %s",
            construct,
            given.sqlName(),
            common.sqlName());
      }
    }
    return common;
  }

  /// As [#commonType] for the anycompatible family: empty instead of an error.
  Optional<SqlType> commonTypeIfAny(List<SqlType> types) {
    try {
      return Optional.of(commonType(withoutModifiers(types), ""));
    } catch (QuiverException e) {
      if (e.state().kind() == SqlState.Kind.USER) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
