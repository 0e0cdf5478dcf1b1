package quiver.common.function;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.type.SqlType;

/// Every function, operator, cast, aggregate and window function the house knows. The planner
/// resolves calls against it, the engine finds implementations by [FunctionSignature#key], the
/// catalog shows it as `pg_proc`, `pg_operator` and `pg_cast`. Immutable.
///
/// What is not in the registry does not exist for SQL: nothing is listed that is not implemented.
/// [#internals] are for ourselves: the catalog or the planner refers to them, SQL cannot call them.
public final class FunctionRegistry {
  private record OperandTypes(String symbol, Optional<SqlType> left, SqlType right) {}

  private record CastTypes(SqlType source, SqlType target) {}

  private static final class Standard {
    static final FunctionRegistry REGISTRY = RegistryFiles.load();
  }

  private final Map<String, FunctionSignature> functionsByKey = new LinkedHashMap<>();
  private final Map<String, List<FunctionSignature>> functionsByName;
  private final Map<Integer, FunctionSignature> functionsByOid = new HashMap<>();
  private final List<FunctionSignature> internals;
  private final Map<String, FunctionSignature> internalsByKey = new HashMap<>();
  private final Map<String, List<OutputColumn>> outputColumns;
  private final Map<Integer, List<ArgumentName>> argumentNames;
  private final Map<Integer, OperatorSignature> operatorsByOid = new LinkedHashMap<>();
  private final Map<String, List<OperatorSignature>> operatorsBySymbol;
  private final Map<OperandTypes, OperatorSignature> operatorsByTypes = new HashMap<>();
  private final Map<CastTypes, CastSignature> casts = new LinkedHashMap<>();

  /// @param outputColumns by function key; functions without OUT parameters are absent
  /// @param argumentNames by OID
  FunctionRegistry(
      List<FunctionSignature> functions,
      List<FunctionSignature> internals,
      Map<String, List<OutputColumn>> outputColumns,
      List<OperatorSignature> operators,
      List<CastSignature> casts,
      Map<Integer, List<ArgumentName>> argumentNames) {
    this.argumentNames = Map.copyOf(argumentNames);
    Map<String, List<FunctionSignature>> byName = new HashMap<>();
    for (FunctionSignature function : functions) {
      FunctionSignature other = functionsByKey.putIfAbsent(function.key(), function);
      FunctionSignature sameOid = functionsByOid.putIfAbsent(function.oid(), function);
      if (other != null || sameOid != null) {
        throw new IllegalArgumentException("listed twice: " + function.key());
      }
      byName.computeIfAbsent(function.name(), _ -> new java.util.ArrayList<>()).add(function);
    }
    this.functionsByName = byName;
    for (FunctionSignature internal : internals) {
      internalsByKey.put(internal.key(), internal);
      if (functionsByOid.putIfAbsent(internal.oid(), internal) != null) {
        throw new IllegalArgumentException("listed twice: " + internal.key());
      }
    }
    this.internals = List.copyOf(internals);
    this.outputColumns = Map.copyOf(outputColumns);
    Map<String, List<OperatorSignature>> bySymbol = new HashMap<>();
    for (OperatorSignature operator : operators) {
      operatorsByOid.put(operator.oid(), operator);
      bySymbol.computeIfAbsent(operator.symbol(), _ -> new java.util.ArrayList<>()).add(operator);
      operatorsByTypes.put(
          new OperandTypes(operator.symbol(), operator.left(), operator.right()), operator);
    }
    this.operatorsBySymbol = bySymbol;
    for (CastSignature cast : casts) {
      this.casts.put(new CastTypes(cast.source(), cast.target()), cast);
    }
  }

  /// The one registry, read from the tables beside this class when it is first asked for.
  public static FunctionRegistry standard() {
    return Standard.REGISTRY;
  }

  /// All functions: scalar, aggregate, window, set-returning, and those behind operators and casts.
  public Collection<FunctionSignature> functions() {
    return List.copyOf(functionsByKey.values());
  }

  /// The overloads of a name, in lower case as `pg_proc` has it; empty when there is none.
  public List<FunctionSignature> functions(String name) {
    return List.copyOf(functionsByName.getOrDefault(name, List.of()));
  }

  /// The function, or one of [#internals], whose [FunctionSignature#key] this is.
  public Optional<FunctionSignature> function(String key) {
    FunctionSignature function = functionsByKey.get(key);
    return Optional.ofNullable(function == null ? internalsByKey.get(key) : function);
  }

  /// Functions SQL cannot call: input and output of types, handlers, parts of other expressions.
  public List<FunctionSignature> internals() {
    return internals;
  }

  /// A function or one of [#internals].
  public Optional<FunctionSignature> functionByOid(int oid) {
    return Optional.ofNullable(functionsByOid.get(oid));
  }

  /// The columns of a function with OUT parameters, empty for all others. Types may be polymorphic.
  public List<OutputColumn> outputColumns(FunctionSignature function) {
    return outputColumns.getOrDefault(function.key(), List.of());
  }

  /// The names of a function's arguments; empty when it has none.
  public List<ArgumentName> argumentNames(FunctionSignature function) {
    return argumentNames.getOrDefault(function.oid(), List.of());
  }

  public Collection<OperatorSignature> operators() {
    return List.copyOf(operatorsByOid.values());
  }

  /// The overloads of a symbol; `!=` is spelled `<>`.
  public List<OperatorSignature> operators(String symbol) {
    return List.copyOf(
        operatorsBySymbol.getOrDefault(symbol.equals("!=") ? "<>" : symbol, List.of()));
  }

  /// The operator of exactly these operand types.
  public Optional<OperatorSignature> operator(
      String symbol, Optional<SqlType> left, SqlType right) {
    return Optional.ofNullable(
        operatorsByTypes.get(
            new OperandTypes(
                symbol.equals("!=") ? "<>" : symbol,
                left.map(SqlType::withoutModifier),
                right.withoutModifier())));
  }

  public Optional<OperatorSignature> operatorByOid(int oid) {
    return Optional.ofNullable(operatorsByOid.get(oid));
  }

  public Optional<OperatorSignature> commutator(OperatorSignature operator) {
    return operatorByOid(operator.commutatorOid());
  }

  public Optional<OperatorSignature> negator(OperatorSignature operator) {
    return operatorByOid(operator.negatorOid());
  }

  public Collection<CastSignature> casts() {
    return List.copyOf(casts.values());
  }

  /// The row of `pg_cast` for two types; [FunctionResolver#coercion] knows the conversions that
  /// need none.
  public Optional<CastSignature> cast(SqlType source, SqlType target) {
    return Optional.ofNullable(
        casts.get(new CastTypes(source.withoutModifier(), target.withoutModifier())));
  }
}
