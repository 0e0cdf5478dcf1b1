package quiver.frontend.session;

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
/// @param constants literals that the plan cache has made parameters: they follow the client's
/// @param catalogVersion the catalog the plan was made for
/// @param rowSecuritySubject whom row security was applied for, as the planner says it
/// @param demands what whoever runs it needs to be allowed
/// @param refusal why it does not run all the same
public record PlannedStatement(
    StatementPlan plan,
    List<SqlType> parameterTypes,
    List<@Nullable Object> constants,
    long catalogVersion,
    List<AccessDemand> demands,
    Optional<AccessRefusal> refusal,
    String rowSecuritySubject) {}
