/// Measurements of the engine and of a running server.
@NullMarked
package quiver.benchmarks;

import org.jspecify.annotations.NullMarked;
