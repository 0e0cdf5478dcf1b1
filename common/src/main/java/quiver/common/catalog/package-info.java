/// Tables, columns, indexes and sequences, as one immutable image per version.
@NullMarked
package quiver.common.catalog;

import org.jspecify.annotations.NullMarked;
