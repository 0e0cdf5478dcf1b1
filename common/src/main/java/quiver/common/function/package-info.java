/// The one registry of functions, operators, casts and aggregates, read by the planner and the
/// engine.
@NullMarked
package quiver.common.function;

import org.jspecify.annotations.NullMarked;
