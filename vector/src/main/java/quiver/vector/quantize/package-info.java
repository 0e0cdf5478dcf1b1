/// Quantised vectors: the rotation, int8 and 1-bit codes with their error bounds, the block of 32
/// rows that every index scans, and k-means centroids.
@NullMarked
package quiver.vector.quantize;

import org.jspecify.annotations.NullMarked;
