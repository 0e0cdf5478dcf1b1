/// Distance arithmetic over float32 vectors: the SIMD kernels, their scalar reference, and the few
/// element functions SQL needs. Nothing outside this package touches `jdk.incubator.vector`.
@NullMarked
package quiver.vector.kernel;

import org.jspecify.annotations.NullMarked;
