package quiver.execution.expression;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import quiver.execution.function.FunctionContext;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.OuterRow;

/// What is bound when a compiled expression runs: parameters, outer rows, the session. Keeps values
/// that are the same for every row of the execution. One per opened operator; used by one thread.
public final class EvaluationScope {
  private final @Nullable Object[] parameters;
  private final List<OuterRow> outerRows;
  private final FunctionContext functions;
  private final IdentityHashMap<Object, Object> once = new IdentityHashMap<>();

  public EvaluationScope(
      @Nullable Object[] parameters, List<OuterRow> outerRows, FunctionContext functions) {
    this.parameters = parameters;
    this.outerRows = outerRows;
    this.functions = functions;
  }

  public static EvaluationScope of(ExecutionContext context) {
    return new EvaluationScope(
        context.bindings().parameters(), context.bindings().outerRows(), context.functions());
  }

  FunctionContext functions() {
    return functions;
  }

  @Nullable Object parameter(int index) {
    if (index >= parameters.length) {
      throw new IllegalStateException("no value for parameter " + (index + 1));
    }
    return parameters[index];
  }

  @Nullable Object outer(int applyId, int index) {
    for (int i = outerRows.size() - 1; i >= 0; i--) {
      if (outerRows.get(i).applyId() == applyId) {
        return outerRows.get(i).values()[index];
      }
    }
    throw new IllegalStateException("no row bound for apply " + applyId);
  }

  /// What `compute` gave when it was first asked for on behalf of `owner` (compared by identity).
  <T> T once(Object owner, Supplier<T> compute) {
    Object value = once.get(owner);
    if (value == null) {
      T computed = compute.get();
      once.put(owner, computed);
      return computed;
    }
    @SuppressWarnings("unchecked")
    T known = (T) value;
    return known;
  }
}
