/// Tests of the package of the same name.
@NullMarked
package quiver.storage.object;

import org.jspecify.annotations.NullMarked;
