/// The object store: immutable named byte sequences.
@NullMarked
package quiver.storage.object;

import org.jspecify.annotations.NullMarked;
