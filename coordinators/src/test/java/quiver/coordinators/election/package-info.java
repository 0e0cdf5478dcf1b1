/// Tests of leader election.
@NullMarked
package quiver.coordinators.election;

import org.jspecify.annotations.NullMarked;
