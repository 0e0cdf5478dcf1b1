/// Nearest-neighbour search over the segments of a table: which rows, how, and in what order.
@NullMarked
package quiver.execution.search;

import org.jspecify.annotations.NullMarked;
