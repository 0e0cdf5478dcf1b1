package quiver.execution.source;

import java.util.List;

/// The rows of a table held here and visible at one timestamp. Open: everything it hands out stays
/// readable, whatever is flushed, compacted or deleted meanwhile. Safe for every thread until it is
/// closed.
public interface TableSnapshot extends AutoCloseable {
  List<SegmentSnapshot> segments();

  /// Addresses ([quiver.common.column.RowAddress]) of the visible rows whose primary key is `key`:
  /// at most one, unless a transaction is in conflict with itself.
  ///
  /// @param key datums in the order of [quiver.common.catalog.TableDefinition#keyOrdinals], none
  ///   null
  long[] rowsWithKey(List<Object> key);

  /// Unpins the segments. Idempotent.
  @Override
  void close();

  /// A snapshot over segments that need no pin and have no key index: key look-ups compare.
  ///
  /// @param keyOrdinals positions of the primary key's columns; empty without a key
  static TableSnapshot of(List<SegmentSnapshot> segments, List<Integer> keyOrdinals) {
    return new UnpinnedTableSnapshot(List.copyOf(segments), List.copyOf(keyOrdinals));
  }
}
