/// The root coordinator: definitions, ids, timestamps and sequences.
@NullMarked
package quiver.coordinators.root;

import org.jspecify.annotations.NullMarked;
