package quiver.workers.scalar;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
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

  /// The index over the first `rowCount` rows of a segment.
  public ScalarIndex of(IndexedTable index, SegmentView segment, int rowCount) {
    return inMemory(index, segment.rows(), rowCount);
  }

  private ScalarIndex inMemory(IndexedTable index, SegmentRows rows, int rowCount) {
    return inMemory
        .computeIfAbsent(rows, _ -> new ConcurrentHashMap<>())
        .computeIfAbsent(index.definition().fileId(), _ -> new ChunkedIndex(index))
        .at(rows, rowCount);
  }
}
