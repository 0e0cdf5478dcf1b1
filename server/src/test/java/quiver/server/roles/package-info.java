/// Coordinators and workers together over local stores, without the front end.
@NullMarked
package quiver.server.roles;

import org.jspecify.annotations.NullMarked;
