/// What a statement is planned against.
@NullMarked
package quiver.planner.context;

import org.jspecify.annotations.NullMarked;
