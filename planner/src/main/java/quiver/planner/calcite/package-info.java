/// PostgreSQL's types, operators and query shapes in the vocabulary of Calcite's relational
/// algebra.
@NullMarked
package quiver.planner.calcite;

import org.jspecify.annotations.NullMarked;
