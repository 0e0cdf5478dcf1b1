package quiver.workers.querynode;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.execution.index.ScalarIndex;
import quiver.vector.index.SearcherPool;
import quiver.workers.scalar.SegmentIndexes;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;

/// The indexes of one table that a query node makes in memory.
///
/// @param executor encodes rows of growing segments, and builds scalar indexes of large ones
record NodeIndexes(
    long tableId, Supplier<CatalogImage> catalog, SegmentIndexes scalars, Executor executor)
    implements SegmentAtSnapshot.Indexes {
  @Override
  public Optional<ScalarIndex> scalar(long indexId, SegmentView segment, int rowCount) {
    return catalog
        .get()
        .table(tableId)
        .flatMap(table -> scalars.prepare(table, indexId))
        .flatMap(index ->
            scalars.ifReady(index, segment, rowCount, task -> inBackground(segment, task)));
  }

  /// Runs a task that reads a segment, unless everybody is busy.
  private boolean inBackground(SegmentView segment, Runnable task) {
    Pinned<? extends SegmentRows> rows = segment.loaded().rows();
    if (!rows.tryPin()) {
      return false;
    }
    try {
      executor.execute(() -> {
        try {
          task.run();
        } finally {
          rows.unpin();
        }
      });
      return true;
    } catch (RejectedExecutionException e) {
      rows.unpin();
      return false;
    }
  }

  @Override
  public Optional<SearcherPool> vector(long indexId, SegmentView segment, int rowCount) {
    return segment.rows() instanceof GrowingRows growing
        ? catalog
            .get()
            .table(tableId)
            .flatMap(table -> vector(table, indexId, segment, growing, rowCount))
        : Optional.empty();
  }

  private Optional<SearcherPool> vector(
      TableDefinition table, long indexId, SegmentView segment, GrowingRows growing, int rowCount) {
    for (IndexDefinition index : table.indexes()) {
      List<Integer> columns = index.keyColumnIds();
      if (index.fileId() == indexId && index.metric().isPresent() && columns.size() == 1) {
        int ordinal = growing.columnIds().indexOf(columns.getFirst());
        return ordinal < 0
            ? Optional.empty()
            : growing.searchers(
                ordinal, index.metric().get(), rowCount, executor, segment.loaded().rows());
      }
    }
    return Optional.empty();
  }
}
