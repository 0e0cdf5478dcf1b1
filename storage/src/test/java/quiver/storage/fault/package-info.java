/// Tests of the package of the same name.
@NullMarked
package quiver.storage.fault;

import org.jspecify.annotations.NullMarked;
