package quiver.planner.binder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;
import quiver.planner.calcite.Rex;

/// What INSERT, UPDATE and DELETE name: a table, or a view through which the rows of one table are
/// changed. Positions are those of the named relation's columns, ordinals those of the table's.
final class ChangeTarget {
  private final Binding binding;
  private final TableDefinition table;
  private final List<Column> columns;
  private final @Nullable Level level;

  /// A column as the statement sees it.
  ///
  /// @param value over the table's row
  /// @param source its position in the relation below; -1: it cannot be changed
  record Column(String name, RexNode value, int source) {}

  /// A view over a table, or over another view.
  ///
  /// @param role who reads and changes what is below; empty: who runs the statement
  /// @param condition of WHERE, over the table's row
  record Level(
      ViewDefinition view,
      ChangeTarget below,
      Optional<Long> role,
      @Nullable RexNode condition,
      Placeholders placeholders,
      int scopeId) {}

  private ChangeTarget(
      Binding binding, TableDefinition table, List<Column> columns, @Nullable Level level) {
    this.binding = binding;
    this.table = table;
    this.columns = List.copyOf(columns);
    this.level = level;
  }

  static ChangeTarget of(Binding binding, TableDefinition table) {
    List<Column> columns = new ArrayList<>();
    for (ColumnDefinition column : table.columns()) {
      int ordinal = columns.size();
      columns.add(new Column(column.name(), binding.rex().column(ordinal, column.type()), ordinal));
    }
    return new ChangeTarget(binding, table, columns, null);
  }

  static ChangeTarget of(Binding binding, Level level, List<Column> columns) {
    return new ChangeTarget(binding, level.below().table, columns, level);
  }

  /// The table whose rows change.
  TableDefinition table() {
    return table;
  }

  boolean isView() {
    return level != null;
  }

  /// As messages call it.
  String name() {
    return level == null ? table.name() : level.view().name();
  }

  private String schema() {
    return level == null ? table.schema() : level.view().schema();
  }

  private long relationId() {
    return level == null ? table.id() : level.view().id();
  }

  private int columnId(int position) {
    return level == null ? table.columns().get(position).id() : position + 1;
  }

  List<Column> columns() {
    return columns;
  }

  /// The position of the column of this name; -1: there is none.
  int position(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /// The table's column that a column is.
  ///
  /// @param verb `insert into` or `update`, for the message
  /// @throws QuiverException `0A000` if it is none
  int ordinal(int position, String verb) {
    if (level == null) {
      return position;
    }
    Column column = columns.get(position);
    if (column.source() < 0) {
      throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "cannot %s column \"%s\" of view \"%s\"",
              verb,
              column.name(),
              level.view().name())
          .withDetail(
              "View columns that are not columns of their base relation are not updatable.");
    }
    return level.below().ordinal(column.source(), verb);
  }

  /// The columns as names see them.
  ///
  /// @param alias of the relation, if it has one
  Namespace namespace(@Nullable String alias, @Nullable String hiddenName) {
    List<Namespace.Column> visible = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      visible.add(
          new Namespace.Column(
              columns.get(i).name(),
              columns.get(i).value(),
              new Namespace.Origin(relationId(), columnId(i)),
              false));
    }
    if (level == null) {
      visible.addAll(FromBinder.fixedColumns(binding, table));
    }
    return new Namespace(
            alias == null ? name() : alias,
            alias == null ? schema() : null,
            hiddenName,
            visible,
            level == null ? table : null,
            false)
        .ofRelation(relationId(), 0);
  }

  /// Runs something in the name of who changes the table.
  <T> T asOwner(Supplier<T> work) {
    return level == null ? work.get() : as(level, () -> level.below().asOwner(work));
  }

  private <T> T as(Level view, Supplier<T> work) {
    Optional<Long> before = binding.demands().actAs(view.role());
    try {
      return work.get();
    } finally {
      Optional<Long> _ = binding.demands().actAs(before);
    }
  }

  /// Notes the right to do something with the relation and with what is below.
  void demand(Privilege privilege) {
    binding.demands().on(relationId(), privilege);
    if (level != null) {
      boolean _ =
          as(
              level,
              () -> {
                level.below().demand(privilege);
                return true;
              });
    }
  }

  /// Notes that a column gets a value.
  void demandColumn(Privilege privilege, int position) {
    if (privilege == Privilege.INSERT) {
      binding.demands().inserted(relationId(), columnId(position));
    } else {
      binding.demands().updated(relationId(), columnId(position));
    }
    int source = columns.get(position).source();
    if (level != null && source >= 0) {
      boolean _ =
          as(
              level,
              () -> {
                level.below().demandColumn(privilege, source);
                return true;
              });
    }
  }

  /// Notes that a column of the table is read.
  void demandRead(int columnId) {
    int ordinal = table.ordinalOfId(columnId);
    for (int position = 0; position < columns.size(); position++) {
      if (isColumn(position, ordinal)) {
        binding.demands().read(new Namespace.Origin(relationId(), columnId(position)));
      }
    }
  }

  /// The rows that are visible through the views: the innermost asks first.
  RelNode visible(RelNode rows) {
    if (level == null) {
      return rows;
    }
    RelNode below = level.below().visible(rows);
    RexNode condition = level.condition();
    return condition == null
        ? below
        : new Subqueries(binding, level.placeholders(), level.scopeId())
            .filter(below, condition, index -> index);
  }

  /// What new rows have to meet by WITH CHECK OPTION, the innermost view first.
  List<BoundStatement.Check> viewChecks() {
    List<BoundStatement.Check> checks = new ArrayList<>();
    addChecks(checks, false);
    return checks;
  }

  private void addChecks(List<BoundStatement.Check> checks, boolean cascaded) {
    if (level == null) {
      return;
    }
    String option = level.view().options().getOrDefault("check_option", "");
    boolean cascades = cascaded || option.equals("cascaded");
    level.below().addChecks(checks, cascades);
    RexNode condition = level.condition();
    if (condition != null && (cascades || option.equals("local"))) {
      checks.add(
          new BoundStatement.Check(
              level.view().name(),
              new RowPlans(
                      binding,
                      table.columns().stream().map(ColumnDefinition::type).toList(),
                      level.placeholders(),
                      level.scopeId())
                  .values(List.of(decided(condition)), index -> index, rel -> rel),
              StatementPlan.CheckKind.VIEW));
    }
  }

  /// NULL is not enough.
  private RexNode decided(RexNode condition) {
    Rex rex = binding.rex();
    return rex.coalesce(SqlType.BOOL, List.of(condition, rex.truth(false)));
  }

  /// The table with the names its columns have in the view.
  TableDefinition renamed() {
    if (level == null) {
      return table;
    }
    List<ColumnDefinition> renamed = new ArrayList<>();
    for (int ordinal = 0; ordinal < table.columns().size(); ordinal++) {
      renamed.add(table.columns().get(ordinal).withName(nameOf(ordinal)));
    }
    return table.changed(renamed, table.columnIdMax());
  }

  private String nameOf(int ordinal) {
    for (int i = 0; i < columns.size(); i++) {
      if (isColumn(i, ordinal)) {
        return columns.get(i).name();
      }
    }
    // No name anybody could write.
    return "\u0000" + ordinal;
  }

  private boolean isColumn(int position, int ordinal) {
    return level == null
        ? position == ordinal
        : columns.get(position).source() >= 0
            && level.below().isColumn(columns.get(position).source(), ordinal);
  }
}
