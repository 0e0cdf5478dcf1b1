/// A graph index whose vertices carry their neighbours' codes.
@NullMarked
package quiver.vector.graph;

import org.jspecify.annotations.NullMarked;
