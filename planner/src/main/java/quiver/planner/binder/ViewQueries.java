package quiver.planner.binder;

import quiver.common.catalog.ViewDefinition;
import quiver.common.catalog.ViewText;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.PostgresParser;
import quiver.planner.parser.node.Query;
import quiver.planner.parser.node.Statement;

/// Queries of views, read back from the catalog.
final class ViewQueries {
  private final Binding binding;

  ViewQueries(Binding binding) {
    this.binding = binding;
  }

  /// The query of a view as it was written, with relations of today's names.
  Query parse(ViewDefinition view) {
    String sql = ViewText.query(view, binding.context().catalog());
    binding.reads(sql);
    Statement statement = PostgresParser.parse(sql).getFirst().statement();
    return ((Statement.SelectStatement) statement).query();
  }

  /// The query of a view, bound on its own.
  BoundQuery bind(ViewDefinition view) {
    if (!binding.enterView(view.id())) {
      throw new QuiverException(
          SqlState.INVALID_OBJECT_DEFINITION,
          "infinite recursion detected in rules for relation \"%s\"",
          view.name());
    }
    try {
      return binding.kept(
          () -> new QueryBinder(binding).bind(parse(view), null, CommonTables.NONE, true));
    } catch (QuiverException e) {
      // Positions are those of the view's text.
      throw e.at(0);
    } finally {
      binding.leaveView(view.id());
    }
  }
}
