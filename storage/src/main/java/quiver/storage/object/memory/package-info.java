/// The object store in memory, for tests and simulations.
@NullMarked
package quiver.storage.object.memory;

import org.jspecify.annotations.NullMarked;
