package quiver.planner.binder;

import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.jspecify.annotations.Nullable;
import quiver.planner.parser.node.Expression;
import quiver.planner.parser.node.ExpressionNode;
import quiver.planner.parser.node.Query;

/// The names PostgreSQL gives result columns that have no alias.
final class OutputNames {
  /// The name of a column nothing gives a name to.
  static final String UNNAMED = "?column?";

  private OutputNames() {}

  static String of(SqlNode node) {
    Name name = figure(node);
    return name == null ? UNNAMED : name.text;
  }

  /// A name and whether it is a good one: a cast replaces a weak one by its type's.
  private record Name(String text, boolean strong) {}

  private static @Nullable Name figure(SqlNode node) {
    return switch (node) {
      case SqlIdentifier identifier when identifier.isStar() && identifier.names.size() > 1 ->
          new Name(identifier.names.get(identifier.names.size() - 2), true);
      case SqlIdentifier identifier -> new Name(identifier.names.getLast(), true);
      case ExpressionNode expression -> figure(expression.value());
      default -> null;
    };
  }

  private static @Nullable Name figure(Expression expression) {
    return switch (expression) {
      case Expression.Function e -> new Name(e.name().names.getLast(), true);
      case Expression.Keyword e ->
          new Name(e.keyword().name().toLowerCase(java.util.Locale.ROOT), true);
      case Expression.Special e ->
          new Name(e.form().name().toLowerCase(java.util.Locale.ROOT), true);
      case Expression.Cast e -> {
        Name inner = figure(e.operand());
        yield inner != null && inner.strong ? inner : new Name(e.type().name(), false);
      }
      case Expression.Collate e -> figure(e.operand());
      case Expression.Subscript e -> figure(e.operand());
      case Expression.Slice e -> figure(e.operand());
      case Expression.Field e -> new Name(e.field(), true);
      case Expression.Case e -> {
        SqlNode otherwise = e.otherwise();
        Name inner = otherwise == null ? null : figure(otherwise);
        yield inner != null && inner.strong ? inner : new Name("case", false);
      }
      case Expression.Exists _ -> new Name("exists", true);
      case Expression.ArrayQuery _, Expression.ArrayElements _ -> new Name("array", true);
      case Expression.Row _ -> new Name("row", true);
      case Expression.ScalarQuery e -> ofQuery(e.query());
      case Expression.Operator _,
          Expression.Logical _,
          Expression.Is _,
          Expression.DistinctFrom _,
          Expression.Between _,
          Expression.InList _,
          Expression.InQuery _,
          Expression.QuantifiedArray _,
          Expression.QuantifiedQuery _,
          Expression.AllFields _,
          Expression.Default _,
          Expression.CurrentOf _ ->
          null;
    };
  }

  private static @Nullable Name ofQuery(Query query) {
    return switch (query) {
      case Query.Select select when !select.items().isEmpty() -> {
        SqlIdentifier alias = select.items().getFirst().alias();
        // The subquery's column has a name in any case, if only this one.
        yield new Name(
            alias == null ? of(select.items().getFirst().expression()) : alias.getSimple(), true);
      }
      case Query.Select _ -> null;
      case Query.Values _ -> new Name("column1", true);
      case Query.SetOperation operation -> ofQuery(operation.left());
    };
  }
}
