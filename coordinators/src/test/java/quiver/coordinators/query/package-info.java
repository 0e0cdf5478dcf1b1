/// Tests of placement.
@NullMarked
package quiver.coordinators.query;

import org.jspecify.annotations.NullMarked;
