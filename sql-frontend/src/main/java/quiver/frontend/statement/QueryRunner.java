package quiver.frontend.statement;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.execution.expression.CompiledExpression;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.runtime.Bindings;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.QueryMemory;
import quiver.execution.runtime.SearchSettings;
import quiver.execution.runtime.SharedRows;
import quiver.execution.source.BatchStream;
import quiver.execution.source.TableReader;

/// Runs plans and expressions of one statement. Stateless and safe for every thread.
public final class QueryRunner {
  private final StatementServices services;

  public QueryRunner(StatementServices services) {
    this.services = services;
  }

  /// Opens a plan; the caller closes the stream.
  public BatchStream open(PlanNode plan, StatementScope scope) {
    return services.executor().execute(plan, context(scope));
  }

  /// Opens a plan that also reads `rows`; the caller closes the stream.
  BatchStream open(PlanNode plan, SharedRows rows, StatementScope scope) {
    ExecutionContext context = context(scope);
    return services.executor().execute(plan, context.with(context.bindings().withShared(rows)));
  }

  /// Expressions ready for batches of rows.
  List<CompiledExpression> compile(List<Expression> expressions) {
    return services.compiler().compileAll(expressions);
  }

  ExpressionCompiler compiler() {
    return services.compiler();
  }

  CompiledExpression compile(Expression expression) {
    return services.compiler().compile(expression);
  }

  /// The value of an expression without input columns.
  public @Nullable Object value(Expression expression, StatementScope scope) {
    return compile(expression).value(evaluation(scope));
  }

  EvaluationScope evaluation(StatementScope scope) {
    return EvaluationScope.of(context(scope));
  }

  private ExecutionContext context(StatementScope scope) {
    return new ExecutionContext(
        new Bindings(scope.parameters(), List.of(), scope.shared()),
        scope.functions(),
        settings(scope),
        new QueryMemory(services.queryMemoryBytes()),
        scope.cancel(),
        services.cpu(),
        TableReader.none(),
        new ClusterGather(services, scope),
        scope.systemRelations(),
        scope.statistics());
  }

  private ExecutionSettings settings(StatementScope scope) {
    String workMemory = scope.session().settings().get("work_mem");
    return new ExecutionSettings(
        SearchSettings.of(scope.session().settings()),
        workMemory == null
            ? ExecutionSettings.WORK_MEMORY_BYTES_DEFAULT
            : Long.parseLong(workMemory) << 10,
        services.spillDirectory());
  }
}
