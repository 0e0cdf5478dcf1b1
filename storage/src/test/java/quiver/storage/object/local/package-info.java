/// Tests of the package of the same name.
@NullMarked
package quiver.storage.object.local;

import org.jspecify.annotations.NullMarked;
