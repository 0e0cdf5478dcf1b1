package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.PolicyExpression;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.RowPolicy.Command;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.AccessRefusal;
import quiver.common.plan.StatementPlan.CheckKind;
import quiver.common.security.Authority;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.BarrierRel;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.physical.LeafExpressions;

/// What policies add to a statement: conditions right above the scan of a table, which hold before
/// anything else is asked of a row, and conditions that new rows have to meet.
final class RowSecurity {
  private final Binding binding;

  RowSecurity(Binding binding) {
    this.binding = binding;
  }

  private long role() {
    return binding.demands().actingAs().orElseGet(() -> binding.context().currentRoleId());
  }

  /// Whether the role sees a table by policies. When it does and does not want to, the statement is
  /// refused.
  boolean applies(TableDefinition table) {
    if (binding.isWithoutPolicies()
        || !binding.context().catalog().security().access(table.id()).rowSecurity()
        || !new Authority(binding.context().catalog()).seesByPolicy(role(), table.id())) {
      return false;
    }
    if (binding.context().settings().getOrDefault("row_security", "on").equals("off")) {
      boolean isOwner = new Authority(binding.context().catalog()).owns(role(), table.id());
      binding
          .demands()
          .refuse(
              new AccessRefusal(
                  SqlState.INSUFFICIENT_PRIVILEGE,
                  "query would be affected by row-level security policy for table \""
                      + table.name()
                      + '"',
                  isOwner
                      ? "To disable the policy for the table's owner, use ALTER TABLE NO FORCE ROW"
                          + " LEVEL SECURITY."
                      : ""));
    }
    return true;
  }

  private List<RowPolicy> policies(TableDefinition table, Command command) {
    Set<Long> roles = new Authority(binding.context().catalog()).inherited(role());
    return binding.context().catalog().security().policies(table.id()).stream()
        .filter(policy -> policy.command() == Command.ALL || policy.command() == command)
        .filter(policy ->
            policy.roleIds().contains(RoleDefinition.PUBLIC_ID)
                || policy.roleIds().stream().anyMatch(roles::contains))
        .toList();
  }

  /// Does something with the conditions of policies.
  ///
  /// @throws QuiverException `42P17` if they ask, by way of others, for themselves
  private <T> T asking(
      TableDefinition table, List<RowPolicy> policies, Function<PolicyConditions, T> work) {
    boolean hasQueries =
        policies.stream()
            .flatMap(policy -> policy.expressions().stream())
            .anyMatch(PolicyExpression::hasQuery);
    if (hasQueries && !binding.enterView(table.id())) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION,
          "infinite recursion detected in policy for relation \"%s\"",
          table.name());
    }
    try {
      return work.apply(new PolicyConditions(binding, table));
    } finally {
      if (hasQueries) {
        binding.leaveView(table.id());
      }
    }
  }

  /// A condition with what it asks the session answered now where that is known, so that it can be
  /// computed next to the rows; the plan is for this answer.
  private RexNode settled(RexNode condition) {
    return condition.accept(
        new RexShuttle() {
          @Override
          public RexNode visitCall(RexCall call) {
            return Rex.form(call) instanceof Form.Call(var function, _)
                ? answer(function.name(), call).orElseGet(() -> super.visitCall(call))
                : super.visitCall(call);
          }
        });
  }

  private Optional<RexNode> answer(String function, RexCall call) {
    return switch (function) {
      case "current_user", "getpgusername" ->
          Optional.of(
              name(
                  binding
                      .context()
                      .catalog()
                      .security()
                      .roleName(binding.context().currentRoleId())));
      case "session_user" ->
          Optional.of(name(binding.context().settings().getOrDefault("session_authorization", "")));
      case "current_setting" -> setting(call);
      default -> Optional.empty();
    };
  }

  private RexNode name(String name) {
    return binding.rex().constant(name, SqlType.of(BaseType.NAME));
  }

  private Optional<RexNode> setting(RexCall call) {
    Form.@Nullable Constant name = Rex.constantOf(call.getOperands().getFirst());
    if (name == null || !(name.value() instanceof String key) || key.indexOf('.') < 0) {
      return Optional.empty();
    }
    String value = binding.context().settings().get(key.toLowerCase(Locale.ROOT));
    boolean isOptional =
        call.getOperands().size() > 1
            && Rex.constantOf(call.getOperands().get(1)) instanceof Form.Constant(Object flag, _)
            && Boolean.TRUE.equals(flag);
    if (value == null && !isOptional) {
      throw new QuiverException(
          SqlState.UNDEFINED_OBJECT, "unrecognized configuration parameter \"%s\"", key);
    }
    return Optional.of(binding.rex().constant(value, SqlType.TEXT));
  }

  /// The rows of a scan that the role may see, or change, by the policies for a command.
  RelNode visible(RelNode scan, TableDefinition table, Command command) {
    if (!applies(table)) {
      return scan;
    }
    List<RowPolicy> policies = policies(table, command);
    return asking(
        table,
        policies,
        conditions -> {
          RexNode condition = settled(using(policies, conditions));
          RelNode rows = conditions.filter(scan, condition);
          return RowPlans.hasSubquery(condition) || !LeafExpressions.isLeaf(condition)
              ? new BarrierRel(rows)
              : rows;
        });
  }

  private RexNode using(List<RowPolicy> policies, PolicyConditions conditions) {
    List<RexNode> all = new ArrayList<>();
    List<RexNode> any = new ArrayList<>();
    for (RowPolicy policy : policies) {
      RexNode condition = policy.using().map(conditions::bind).orElse(binding.rex().truth(true));
      (policy.permissive() ? any : all).add(condition);
    }
    all.add(any.isEmpty() ? binding.rex().truth(false) : binding.rex().or(any));
    return binding.rex().and(all);
  }

  /// What rows made by a command have to meet.
  ///
  /// @param isRead whether the statement also reads them
  List<BoundStatement.Check> checks(TableDefinition table, Command command, boolean isRead) {
    if (!applies(table)) {
      return List.of();
    }
    List<BoundStatement.Check> checks = new ArrayList<>();
    add(checks, table, command, CheckKind.POLICY, policy -> policy.check().or(policy::using));
    if (isRead) {
      add(checks, table, Command.SELECT, CheckKind.POLICY, RowPolicy::using);
    }
    return checks;
  }

  /// What a row that is there has to meet before a command changes it.
  ///
  /// @param isRead whether the policies for SELECT count, too
  List<BoundStatement.Check> existing(
      TableDefinition table, Command command, boolean isRead, CheckKind kind) {
    if (!applies(table)) {
      return List.of();
    }
    List<BoundStatement.Check> checks = new ArrayList<>();
    add(checks, table, command, kind, RowPolicy::using);
    if (isRead) {
      add(checks, table, Command.SELECT, kind, RowPolicy::using);
    }
    return checks;
  }

  private void add(
      List<BoundStatement.Check> checks,
      TableDefinition table,
      Command command,
      CheckKind kind,
      Function<RowPolicy, Optional<PolicyExpression>> asked) {
    List<RowPolicy> policies = policies(table, command);
    List<RowPolicy> permissive = policies.stream().filter(RowPolicy::permissive).toList();
    checks.add(check("", table, permissive, kind, asked));
    for (RowPolicy policy : policies) {
      if (!policy.permissive()) {
        checks.add(check(policy.name(), table, List.of(policy), kind, asked));
      }
    }
  }

  /// The check that any of some policies holds.
  private BoundStatement.Check check(
      String name,
      TableDefinition table,
      List<RowPolicy> policies,
      CheckKind kind,
      Function<RowPolicy, Optional<PolicyExpression>> asked) {
    return asking(
        table,
        policies,
        conditions -> {
          List<RexNode> any = new ArrayList<>();
          for (RowPolicy policy : policies) {
            any.add(asked.apply(policy).map(conditions::bind).orElse(binding.rex().truth(true)));
          }
          RexNode holds = any.isEmpty() ? binding.rex().truth(false) : binding.rex().or(any);
          return new BoundStatement.Check(name, conditions.values(decided(settled(holds))), kind);
        });
  }

  /// NULL is not enough.
  private RexNode decided(RexNode condition) {
    return binding.rex().coalesce(SqlType.BOOL, List.of(condition, binding.rex().truth(false)));
  }
}
