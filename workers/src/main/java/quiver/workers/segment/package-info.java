/// Rows of one segment in memory or in a file, with their deletes, keys and commit times.
@NullMarked
package quiver.workers.segment;

import org.jspecify.annotations.NullMarked;
