/// The data coordinator: decides what is flushed, merged and indexed.
@NullMarked
package quiver.coordinators.data;

import org.jspecify.annotations.NullMarked;
