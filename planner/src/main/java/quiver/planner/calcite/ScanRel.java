package quiver.planner.calcite;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.plan.HiddenColumns;
import quiver.common.plan.RelationAlias;
import quiver.common.type.SqlType;

/// All columns of a stored table, then, if `withAddress`, the row address, then, if `withHidden`,
/// its [HiddenColumns]; at the moment `asOf`, if that is not null.
public final class ScanRel extends AbstractRelNode {
  private final TableDefinition table;
  private final TableStatistics statistics;
  private final boolean withAddress;
  private final boolean withHidden;
  private final @Nullable RexNode asOf;
  private final RelationAlias alias;

  /// @param statistics what is known of the table's rows
  /// @param asOf without input columns
  public ScanRel(
      RelOptCluster cluster,
      TableDefinition table,
      TableStatistics statistics,
      boolean withAddress,
      boolean withHidden,
      @Nullable RexNode asOf,
      RelationAlias alias) {
    super(cluster, cluster.traitSetOf(Convention.NONE));
    this.table = table;
    this.statistics = statistics;
    this.withAddress = withAddress;
    this.withHidden = withHidden;
    this.asOf = asOf;
    this.alias = alias;
  }

  public TableDefinition table() {
    return table;
  }

  public TableStatistics statistics() {
    return statistics;
  }

  public boolean withAddress() {
    return withAddress;
  }

  /// Where the hidden columns begin, if there are any.
  public int hiddenAt() {
    return table.columns().size() + (withAddress ? 1 : 0);
  }

  public @Nullable RexNode asOf() {
    return asOf;
  }

  /// What the query calls the table.
  public RelationAlias alias() {
    return alias;
  }

  @Override
  protected RelDataType deriveRowType() {
    List<SqlType> columns = new ArrayList<>();
    for (ColumnDefinition column : table.columns()) {
      columns.add(column.type());
    }
    if (withAddress) {
      columns.add(SqlType.INT8);
    }
    if (withHidden) {
      HiddenColumns.ordinals().forEach(ordinal -> columns.add(HiddenColumns.type(ordinal)));
    }
    return ((TypeFactory) getCluster().getTypeFactory()).row(columns);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("table", table.id())
        .item("name", table.name())
        .itemIf("address", true, withAddress)
        .itemIf("hidden", true, withHidden)
        .itemIf("asOf", asOf, asOf != null)
        .itemIf("alias", alias.name(), alias.isKnown());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return this;
  }
}
