/// The metadata store of one machine: one file of commits.
@NullMarked
package quiver.storage.meta.local;

import org.jspecify.annotations.NullMarked;
