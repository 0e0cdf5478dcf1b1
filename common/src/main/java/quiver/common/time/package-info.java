/// Timestamps of the timestamp oracle.
@NullMarked
package quiver.common.time;

import org.jspecify.annotations.NullMarked;
