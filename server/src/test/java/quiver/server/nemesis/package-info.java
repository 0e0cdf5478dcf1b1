/// A cluster of real processes that are killed and paused, and what its clients were promised.
@NullMarked
package quiver.server.nemesis;

import org.jspecify.annotations.NullMarked;
