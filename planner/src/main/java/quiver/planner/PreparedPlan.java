package quiver.planner;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.plan.AccessDemand;
import quiver.common.plan.AccessRefusal;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;

/// A plan and what has to be bound to run it.
///
/// @param parameterTypes of the client's parameters
/// @param constants values of the literals that were made parameters: they follow the client's
/// @param catalogVersion the catalog the plan was made for
/// @param literalsMatter whether another plan might be better for some values of the parameters: an
///   index that is about one value was not used
/// @param demands what whoever runs it needs to be allowed
/// @param refusal why it does not run all the same
public record PreparedPlan(
    StatementPlan plan,
    List<SqlType> parameterTypes,
    List<@Nullable Object> constants,
    long catalogVersion,
    boolean literalsMatter,
    List<AccessDemand> demands,
    Optional<AccessRefusal> refusal) {
  public PreparedPlan {
    demands = List.copyOf(demands);
    parameterTypes = List.copyOf(parameterTypes);
    constants = Collections.unmodifiableList(new ArrayList<>(constants));
  }
}
