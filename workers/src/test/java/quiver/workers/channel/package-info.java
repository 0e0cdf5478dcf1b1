/// Tests of the channel package.
@NullMarked
package quiver.workers.channel;

import org.jspecify.annotations.NullMarked;
