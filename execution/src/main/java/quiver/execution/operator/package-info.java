/// Pull-based batch operators, one per plan node, and the entry that runs a plan.
@NullMarked
package quiver.execution.operator;

import org.jspecify.annotations.NullMarked;
