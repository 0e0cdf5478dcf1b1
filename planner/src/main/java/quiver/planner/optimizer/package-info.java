/// Rewrites of relations that never change what they mean: subqueries to joins, filters towards the
/// rows, joins without cross products.
@NullMarked
package quiver.planner.optimizer;

import org.jspecify.annotations.NullMarked;
