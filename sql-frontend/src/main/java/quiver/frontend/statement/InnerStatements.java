package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;
import quiver.execution.rows.HeapCopies;
import quiver.execution.source.BatchStream;

/// Runs SQL on behalf of a statement, in its transaction and at its snapshot; it sees what the
/// statement has written.
final class InnerStatements {
  private final StatementServices services;
  private final StatementScope scope;

  InnerStatements(StatementServices services, StatementScope scope) {
    this.services = services;
    this.scope = scope;
  }

  /// The rows of a query.
  List<RowBatch> query(String sql, List<SqlType> types, List<@Nullable Object> parameters) {
    List<RowBatch> rows = new ArrayList<>();
    read(sql, types, parameters, batch -> rows.add(HeapCopies.of(batch)));
    return rows;
  }

  /// Hands over the rows of a query, each batch until the next one.
  void read(
      String sql,
      List<SqlType> types,
      List<@Nullable Object> parameters,
      Consumer<RowBatch> consumer) {
    InnerPlanner.Planned planned = plan(sql, types);
    if (!(planned.plan() instanceof StatementPlan.Query query)) {
      throw new IllegalStateException("not a query: " + sql);
    }
    StatementScope inner = inner(parameters, planned);
    try (BatchStream stream = new QueryRunner(services).open(query.root(), inner)) {
      for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
        scope.cancel().check();
        consumer.accept(next.get());
      }
    }
  }

  /// Changes rows.
  void modify(String sql, List<SqlType> types, List<@Nullable Object> parameters) {
    InnerPlanner.Planned planned = plan(sql, types);
    StatementScope inner = inner(parameters, planned);
    Modification modification = new Modification(services);
    ModifyResult ignored =
        switch (planned.plan()) {
          case StatementPlan.Update update -> modification.update(update, inner);
          case StatementPlan.Delete delete -> modification.delete(delete, inner);
          default -> throw new IllegalStateException("changes no rows: " + sql);
        };
  }

  private InnerPlanner.Planned plan(String sql, List<SqlType> types) {
    return services.planner().plan(sql, types, scope.catalog(), scope.session());
  }

  private StatementScope inner(List<@Nullable Object> parameters, InnerPlanner.Planned planned) {
    int count = parameters.size();
    @Nullable Object[] all =
        Arrays.copyOf(parameters.toArray(), count + planned.constants().size());
    for (int i = 0; i < planned.constants().size(); i++) {
      all[count + i] = planned.constants().get(i);
    }
    return scope.next(all);
  }
}
