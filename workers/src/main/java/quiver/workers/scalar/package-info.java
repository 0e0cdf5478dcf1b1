/// Scalar indexes of segments: built over rows in memory when somebody asks, and kept in files.
@NullMarked
package quiver.workers.scalar;

import org.jspecify.annotations.NullMarked;
