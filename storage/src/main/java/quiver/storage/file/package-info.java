/// The seam to the file system, and files of checksummed frames.
@NullMarked
package quiver.storage.file;

import org.jspecify.annotations.NullMarked;
