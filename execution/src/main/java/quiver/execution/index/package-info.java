/// Scalar indexes: rows of a segment found by the values of index keys.
@NullMarked
package quiver.execution.index;

import org.jspecify.annotations.NullMarked;
