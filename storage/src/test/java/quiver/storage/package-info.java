/// Tests of the package of the same name.
@NullMarked
package quiver.storage;

import org.jspecify.annotations.NullMarked;
