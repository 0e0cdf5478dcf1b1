package quiver.execution.runtime;

import org.jspecify.annotations.Nullable;

/// The current left row of an enclosing [quiver.common.plan.PlanNode.Apply].
///
/// @param values the row's datums, null for NULL; not modified after creation
public record OuterRow(int applyId, @Nullable Object[] values) {}
