/// The object store of one machine: a directory of files.
@NullMarked
package quiver.storage.object.local;

import org.jspecify.annotations.NullMarked;
