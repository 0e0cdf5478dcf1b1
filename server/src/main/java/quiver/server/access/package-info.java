/// Starts front ends, in a standalone server and in a cluster alike.
@NullMarked
package quiver.server.access;

import org.jspecify.annotations.NullMarked;
