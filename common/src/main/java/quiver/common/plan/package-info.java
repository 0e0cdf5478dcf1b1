/// Distributed plans: what the planner emits, front ends gather and query nodes run.
@NullMarked
package quiver.common.plan;

import org.jspecify.annotations.NullMarked;
