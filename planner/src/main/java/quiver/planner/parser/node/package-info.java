/// The syntax tree of the PostgreSQL dialect: statements, queries and FROM items are sealed
/// interfaces of records; expressions are Calcite `SqlNode`s, an
/// [quiver.planner.parser.node.ExpressionNode] wherever Calcite has no node of PostgreSQL's
/// meaning.
@NullMarked
package quiver.planner.parser.node;

import org.jspecify.annotations.NullMarked;
