/// Tests of the package of the same name.
@NullMarked
package quiver.storage.log.memory;

import org.jspecify.annotations.NullMarked;
