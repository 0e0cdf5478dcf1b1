/// Tests of the data coordinator over memory stores.
@NullMarked
package quiver.coordinators.data;

import org.jspecify.annotations.NullMarked;
