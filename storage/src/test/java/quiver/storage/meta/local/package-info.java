/// Tests of the package of the same name.
@NullMarked
package quiver.storage.meta.local;

import org.jspecify.annotations.NullMarked;
