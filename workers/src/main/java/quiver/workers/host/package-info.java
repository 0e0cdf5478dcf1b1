/// A channel as a process hosts it: one replica and one owner behind a lock, with the thread that
/// reads the log.
@NullMarked
package quiver.workers.host;

import org.jspecify.annotations.NullMarked;
