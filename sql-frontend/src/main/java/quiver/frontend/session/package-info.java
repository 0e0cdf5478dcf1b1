/// Sessions: what a connection remembers between statements, and the rules of transactions,
/// prepared statements, portals and cursors.
@NullMarked
package quiver.frontend.session;

import org.jspecify.annotations.NullMarked;
