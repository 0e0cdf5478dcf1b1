/// The worker roles of one process, put together.
@NullMarked
package quiver.workers.node;

import org.jspecify.annotations.NullMarked;
