package quiver.workers.indexnode;

import java.util.Optional;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexExpression;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.HalfVector;
import quiver.common.vector.DistanceMetric;
import quiver.execution.expression.ExpressionCompiler;
import quiver.vector.index.BuildResources;
import quiver.vector.index.KeyFile;
import quiver.vector.index.KeyForm;
import quiver.vector.index.KeyRows;
import quiver.vector.index.KeyRowsBuilder;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.file.VectorIndexFiles;
import quiver.workers.segment.ReshapedRows;
import quiver.workers.segment.SealedRows;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.TableLayout;

/// Builds one vector index over one sealed segment: over the column's vectors where they lie, or
/// over keys that are computed first and stored with the index.
final class IndexBuild {
  private final TableDefinition table;
  private final IndexDefinition index;
  private final SegmentRows rows;
  private final VectorKernel kernel;
  private final BuildResources resources;
  private final KeyEvaluation evaluation;

  /// What was built.
  ///
  /// @param image writes the file
  record Built(KeyFile.Image image, long sizeBytes) {}

  IndexBuild(
      TableDefinition table,
      IndexDefinition index,
      SealedRows rows,
      VectorKernel kernel,
      ExpressionCompiler compiler,
      BuildResources resources) {
    this.table = table;
    this.index = index;
    this.rows = ReshapedRows.of(rows, TableLayout.of(table).columns());
    this.kernel = kernel;
    this.resources = resources;
    this.evaluation = new KeyEvaluation(table, this.rows, compiler, resources.monitor());
  }

  Built run() {
    IndexKey key = index.keys().getFirst();
    SqlType type = key.type(table);
    Optional<IndexExpression> predicate = index.predicate();
    RowMask wanted = predicate.map(evaluation::matching).orElseGet(() -> RowMask.all(rowCount()));
    if (key.columnId().isPresent() && type.base() == BaseType.VECTOR) {
      int ordinal = table.ordinalOfId(key.columnId().get());
      VectorRows vectors = rows.vectors(ordinal, rowCount());
      return predicate.isPresent() ? overSome(vectors, wanted) : over(vectors);
    }
    return overKeys(keys(key, type, wanted));
  }

  private int rowCount() {
    return rows.rowCount();
  }

  private DistanceMetric metric() {
    return index.metric().orElseThrow();
  }

  private VectorIndexFiles.Built build(VectorRows vectors) {
    return VectorIndexFiles.build(
        index.method(), kernel, vectors, metric(), index.options(), resources);
  }

  private Built over(VectorRows vectors) {
    VectorIndexFiles.Built built = build(vectors);
    return new Built(built.image(), built.index().sizeBytes());
  }

  private Built overSome(VectorRows vectors, RowMask wanted) {
    RowMask present = vectors.present().copy();
    present.retainAll(wanted);
    VectorIndexFiles.Built built =
        build(VectorRows.of(vectors.dimension(), rowCount(), vectors.block(0), present));
    return new Built(
        channel -> KeyFile.write(channel, vectors.dimension(), present, built.image()),
        built.index().sizeBytes());
  }

  private KeyRows keys(IndexKey key, SqlType type, RowMask wanted) {
    // Lists code float32 vectors.
    boolean widened = index.method() == IndexMethod.IVFFLAT && type.base() == BaseType.HALFVEC;
    KeyForm form =
        (widened ? Optional.of(KeyForm.FLOATS) : KeyForm.of(type.base()))
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    "type not supported for %s index",
                    index.method().sqlName()));
    KeyRowsBuilder keys = new KeyRowsBuilder(form, type.modifier(), rowCount(), resources.arena());
    KeyEvaluation.Sink sink =
        (row, value) ->
            keys.add(row, widened && value instanceof HalfVector half ? half.toFloats() : value);
    if (key.columnId().isPresent()) {
      evaluation.values(table.ordinalOfId(key.columnId().get()), wanted, sink);
    } else {
      evaluation.values(key.expression().orElseThrow(), wanted, sink);
    }
    return keys.build(VectorKernels.keys());
  }

  private Built overKeys(KeyRows keys) {
    VectorIndexFiles.Built built =
        keys.form() == KeyForm.FLOATS
            ? build(keys.vectors())
            : VectorIndexFiles.build(keys, metric(), index.options(), resources);
    return new Built(
        channel -> KeyFile.write(channel, keys, built.image()), built.index().sizeBytes());
  }
}
