/// Measurements of distance kernels and vector indexes in process.
@NullMarked
package quiver.benchmarks.vector;

import org.jspecify.annotations.NullMarked;
