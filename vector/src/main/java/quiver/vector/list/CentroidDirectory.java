package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.Centroids;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;

/// The centroids as code blocks around their mean, so that a query sees all of them in a few
/// microseconds. Immutable, freed by the garbage collector.
final class CentroidDirectory {
  private final CodeBlock layout;
  private final float[] mean;
  private final MemorySegment blocks;
  private final int blockCount;

  CentroidDirectory(ListCodebook codebook) {
    Centroids centroids = codebook.centroids();
    int dimension = centroids.dimension();
    this.layout = new CodeBlock(dimension);
    this.mean = mean(centroids);
    this.blockCount = Math.ceilDiv(centroids.count(), CodeBlock.ROW_COUNT);
    this.blocks = Arena.ofAuto().allocate(blockCount * layout.sizeBytes(), 64);
    CodeEncoder encoder = new CodeEncoder(VectorKernels.codes(), codebook.score(), layout);
    for (int block = 0; block < blockCount; block++) {
      encoder.clear(blocks, block * layout.sizeBytes());
    }
    for (int c = 0; c < centroids.count(); c++) {
      encoder.write(
          blocks,
          c / CodeBlock.ROW_COUNT * layout.sizeBytes(),
          c % CodeBlock.ROW_COUNT,
          c,
          centroids.values(),
          c * dimension,
          mean,
          0);
    }
  }

  private static float[] mean(Centroids centroids) {
    int dimension = centroids.dimension();
    double[] sums = new double[dimension];
    for (int i = 0; i < centroids.values().length; i++) {
      sums[i % dimension] += centroids.values()[i];
    }
    float[] mean = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      mean[i] = (float) (sums[i] / centroids.count());
    }
    return mean;
  }

  float[] mean() {
    return mean;
  }

  MemorySegment blocks() {
    return blocks;
  }

  int blockCount() {
    return blockCount;
  }

  long blockBytes() {
    return layout.sizeBytes();
  }
}
