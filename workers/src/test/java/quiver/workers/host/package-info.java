/// Tests of the host package.
@NullMarked
package quiver.workers.host;

import org.jspecify.annotations.NullMarked;
