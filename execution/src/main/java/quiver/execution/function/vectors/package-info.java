/// pgvector's functions on vectors, half vectors, sparse vectors and bit strings.
@NullMarked
package quiver.execution.function.vectors;

import org.jspecify.annotations.NullMarked;
