package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.RowPolicy.Command;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.security.Authority;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Form;
import quiver.planner.calcite.Rex;
import quiver.planner.parser.PostgresParser;
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

  /// Whether the role sees a table by policies.
  ///
  /// @throws QuiverException `42501` when it does and does not want to
  boolean applies(TableDefinition table) {
    if (!binding.context().catalog().security().access(table.id()).rowSecurity()
        || !new Authority(binding.context().catalog()).seesByPolicy(role(), table.id())) {
      return false;
    }
    if (binding.context().settings().getOrDefault("row_security", "on").equals("off")) {
      throw new QuiverException(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "query would be affected by row-level security policy for table \"%s\"",
          table.name());
    }
    return true;
  }

  /// Refuses what cannot be done under policies.
  void refuse(TableDefinition table, String what) {
    if (applies(table)) {
      throw DefinitionBinder.unsupported(what + " with row level security is");
    }
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

  private RexNode bound(String sql, TableDefinition table) {
    RexNode condition =
        new TableExpressions(binding).bindPolicy(PostgresParser.parseExpression(sql), table);
    return settled(condition, true);
  }

  /// The condition of a new policy, if it can be asked of rows where they are.
  ///
  /// @throws QuiverException `0A000`
  void requireComputable(RexNode condition) {
    RexNode _ = settled(condition, false);
  }

  /// A condition that can be computed next to the rows: what it asks the session is asked now, and
  /// the plan is for this answer. A condition that waited for the session would let others be
  /// computed before it.
  ///
  /// @param isUsed whether settings have to be there
  private RexNode settled(RexNode condition, boolean isUsed) {
    RexNode settled =
        condition.accept(
            new RexShuttle() {
              @Override
              public RexNode visitCall(RexCall call) {
                return Rex.form(call) instanceof Form.Call(var function, _)
                    ? answer(function.name(), call, isUsed).orElseGet(() -> super.visitCall(call))
                    : super.visitCall(call);
              }
            });
    if (!LeafExpressions.isLeaf(settled)) {
      throw DefinitionBinder.unsupported(
          "a policy that asks the session for more than users and its own settings is");
    }
    return settled;
  }

  private Optional<RexNode> answer(String function, RexCall call, boolean isUsed) {
    return switch (function) {
      case "current_user", "getpgusername" ->
          Optional.of(name(binding.context().catalog().security().roleName(role())));
      case "session_user" ->
          Optional.of(name(binding.context().settings().getOrDefault("session_authorization", "")));
      case "current_setting" -> setting(call, isUsed);
      default -> Optional.empty();
    };
  }

  private RexNode name(String name) {
    return binding.rex().constant(name, SqlType.of(BaseType.NAME));
  }

  private Optional<RexNode> setting(RexCall call, boolean isUsed) {
    Form.@Nullable Constant name = Rex.constantOf(call.getOperands().getFirst());
    if (name == null || !(name.value() instanceof String key) || key.indexOf('.') < 0) {
      return Optional.empty();
    }
    String value = binding.context().settings().get(key.toLowerCase(Locale.ROOT));
    boolean isOptional =
        call.getOperands().size() > 1
            && Rex.constantOf(call.getOperands().get(1)) instanceof Form.Constant(Object flag, _)
            && Boolean.TRUE.equals(flag);
    if (value == null && isUsed && !isOptional) {
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
    List<RexNode> all = new ArrayList<>();
    List<RexNode> any = new ArrayList<>();
    for (RowPolicy policy : policies(table, command)) {
      RexNode condition =
          policy.using().map(sql -> bound(sql, table)).orElse(binding.rex().truth(true));
      (policy.permissive() ? any : all).add(condition);
    }
    all.add(any.isEmpty() ? binding.rex().truth(false) : binding.rex().or(any));
    return binding.filter(scan, binding.rex().and(all));
  }

  /// What rows made by a command have to meet.
  ///
  /// @param isRead whether the statement also reads them
  List<BoundStatement.Check> checks(TableDefinition table, Command command, boolean isRead) {
    if (!applies(table)) {
      return List.of();
    }
    List<BoundStatement.Check> checks = new ArrayList<>();
    add(checks, table, command);
    if (isRead) {
      add(checks, table, Command.SELECT);
    }
    return checks;
  }

  private void add(List<BoundStatement.Check> checks, TableDefinition table, Command command) {
    List<RexNode> any = new ArrayList<>();
    List<BoundStatement.Check> restrictive = new ArrayList<>();
    for (RowPolicy policy : policies(table, command)) {
      Optional<String> sql =
          command == Command.SELECT ? policy.using() : policy.check().or(policy::using);
      RexNode condition = sql.map(text -> bound(text, table)).orElse(binding.rex().truth(true));
      if (policy.permissive()) {
        any.add(condition);
      } else {
        restrictive.add(
            new BoundStatement.Check(
                policy.name(), decided(condition), StatementPlan.CheckKind.POLICY));
      }
    }
    checks.add(
        new BoundStatement.Check(
            "",
            decided(any.isEmpty() ? binding.rex().truth(false) : binding.rex().or(any)),
            StatementPlan.CheckKind.POLICY));
    checks.addAll(restrictive);
  }

  /// NULL is not enough.
  private RexNode decided(RexNode condition) {
    return binding.rex().coalesce(SqlType.BOOL, List.of(condition, binding.rex().truth(false)));
  }
}
