/// The log broker in memory, for tests and simulations.
@NullMarked
package quiver.storage.log.memory;

import org.jspecify.annotations.NullMarked;
