/// Tests of the package of the same name.
@NullMarked
package quiver.storage.object.s3;

import org.jspecify.annotations.NullMarked;
