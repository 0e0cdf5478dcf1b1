package quiver.workers.scalar;

import java.util.Optional;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.execution.expression.EvaluationScope;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.function.FunctionContext;
import quiver.execution.index.KeyOrder;
import quiver.execution.index.MemoryRun;
import quiver.execution.index.ScalarIndex;
import quiver.execution.index.SortedIndex;
import quiver.execution.index.TermIndex;
import quiver.execution.indexkey.EntryTerms;
import quiver.execution.indexkey.IndexKeys;
import quiver.workers.segment.SegmentRows;

/// A scalar index of a table, ready to be built over rows. Safe for every thread.
public final class IndexedTable {
  private final IndexDefinition index;
  private final IndexKeys keys;
  private final Optional<EntryTerms> terms;

  public IndexedTable(TableDefinition table, IndexDefinition index, ExpressionCompiler compiler) {
    this.index = index;
    this.keys = new IndexKeys(index, table, compiler);
    this.terms =
        index.method() == IndexMethod.BTREE
            ? Optional.empty()
            : Optional.of(EntryTerms.of(index, table));
  }

  public IndexDefinition definition() {
    return index;
  }

  public IndexKeys keys() {
    return keys;
  }

  /// Whether an index of this method has structures of its own: a BRIN index is the minima and
  /// maxima that every segment file has.
  public static boolean isBuilt(IndexMethod method) {
    return switch (method) {
      case BTREE, HASH, GIN -> true;
      case BRIN, GIST, SPGIST, HNSW, IVFFLAT, IVFRABITQ, DISKANN, FLAT, AUTO -> false;
    };
  }

  /// The order of a btree index.
  KeyOrder order() {
    return keys.order();
  }

  Optional<EntryTerms> terms() {
    return terms;
  }

  /// The entries of some rows; their row numbers are those of the segment.
  IndexKeys.Entries entries(SegmentRows rows, int from, int count) {
    IndexKeys.Entries entries = keys.of(new RowRange(rows, from, count), scope());
    int[] absolute = new int[entries.rows().length];
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = from + entries.rows()[i];
    }
    return new IndexKeys.Entries(entries.keys(), absolute);
  }

  /// The entries of rows picked by number.
  public IndexKeys.Entries entries(SegmentRows rows, int[] picked) {
    IndexKeys.Entries entries = keys.of(new PickedRows(rows, picked), scope());
    int[] absolute = new int[entries.rows().length];
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = picked[entries.rows()[i]];
    }
    return new IndexKeys.Entries(entries.keys(), absolute);
  }

  /// An index in memory over some rows.
  ScalarIndex build(SegmentRows rows, int from, int count) {
    IndexKeys.Entries entries = entries(rows, from, count);
    if (terms.isEmpty()) {
      return new SortedIndex(
          MemoryRun.sort(entries.keys(), entries.rows(), keys.order()), keys.order());
    }
    TermIndex.Builder builder = new TermIndex.Builder();
    terms.get().add(entries, builder);
    return builder.build();
  }

  /// Index expressions are immutable: they ask nothing of a session.
  private static EvaluationScope scope() {
    FunctionContext none =
        () -> {
          throw new IllegalStateException("an index expression asks for the session");
        };
    return new EvaluationScope(new Object[0], java.util.List.of(), none);
  }
}
