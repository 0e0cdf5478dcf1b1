/// The log broker of one machine: segmented files with group commit.
@NullMarked
package quiver.storage.log.local;

import org.jspecify.annotations.NullMarked;
