package quiver.vector.graph;

import java.lang.foreign.MemorySegment;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.CandidatePool;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.VisitedRows;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeQuery;

/// Walks a graph on disk, one record a step: the record's full vector gives the exact distance, its
/// code blocks the estimates of the neighbours. Used by one thread.
final class DiskGraphWalk {
  private final VectorKernel kernel;
  private final DiskGraphFile.Header header;
  private final VectorMapping mapping;
  private final MemorySegment image;
  private final CodeBlock layout;
  private final CodeQuery coded;
  private final VisitedRows expanded;
  private final CandidatePool frontier = new CandidatePool();
  private final CandidatePool found = new CandidatePool();
  private final DiskGraphFile.RecordChecksum checksum;
  private final float[] vector;
  private final float[] estimates = new float[CodeBlock.ROW_COUNT];
  private float[] query = new float[0];
  private double queryNorm;
  private int last;
  private float lastScore;
  private long expandedCount;
  private long codesScored;

  DiskGraphWalk(DiskGraphIndex index, CodeQuery coded) {
    this.kernel = index.kernel();
    DiskGraphFile file = index.file();
    this.checksum = new DiskGraphFile.RecordChecksum(file);
    this.header = file.header();
    this.mapping = header.mapping();
    this.image = file.image();
    this.layout = header.codeBlock();
    this.coded = coded;
    this.expanded = new VisitedRows(header.vertexCount());
    this.vector = new float[mapping.dimension()];
  }

  /// Begins at a vertex.
  ///
  /// @param newQuery as it was asked; its mapped form is set in the coded query
  void start(float[] newQuery, int vertex, int effort, int foundMax) {
    query = newQuery;
    queryNorm =
        Math.sqrt(kernel.compute(KernelOperation.INNER_PRODUCT, query, 0, query, 0, query.length));
    expanded.clear();
    frontier.reset(effort);
    found.reset(foundMax);
    expandedCount = 0;
    codesScored = 0;
    frontier.insert(vertex, 0);
  }

  /// Expands the candidate estimated nearest and gives its row; [CandidatePool#NO_NODE] when all
  /// are expanded.
  int next() {
    int vertex = frontier.popNearest();
    while (vertex != CandidatePool.NO_NODE) {
      if (expanded.add(vertex)) {
        return expand(vertex);
      }
      vertex = frontier.popNearest();
    }
    return CandidatePool.NO_NODE;
  }

  private int expand(int vertex) {
    checksum.verify(vertex);
    long at = header.recordOffset(vertex);
    read(at);
    last = vertex;
    lastScore = score();
    expandedCount++;
    long block = at + header.codesOffset();
    for (int i = 0; i < header.blockCount(); i++, block += layout.sizeBytes()) {
      int below = coded.scan(image, block, lastScore, frontier.bound(), estimates);
      codesScored += CodeBlock.ROW_COUNT;
      for (int lanes = below; lanes != 0; lanes &= lanes - 1) {
        int lane = Integer.numberOfTrailingZeros(lanes);
        int neighbor = layout.row(image, block, lane);
        if (!expanded.contains(neighbor)) {
          frontier.insert(neighbor, estimates[lane]);
        }
      }
    }
    return image.get(LittleEndian.INT, at + DiskGraphFile.RECORD_ROW);
  }

  private void read(long record) {
    MemorySegment.copy(
        image, LittleEndian.FLOAT, record + DiskGraphFile.RECORD_VECTOR, vector, 0, vector.length);
  }

  /// The squared distance of the vector read last, in the space the codes are in.
  private float score() {
    double sum =
        kernel.compute(
            VectorDistance.operation(mapping.metric()), vector, 0, query, 0, vector.length);
    return (float)
        Math.max(
            0,
            switch (mapping.metric()) {
              case L2 -> sum * mapping.scale() * mapping.scale();
              case INNER_PRODUCT -> 2 - 2 * sum * mapping.scale() / queryNorm;
              case COSINE -> {
                double norm =
                    kernel.compute(
                        KernelOperation.INNER_PRODUCT, vector, 0, vector, 0, vector.length);
                yield 2 - 2 * sum / (Math.sqrt(norm) * queryNorm);
              }
              case L1, HAMMING, JACCARD ->
                  throw new IllegalStateException("no codes for " + mapping.metric());
            });
  }

  /// Adds the vertex expanded last to those found.
  void keep() {
    found.insert(last, lastScore);
  }

  /// The kept vertices, nearest first.
  CandidatePool found() {
    return found;
  }

  /// The row of a vertex.
  int row(int vertex) {
    return image.get(LittleEndian.INT, header.recordOffset(vertex) + DiskGraphFile.RECORD_ROW);
  }

  /// The exact distance of a vertex, as pgvector gives it.
  double distance(int vertex) {
    read(header.recordOffset(vertex));
    DistanceMetric metric = mapping.metric();
    return VectorDistance.between(kernel, metric, query, vector);
  }

  long expandedCount() {
    return expandedCount;
  }

  long codesScored() {
    return codesScored;
  }
}
