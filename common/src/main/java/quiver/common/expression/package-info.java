/// Bound scalar expressions: what the planner emits and the engine compiles.
@NullMarked
package quiver.common.expression;

import org.jspecify.annotations.NullMarked;
