package quiver.execution.operator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.LinkedHashMap;
import java.util.Map;
import quiver.common.plan.PlanNode;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.source.BatchStream;

/// Runs plans: root fragments in the front end, leaf fragments on query nodes. Safe for every
/// thread; one per process.
///
/// A plan is compiled when it is first seen and kept by identity, so that running a cached plan
/// again costs microseconds.
public final class FragmentExecutor {
  /// Compiled plans kept; the least recently used one goes first.
  static final int PLAN_COUNT_MAX = 512;

  private final PlanCompiler compiler;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<PlanIdentity, OperatorFactory> plans =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PlanIdentity, OperatorFactory> eldest) {
          return size() > PLAN_COUNT_MAX;
        }
      };

  public FragmentExecutor(FunctionLibrary library) {
    this.compiler = new PlanCompiler(library);
  }

  /// Compiles expressions for use outside of plans.
  public ExpressionCompiler expressions() {
    return compiler.expressions();
  }

  /// A plan as a key: comparing plans by value would cost more than compiling them.
  private record PlanIdentity(PlanNode plan) {
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      return other instanceof PlanIdentity that && that.plan == plan;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(plan);
    }
  }

  /// Opens `plan`; the caller pulls and closes the stream.
  public BatchStream execute(PlanNode plan, ExecutionContext context) {
    return factory(plan).open(context);
  }

  private OperatorFactory factory(PlanNode plan) {
    PlanIdentity identity = new PlanIdentity(plan);
    synchronized (lock) {
      OperatorFactory known = plans.get(identity);
      if (known != null) {
        return known;
      }
    }
    OperatorFactory compiled = compiler.compile(plan);
    synchronized (lock) {
      plans.put(identity, compiled);
    }
    return compiled;
  }
}
