/// The metadata store in memory: what every other implementation is measured against.
@NullMarked
package quiver.storage.meta.memory;

import org.jspecify.annotations.NullMarked;
