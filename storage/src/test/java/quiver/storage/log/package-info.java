/// Tests of the package of the same name.
@NullMarked
package quiver.storage.log;

import org.jspecify.annotations.NullMarked;
