package quiver.common.function;

import java.util.ArrayList;
import java.util.List;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;

/// One overload of a function, operator implementation, cast implementation, aggregate or window
/// function.
///
/// `key()` names it uniquely and stably: plans carry the key, the engine finds its implementation
/// by it.
///
/// @param oid `pg_proc.oid`, PostgreSQL's own where the function exists there
/// @param arguments types without modifiers; pseudo-types `anyelement`, `anyarray`, `any` are
///   polymorphic
/// @param result for set-returning functions the type of one row
/// @param strict NULL in, NULL out, without a call
/// @param variadic the last argument repeats one or more times (its type is the element type)
/// @param defaults how many trailing arguments may be left out
public record FunctionSignature(
    int oid,
    String name,
    List<SqlType> arguments,
    SqlType result,
    FunctionKind kind,
    Volatility volatility,
    boolean strict,
    boolean variadic,
    int defaults) {
  public FunctionSignature {
    arguments = List.copyOf(arguments);
  }

  /// The argument types as `pg_proc` shows them: a repeating argument is an array, except "any".
  public List<SqlType> declaredArguments() {
    if (!variadic || arguments.getLast().base() == BaseType.ANY) {
      return arguments;
    }
    List<SqlType> declared = new ArrayList<>(arguments);
    declared.set(declared.size() - 1, SqlType.arrayOf(arguments.getLast().base()));
    return List.copyOf(declared);
  }

  /// For example `int4pl(int4,int4)`.
  public String key() {
    StringBuilder key = new StringBuilder(name).append('(');
    for (int i = 0; i < arguments.size(); i++) {
      key.append(i == 0 ? "" : ",").append(arguments.get(i).typeName());
    }
    return key.append(variadic ? "...)" : ")").toString();
  }
}
