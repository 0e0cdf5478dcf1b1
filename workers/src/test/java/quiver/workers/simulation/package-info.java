/// A seeded simulation of a channel: owner, replica, flush, merge, crash and recovery in one
/// thread, with faults.
@NullMarked
package quiver.workers.simulation;

import org.jspecify.annotations.NullMarked;
