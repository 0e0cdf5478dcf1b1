/// The index node: builds index files over sealed segments, as the data coordinator asks.
@NullMarked
package quiver.workers.indexnode;

import org.jspecify.annotations.NullMarked;
