/// Tests of the root coordinator over memory stores.
@NullMarked
package quiver.coordinators.root;

import org.jspecify.annotations.NullMarked;
