package quiver.execution.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;
import quiver.common.type.SqlType;

/// The current left row of an enclosing [quiver.common.plan.PlanNode.Apply].
///
/// @param values datums as `types` says; null entries are NULL; not modified after creation
public record OuterRow(int applyId, List<SqlType> types, @Nullable Object[] values) {}
