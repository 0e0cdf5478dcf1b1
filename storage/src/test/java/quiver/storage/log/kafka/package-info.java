/// Tests of the package of the same name.
@NullMarked
package quiver.storage.log.kafka;

import org.jspecify.annotations.NullMarked;
