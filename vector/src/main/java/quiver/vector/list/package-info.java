/// The list index: rows in lists around centroids that all segments of a table share, each list as
/// blocks of 1-bit codes that are scanned 32 rows at once.
@NullMarked
package quiver.vector.list;

import org.jspecify.annotations.NullMarked;
