/// Nearest-neighbour search inside one segment: exact scans and graph indexes over the same rows,
/// behind [quiver.vector.index.VectorIndex] and [quiver.vector.index.Searcher].
@NullMarked
package quiver.vector.index;

import org.jspecify.annotations.NullMarked;
