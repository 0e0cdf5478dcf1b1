/// Tests of the package of the same name.
@NullMarked
package quiver.storage.segment;

import org.jspecify.annotations.NullMarked;
