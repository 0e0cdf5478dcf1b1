/// Tests of the package of the same name.
@NullMarked
package quiver.storage.manifest;

import org.jspecify.annotations.NullMarked;
