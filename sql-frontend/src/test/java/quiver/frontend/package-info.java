/// The access layer's entry: one front end, listening for PostgreSQL clients.
@NullMarked
package quiver.frontend;

import org.jspecify.annotations.NullMarked;
