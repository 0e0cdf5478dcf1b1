/// Tests of the package of the same name.
@NullMarked
package quiver.storage.record;

import org.jspecify.annotations.NullMarked;
