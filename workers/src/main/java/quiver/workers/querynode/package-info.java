/// The query node: runs leaf fragments and key look-ups over the rows of a hosted channel, at a
/// snapshot.
@NullMarked
package quiver.workers.querynode;

import org.jspecify.annotations.NullMarked;
