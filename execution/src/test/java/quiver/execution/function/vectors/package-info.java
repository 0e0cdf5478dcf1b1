/// Tests of pgvector's functions.
@NullMarked
package quiver.execution.function.vectors;

import org.jspecify.annotations.NullMarked;
