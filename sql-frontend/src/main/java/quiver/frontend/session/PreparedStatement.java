package quiver.frontend.session;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.plan.StatementPlan;
import quiver.common.plan.StatementPlan.OutputColumn;

/// A statement that was parsed and planned, by Parse or by PREPARE. Used by the session's thread
/// only.
final class PreparedStatement {
  private final String name;
  private final Optional<StatementSource> source;
  private final List<OutputColumn> description;
  private final boolean fromSql;
  private final long createdMicros;
  private Optional<PlannedStatement> planned;
  private long executionCount;
  private @Nullable PlannedStatement allowedPlan;
  private long allowedRole = -1;

  /// @param source empty for an empty statement
  PreparedStatement(
      String name,
      Optional<StatementSource> source,
      Optional<PlannedStatement> planned,
      List<OutputColumn> description,
      boolean fromSql,
      long createdMicros) {
    this.name = name;
    this.source = source;
    this.planned = planned;
    this.description = List.copyOf(description);
    this.fromSql = fromSql;
    this.createdMicros = createdMicros;
  }

  String name() {
    return name;
  }

  Optional<StatementSource> source() {
    return source;
  }

  Optional<PlannedStatement> planned() {
    return planned;
  }

  /// The result columns as they were first planned: they must not change.
  List<OutputColumn> description() {
    return description;
  }

  /// The plan; not for empty statements.
  StatementPlan plan() {
    return planned.orElseThrow().plan();
  }

  void replacePlan(PlannedStatement newer) {
    planned = Optional.of(newer);
  }

  /// Whether a role was found to be allowed what this plan demands.
  @SuppressWarnings("ReferenceEquality")
  boolean isAllowedTo(PlannedStatement plan, long roleId) {
    return allowedRole == roleId && allowedPlan == plan;
  }

  void allowTo(PlannedStatement plan, long roleId) {
    allowedPlan = plan;
    allowedRole = roleId;
  }

  boolean fromSql() {
    return fromSql;
  }

  long createdMicros() {
    return createdMicros;
  }

  void countExecution() {
    executionCount++;
  }

  long executionCount() {
    return executionCount;
  }
}
