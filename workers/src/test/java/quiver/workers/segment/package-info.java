/// Tests of the segment package.
@NullMarked
package quiver.workers.segment;

import org.jspecify.annotations.NullMarked;
