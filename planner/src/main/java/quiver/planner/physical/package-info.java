/// From optimised relations to the distributed plan: fragments, joins, searches, column pruning.
@NullMarked
package quiver.planner.physical;

import org.jspecify.annotations.NullMarked;
