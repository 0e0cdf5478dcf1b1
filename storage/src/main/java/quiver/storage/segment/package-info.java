/// The sealed segment file: checksummed columns that are read where they lie in mapped memory.
@NullMarked
package quiver.storage.segment;

import org.jspecify.annotations.NullMarked;
