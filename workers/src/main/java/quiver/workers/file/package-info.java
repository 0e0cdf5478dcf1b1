/// Segment files and index files: written from rows in memory, merged, opened and mapped.
@NullMarked
package quiver.workers.file;

import org.jspecify.annotations.NullMarked;
