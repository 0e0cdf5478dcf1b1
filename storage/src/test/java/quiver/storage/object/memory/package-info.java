/// Tests of the package of the same name.
@NullMarked
package quiver.storage.object.memory;

import org.jspecify.annotations.NullMarked;
