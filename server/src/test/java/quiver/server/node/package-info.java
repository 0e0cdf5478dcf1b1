/// Tests of the processes of a cluster over real stores.
@NullMarked
package quiver.server.node;

import org.jspecify.annotations.NullMarked;
