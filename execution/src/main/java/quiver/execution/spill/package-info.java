/// Temporary files for rows that do not fit into an operator's work memory.
@NullMarked
package quiver.execution.spill;

import org.jspecify.annotations.NullMarked;
