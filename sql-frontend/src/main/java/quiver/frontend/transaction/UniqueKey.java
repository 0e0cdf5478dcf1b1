package quiver.frontend.transaction;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.Deferral;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.common.value.DatumOrder;
import quiver.common.value.KeyHash;

/// A key that no two rows of a table share: the primary key, or that of a unique index.
///
/// @param indexId the unique index
/// @param primary whether it is the primary key's
/// @param name of the index, and of its constraint
/// @param columns its keys, as messages show them
/// @param types of its keys
/// @param deferral when keys are looked at
/// @param reader finds the keys of rows; used by one thread
public record UniqueKey(
    long indexId,
    boolean primary,
    String name,
    String columns,
    List<SqlType> types,
    Deferral deferral,
    Reader reader) {
  /// Keys of rows.
  public interface Reader {
    /// @param rows every column of the table
    Entries read(RowBatch rows);
  }

  /// Keys of those rows that have one: rows outside a partial index, and rows with a NULL where
  /// NULLs are distinct, have none.
  ///
  /// @param keys the key columns
  /// @param rows the row of each key, ascending; not modified
  public record Entries(RowBatch keys, int[] rows) {
    /// The entries at those places for which `condition` holds.
    public Entries where(IntPredicate condition) {
      int[] chosen = IntStream.range(0, rows.length).filter(condition).toArray();
      if (chosen.length == rows.length) {
        return this;
      }
      return new Entries(
          keys.gather(chosen, 0, chosen.length),
          IntStream.of(chosen).map(at -> rows[at]).toArray());
    }

    /// Hashes of the keys.
    public long[] hashes() {
      long[] hashes = new long[rows.length];
      for (Column column : keys.columns()) {
        KeyHash.add(column, hashes);
      }
      return hashes;
    }

    /// The keys as objects, by row; null for rows without one.
    ///
    /// @param rowCount of the batch the entries were read from
    public @Nullable RowKey[] byRow(int rowCount) {
      @Nullable RowKey[] byRow = new @Nullable RowKey[rowCount];
      DatumOrder[] orders = RowKey.orders(keys);
      for (int i = 0; i < rows.length; i++) {
        byRow[rows[i]] = RowKey.of(keys, i, orders);
      }
      return byRow;
    }
  }

  /// The keys of rows, by row; null for rows without one.
  ///
  /// @param batch every column of the table
  public @Nullable RowKey[] of(RowBatch batch) {
    return reader.read(batch).byRow(batch.rowCount());
  }
}
