/// The log protocol of a channel: the one applier of its records and the owner that writes them,
/// both single-threaded and free of I/O.
@NullMarked
package quiver.workers.channel;

import org.jspecify.annotations.NullMarked;
