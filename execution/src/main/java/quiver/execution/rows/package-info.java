/// Rows kept by operators: builders, hash tables of keys, orders, sizes, spill files.
@NullMarked
package quiver.execution.rows;

import org.jspecify.annotations.NullMarked;
