/// The query coordinator: which worker holds and owns what.
@NullMarked
package quiver.coordinators.query;

import org.jspecify.annotations.NullMarked;
