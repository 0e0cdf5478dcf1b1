package quiver.coordinators.root;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SecurityCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.RootCoordinatorService.Notice;
import quiver.storage.meta.IdSource;

/// Policies of row security. Used under the root coordinator's lock.
final class PolicyDefinitions {
  private final IdSource ids;
  private final CatalogEditor editor;
  private final Actor actor;

  PolicyDefinitions(IdSource ids, CatalogEditor editor, Actor actor) {
    this.ids = ids;
    this.editor = editor;
    this.actor = actor;
  }

  private TableDefinition ownTable(long tableId) {
    return ownTable(tableId, "table");
  }

  /// @param kind what a message calls it
  private TableDefinition ownTable(long tableId, String kind) {
    TableDefinition table =
        editor
            .image()
            .table(tableId)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE, "relation with OID %d does not exist", tableId));
    if (!actor.authority().owns(actor.roleId(), tableId)) {
      throw Actor.denied("must be owner of " + kind + " " + table.name());
    }
    return table;
  }

  void setRowSecurity(SecurityCommand.SetRowSecurity set) {
    TableDefinition _ = ownTable(set.tableId());
    var access = editor.image().security().access(set.tableId());
    editor
        .change()
        .put(
            access.withRowSecurity(
                set.isOn().orElse(access.rowSecurity()),
                set.isForced().orElse(access.forceRowSecurity())))
        .apply();
  }

  private Optional<RowPolicy> find(long tableId, String name) {
    return editor.image().security().policies(tableId).stream()
        .filter(policy -> policy.name().equals(name))
        .findFirst();
  }

  private RowPolicy require(TableDefinition table, String name) {
    return find(table.id(), name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.UNDEFINED_OBJECT,
                "policy \"%s\" for table \"%s\" does not exist",
                name,
                table.name()));
  }

  private static QuiverException taken(String name, TableDefinition table) {
    return new QuiverException(
        SqlState.DUPLICATE_OBJECT,
        "policy \"%s\" for table \"%s\" already exists",
        name,
        table.name());
  }

  private List<Long> roles(List<String> names) {
    if (names.contains("public") && names.size() > 1) {
      actor.warn(SqlState.INVALID_PARAMETER_VALUE, "ignoring specified roles other than PUBLIC");
      return List.of(RoleDefinition.PUBLIC_ID);
    }
    return names.stream().map(actor::grantee).toList();
  }

  void create(SecurityCommand.CreatePolicy create) {
    List<Long> roles = roles(create.roles());
    TableDefinition table = ownTable(create.tableId());
    if (find(table.id(), create.name()).isPresent()) {
      throw taken(create.name(), table);
    }
    editor
        .change()
        .put(
            new RowPolicy(
                ids.getAsLong(),
                table.id(),
                create.name(),
                create.permissive(),
                create.command(),
                roles,
                create.using(),
                create.check()))
        .apply();
  }

  void alter(SecurityCommand.AlterPolicy alter) {
    TableDefinition table = ownTable(alter.tableId());
    RowPolicy policy = require(table, alter.name());
    if (alter.newName().isPresent() && find(table.id(), alter.newName().get()).isPresent()) {
      throw taken(alter.newName().get(), table);
    }
    boolean onlyCheck = policy.command() == RowPolicy.Command.INSERT;
    boolean noCheck =
        policy.command() == RowPolicy.Command.SELECT
            || policy.command() == RowPolicy.Command.DELETE;
    if (noCheck && alter.check().isPresent()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "only USING expression allowed for SELECT, DELETE");
    }
    if (onlyCheck && alter.using().isPresent()) {
      throw new QuiverException(
          SqlState.SYNTAX_ERROR, "only WITH CHECK expression allowed for INSERT");
    }
    editor
        .change()
        .put(
            new RowPolicy(
                policy.id(),
                table.id(),
                alter.newName().orElse(policy.name()),
                policy.permissive(),
                policy.command(),
                alter.roles().map(this::roles).orElse(policy.roleIds()),
                alter.using().or(policy::using),
                alter.check().or(policy::check)))
        .apply();
  }

  void drop(SecurityCommand.DropPolicy drop) {
    TableDefinition table = ownTable(drop.tableId(), "relation");
    if (drop.ifExists() && find(table.id(), drop.name()).isEmpty()) {
      actor
          .notices()
          .add(
              new Notice(
                  SqlState.SUCCESSFUL_COMPLETION.code(),
                  "policy \""
                      + drop.name()
                      + "\" for relation \""
                      + (table.schema().equals("public") ? "" : table.schema() + ".")
                      + table.name()
                      + "\" does not exist, skipping"));
      return;
    }
    editor.change().remove(require(table, drop.name())).apply();
  }
}
