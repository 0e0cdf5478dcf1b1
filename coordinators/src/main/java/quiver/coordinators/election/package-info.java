/// Which process leads a coordinator role, and the fence around what a leader commits.
@NullMarked
package quiver.coordinators.election;

import org.jspecify.annotations.NullMarked;
