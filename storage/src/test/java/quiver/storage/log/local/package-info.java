/// Tests of the package of the same name.
@NullMarked
package quiver.storage.log.local;

import org.jspecify.annotations.NullMarked;
