/// The values of vector columns that plain Java has no type for. A `vector` is a `float[]`.
@NullMarked
package quiver.jdbc.vector;

import org.jspecify.annotations.NullMarked;
