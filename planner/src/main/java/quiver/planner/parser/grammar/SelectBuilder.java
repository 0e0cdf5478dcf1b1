package quiver.planner.parser.grammar;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.node.FromItem;
import quiver.planner.parser.node.GroupingElement;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.SelectItem;
import quiver.planner.parser.node.WindowSpecification;

/// Collects the clauses of one SELECT while it is parsed; used by the parser's thread only.
public final class SelectBuilder {
  public boolean distinct;
  public final List<SqlNode> distinctOn = new ArrayList<>();
  public final List<SelectItem> items = new ArrayList<>();
  public List<FromItem> from = List.of();
  public @Nullable SqlNode where;
  public final List<GroupingElement> groupBy = new ArrayList<>();
  public boolean groupByDistinct;
  public @Nullable SqlNode having;
  public final List<WindowSpecification.Named> windows = new ArrayList<>();

  /// The finished SELECT, without the clauses that follow it.
  public Query.Select build(int position) {
    return new Query.Select(
        Query.Clauses.NONE,
        distinct,
        distinctOn,
        items,
        from,
        where,
        groupBy,
        groupByDistinct,
        having,
        windows,
        position);
  }
}
