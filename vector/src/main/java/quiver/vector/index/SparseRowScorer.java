package quiver.vector.index;

import java.lang.foreign.MemorySegment;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.SparseVector;
import quiver.common.vector.DistanceMetric;

/// Scores sparse rows by merging their indices with the query's.
final class SparseRowScorer implements RowScorer {
  private final KeyRows rows;
  private final DistanceMetric metric;
  private final InverseNorms norms;
  private int[] indices = new int[0];
  private float[] values = new float[0];
  private int count;
  private float queryInverseNorm = 1;

  SparseRowScorer(KeyRows rows, DistanceMetric metric, InverseNorms norms) {
    this.rows = rows;
    this.metric = metric;
    this.norms = norms;
  }

  @Override
  public void setQuery(float[] dense) {
    throw new IllegalArgumentException("sparse vectors are compared with sparse vectors");
  }

  @Override
  public void setQuery(VectorQuery query) {
    SparseVector sparse = ((VectorQuery.Sparse) query).value();
    if (sparse.dimension() != rows.dimension()) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different sparsevec dimensions %d and %d",
          rows.dimension(),
          sparse.dimension());
    }
    indices = sparse.indices();
    values = sparse.values();
    count = sparse.count();
    float squares = 0;
    for (int i = 0; i < count; i++) {
      squares += values[i] * values[i];
    }
    queryInverseNorm = InverseNorms.of(squares);
  }

  @Override
  public boolean isUndefined() {
    return metric == DistanceMetric.COSINE && queryInverseNorm == 0;
  }

  @Override
  public void setQueryRow(int row) {
    long start = rows.offset(row);
    count = (int) (rows.length(row) / 8);
    if (indices.length < count) {
      indices = new int[count];
      values = new float[count];
    }
    MemorySegment.copy(rows.block(), LittleEndian.INT, start, indices, 0, count);
    MemorySegment.copy(rows.block(), LittleEndian.FLOAT, start + 4L * count, values, 0, count);
    queryInverseNorm = metric == DistanceMetric.COSINE ? norms.get(row) : 1;
  }

  @Override
  public void score(int[] rowNumbers, int scoreCount, float[] scores) {
    for (int i = 0; i < scoreCount; i++) {
      float sum = sum(rowNumbers[i]);
      scores[i] =
          switch (metric) {
            case INNER_PRODUCT -> -sum;
            case COSINE -> 1 - sum * queryInverseNorm * norms.get(rowNumbers[i]);
            case L2, L1, HAMMING, JACCARD -> sum;
          };
    }
  }

  private float sum(int row) {
    MemorySegment block = rows.block();
    long start = rows.offset(row);
    int rowLength = (int) (rows.length(row) / 8);
    long valuesAt = start + 4L * rowLength;
    float sum = 0;
    int mine = 0;
    int its = 0;
    while (mine < count && its < rowLength) {
      int index = block.get(LittleEndian.INT, start + 4L * its);
      if (indices[mine] == index) {
        sum += both(values[mine++], block.get(LittleEndian.FLOAT, valuesAt + 4L * its++));
      } else if (indices[mine] < index) {
        sum += one(values[mine++]);
      } else {
        sum += one(block.get(LittleEndian.FLOAT, valuesAt + 4L * its++));
      }
    }
    for (; mine < count; mine++) {
      sum += one(values[mine]);
    }
    for (; its < rowLength; its++) {
      sum += one(block.get(LittleEndian.FLOAT, valuesAt + 4L * its));
    }
    return sum;
  }

  private float both(float a, float b) {
    return switch (metric) {
      case L2 -> (a - b) * (a - b);
      case L1 -> Math.abs(a - b);
      case INNER_PRODUCT, COSINE, HAMMING, JACCARD -> a * b;
    };
  }

  /// What an element adds that the other vector does not have.
  private float one(float a) {
    return switch (metric) {
      case L2 -> a * a;
      case L1 -> Math.abs(a);
      case INNER_PRODUCT, COSINE, HAMMING, JACCARD -> 0;
    };
  }
}
