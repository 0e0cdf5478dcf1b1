package quiver.planner.binder;

import java.util.Optional;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.PolicyExpression;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.SecurityStatement;

/// CREATE, ALTER and DROP POLICY.
final class PolicyBinder {
  private final Binding binding;
  private final RelationNames names;

  PolicyBinder(Binding binding) {
    this.binding = binding;
    this.names = new RelationNames(binding.context());
  }

  BoundStatement create(SecurityStatement.CreatePolicy create) {
    RowPolicy.Command command = RowPolicy.Command.valueOf(create.command());
    if (create.check() != null
        && (command == RowPolicy.Command.SELECT || command == RowPolicy.Command.DELETE)) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "WITH CHECK cannot be applied to SELECT or DELETE");
    }
    if (create.using() != null && command == RowPolicy.Command.INSERT) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "only WITH CHECK expression allowed for INSERT");
    }
    TableDefinition table = names.requireDefinedTable(create.table());
    return RoleBinder.ddl(
        new SecurityCommand.CreatePolicy(
            table.id(),
            create.name().getSimple(),
            create.permissive(),
            command,
            create.roles(),
            text(create.using(), table),
            text(create.check(), table)),
        "CREATE POLICY");
  }

  BoundStatement alter(SecurityStatement.AlterPolicy alter) {
    TableDefinition table = names.requireDefinedTable(alter.table());
    return RoleBinder.ddl(
        new SecurityCommand.AlterPolicy(
            table.id(),
            alter.name().getSimple(),
            Optional.ofNullable(alter.newName()).map(name -> name.getSimple()),
            Optional.ofNullable(alter.roles()),
            text(alter.using(), table),
            text(alter.check(), table)),
        "ALTER POLICY");
  }

  BoundStatement drop(SecurityStatement.DropPolicy drop) {
    return RoleBinder.ddl(
        new SecurityCommand.DropPolicy(
            names.requireDefinedTable(drop.table()).id(), drop.name().getSimple(), drop.ifExists()),
        "DROP POLICY");
  }

  private Optional<PolicyExpression> text(@Nullable SqlNode node, TableDefinition table) {
    if (node == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(PolicyConditions.definition(binding, table).define(node));
    } catch (QuiverException e) {
      throw e.at(0);
    }
  }
}
