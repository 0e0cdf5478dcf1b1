package quiver.vector.index;

import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;

/// Scores binary16 rows against a float32 query, as [FloatRowScorer] scores float32 rows.
final class HalfRowScorer implements RowScorer {
  private final KeyRows rows;
  private final DistanceMetric metric;
  private final KernelOperation operation;
  private final InverseNorms norms;
  private final QueryScratch scratch;
  private final float[] rowValues;
  private final long strideBytes;
  private float queryInverseNorm = 1;

  HalfRowScorer(KeyRows rows, DistanceMetric metric, InverseNorms norms) {
    this.rows = rows;
    this.metric = metric;
    this.operation = VectorDistance.operation(metric);
    this.norms = norms;
    this.scratch = new QueryScratch(rows.dimension());
    this.rowValues = new float[rows.dimension()];
    this.strideBytes = KeyRows.strideBytes(KeyForm.HALVES, rows.dimension());
  }

  @Override
  public void setQuery(float[] values) {
    if (values.length != rows.dimension()) {
      throw new QuiverException(
          SqlState.DATA_EXCEPTION,
          "different halfvec dimensions %d and %d",
          rows.dimension(),
          values.length);
    }
    scratch.set(values);
    if (metric == DistanceMetric.COSINE) {
      float squares = 0;
      for (float value : values) {
        squares += value * value;
      }
      queryInverseNorm = InverseNorms.of(squares);
    }
  }

  @Override
  public boolean isUndefined() {
    return metric == DistanceMetric.COSINE && queryInverseNorm == 0;
  }

  @Override
  public void setQueryRow(int row) {
    rows.copyHalves(row, rowValues);
    scratch.set(rowValues);
    if (metric == DistanceMetric.COSINE) {
      queryInverseNorm = norms.get(row);
    }
  }

  @Override
  public void score(int[] rowNumbers, int count, float[] scores) {
    rows.kernel()
        .gatherHalves(
            operation,
            scratch.segment(),
            rows.dimension(),
            rows.block(),
            strideBytes,
            rowNumbers,
            count,
            scores);
    if (metric == DistanceMetric.INNER_PRODUCT) {
      for (int i = 0; i < count; i++) {
        scores[i] = -scores[i];
      }
    } else if (metric == DistanceMetric.COSINE) {
      for (int i = 0; i < count; i++) {
        scores[i] = 1 - scores[i] * queryInverseNorm * norms.get(rowNumbers[i]);
      }
    }
  }
}
