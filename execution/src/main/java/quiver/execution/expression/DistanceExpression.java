package quiver.execution.expression;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import quiver.common.column.Column;
import quiver.common.column.DoubleColumn;
import quiver.common.column.Nulls;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.function.FunctionSignature;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.vector.DistanceMetric;
import quiver.vector.kernel.KernelOperation;
import quiver.vector.kernel.VectorDistance;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// Distances of `vector` values with the SIMD kernels; one query against a column of off-heap
/// vectors in one call.
final class DistanceExpression extends CompiledExpression {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final DistanceMetric metric;
  private final double sign;
  private final CompiledExpression left;
  private final CompiledExpression right;

  private DistanceExpression(
      DistanceMetric metric, double sign, CompiledExpression left, CompiledExpression right) {
    super(SqlType.FLOAT8);
    this.metric = metric;
    this.sign = sign;
    this.left = left;
    this.right = right;
  }

  /// A fast form of `function(left, right)` if it is a distance of two `vector` values.
  static Optional<CompiledExpression> of(
      FunctionSignature function, CompiledExpression left, CompiledExpression right) {
    if (!isVector(left.type()) || !isVector(right.type())) {
      return Optional.empty();
    }
    return switch (function.name()) {
      case "l2_distance" -> distance(DistanceMetric.L2, 1, left, right);
      case "vector_negative_inner_product" ->
          distance(DistanceMetric.INNER_PRODUCT, 1, left, right);
      case "inner_product" -> distance(DistanceMetric.INNER_PRODUCT, -1, left, right);
      case "cosine_distance" -> distance(DistanceMetric.COSINE, 1, left, right);
      case "l1_distance" -> distance(DistanceMetric.L1, 1, left, right);
      default -> Optional.empty();
    };
  }

  private static Optional<CompiledExpression> distance(
      DistanceMetric metric, double sign, CompiledExpression left, CompiledExpression right) {
    return Optional.of(new DistanceExpression(metric, sign, left, right));
  }

  private static boolean isVector(SqlType type) {
    return type.base() == BaseType.VECTOR && !type.array();
  }

  @Override
  public Column evaluate(InputRows rows, EvaluationScope scope) {
    int rowCount = rows.rowCount();
    double[] distances = new double[rowCount];
    if (rowCount == 0) {
      return new DoubleColumn(type(), 0, distances, Nulls.NONE);
    }
    boolean queryLeft = left.isRowIndependent();
    CompiledExpression queryExpression = queryLeft ? left : right;
    CompiledExpression rowsExpression = queryLeft ? right : left;
    if (queryExpression.isRowIndependent()
        && rowsExpression.evaluate(rows, scope) instanceof VectorColumn column) {
      Object query = queryExpression.value(scope);
      if (query == null) {
        return new DoubleColumn(type(), rowCount, distances, Nulls.all(rowCount));
      }
      oneToMany((float[]) query, queryLeft, column, distances);
      applySign(distances);
      return new DoubleColumn(type(), rowCount, distances, column.nulls());
    }
    Column a = left.evaluate(rows, scope);
    Column b = right.evaluate(rows, scope);
    Nulls nulls = NullWords.union(a.nulls(), b.nulls(), rowCount);
    VectorKernel kernel = VectorKernels.best();
    for (int row = 0; row < rowCount; row++) {
      if (!nulls.isNull(row)) {
        distances[row] = VectorDistance.between(kernel, metric, vectorAt(a, row), vectorAt(b, row));
      }
    }
    applySign(distances);
    return new DoubleColumn(type(), rowCount, distances, nulls);
  }

  private static float[] vectorAt(Column column, int row) {
    Object value = column.valueAt(row);
    if (value == null) {
      throw new IllegalStateException("NULL vector in row " + row);
    }
    return (float[]) value;
  }

  private void applySign(double[] distances) {
    if (sign < 0) {
      for (int row = 0; row < distances.length; row++) {
        // The inner product is never reported as -0.
        distances[row] = 0.0 - distances[row];
      }
    }
  }

  private void oneToMany(
      float[] query, boolean queryLeft, VectorColumn column, double[] distances) {
    int rowCount = distances.length;
    int dimension = column.dimension();
    if (query.length != dimension) {
      for (int row = 0; row < rowCount; row++) {
        if (!column.isNull(row)) {
          throw new QuiverException(
              SqlState.DATA_EXCEPTION,
              "different vector dimensions %d and %d",
              queryLeft ? query.length : dimension,
              queryLeft ? dimension : query.length);
        }
      }
      return;
    }
    VectorKernel kernel = VectorKernels.best();
    MemorySegment rows = column.rows();
    if (rows.isNative()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment scratch = arena.allocate((long) dimension * Float.BYTES, 64);
        MemorySegment.copy(query, 0, scratch, FLOAT, 0, dimension);
        scan(kernel, query, scratch, column, distances);
      }
      return;
    }
    float[] row = new float[dimension];
    for (int i = 0; i < rowCount; i++) {
      if (!column.isNull(i)) {
        MemorySegment.copy(rows, FLOAT, 4L * i * dimension, row, 0, dimension);
        distances[i] = VectorDistance.between(kernel, metric, query, 0, row, 0, dimension);
      }
    }
  }

  private void scan(
      VectorKernel kernel,
      float[] query,
      MemorySegment scratch,
      VectorColumn column,
      double[] distances) {
    int rowCount = distances.length;
    int dimension = column.dimension();
    float[] sums = new float[rowCount];
    if (metric != DistanceMetric.COSINE) {
      kernel.scan(
          VectorDistance.operation(metric), scratch, dimension, column.rows(), 0, rowCount, sums);
      for (int i = 0; i < rowCount; i++) {
        distances[i] = VectorDistance.fromSum(metric, sums[i]);
      }
      return;
    }
    float[] norms = new float[rowCount];
    float norm = kernel.compute(KernelOperation.INNER_PRODUCT, query, 0, query, 0, dimension);
    kernel.scanCosine(scratch, dimension, column.rows(), 0, rowCount, sums, norms);
    for (int i = 0; i < rowCount; i++) {
      distances[i] = VectorDistance.cosine(sums[i], norm, norms[i]);
    }
  }
}
