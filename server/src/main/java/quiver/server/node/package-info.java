/// One process of a cluster: its stores, its registration, and the roles it has.
@NullMarked
package quiver.server.node;

import org.jspecify.annotations.NullMarked;
