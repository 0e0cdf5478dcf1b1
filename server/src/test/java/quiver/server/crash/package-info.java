/// The server killed at random moments, and what its clients were promised.
@NullMarked
package quiver.server.crash;

import org.jspecify.annotations.NullMarked;
