package quiver.workers.scalar;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.index.ScalarIndex;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;

/// The scalar indexes of a query node's segments. Those in memory live as long as the rows they are
/// for. Safe for every thread.
public final class SegmentIndexes {
  private final ExpressionCompiler compiler;
  private final Map<Long, Prepared> prepared = new ConcurrentHashMap<>();
  private final Map<SegmentRows, Map<Long, ChunkedIndex>> inMemory =
      Collections.synchronizedMap(new WeakHashMap<>());

  private record Prepared(int tableVersion, IndexedTable index) {}

  public SegmentIndexes(ExpressionCompiler compiler) {
    this.compiler = compiler;
  }

  /// An index of a table; empty when the table has no such index, or one without structures.
  public Optional<IndexedTable> prepare(TableDefinition table, long indexId) {
    Prepared known = prepared.get(indexId);
    if (known != null && known.tableVersion() == table.version()) {
      return Optional.of(known.index());
    }
    for (IndexDefinition index : table.indexes()) {
      if (index.id() == indexId && IndexedTable.isBuilt(index.method())) {
        IndexedTable made = new IndexedTable(table, index, compiler);
        prepared.put(indexId, new Prepared(table.version(), made));
        return Optional.of(made);
      }
    }
    return Optional.empty();
  }

  /// The index over the first `rowCount` rows of a segment, built if need be.
  public ScalarIndex of(IndexedTable index, SegmentView segment, int rowCount) {
    return inMemory(index, segment.rows()).at(segment.rows(), rowCount);
  }

  /// As above if it is there, or nearly; else it is built by `background`, unless somebody does
  /// already.
  ///
  /// @param background keeps the segment open until the task has run; false if it will not run
  public Optional<ScalarIndex> ifReady(
      IndexedTable index, SegmentView segment, int rowCount, Predicate<Runnable> background) {
    ChunkedIndex chunks = inMemory(index, segment.rows());
    if (chunks.isReady(rowCount)) {
      return Optional.of(chunks.at(segment.rows(), rowCount));
    }
    if (chunks.beginBuild() && !background.test(() -> build(chunks, segment, rowCount))) {
      chunks.endBuild();
    }
    return Optional.empty();
  }

  private static void build(ChunkedIndex chunks, SegmentView segment, int rowCount) {
    try {
      ScalarIndex ignored = chunks.at(segment.rows(), rowCount);
    } finally {
      chunks.endBuild();
    }
  }

  private ChunkedIndex inMemory(IndexedTable index, SegmentRows rows) {
    return inMemory
        .computeIfAbsent(rows, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(index.definition().fileId(), _ -> new ChunkedIndex(index));
  }
}
