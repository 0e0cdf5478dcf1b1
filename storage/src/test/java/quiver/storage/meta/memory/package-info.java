/// Tests of the package of the same name.
@NullMarked
package quiver.storage.meta.memory;

import org.jspecify.annotations.NullMarked;
