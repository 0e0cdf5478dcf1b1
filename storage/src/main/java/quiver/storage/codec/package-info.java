/// Little-endian writing and checked reading of the small stored structures.
@NullMarked
package quiver.storage.codec;

import org.jspecify.annotations.NullMarked;
