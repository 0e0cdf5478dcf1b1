package quiver.execution.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;

/// Spreads rows over partitions by their keys: equal keys go to the same one. Used by one thread.
public final class KeyHasher {
  private final List<KeyColumn> keys = new ArrayList<>();
  private int[] hashes = new int[0];

  public KeyHasher(List<SqlType> types) {
    types.forEach(type -> keys.add(KeyColumn.of(type)));
  }

  /// Sets `partitions[row]`.
  ///
  /// @param level another level spreads rows of one partition again
  public void partition(
      List<Column> columns, int rowCount, int partitionCount, int level, int[] partitions) {
    if (hashes.length < rowCount) {
      hashes = new int[rowCount];
    }
    Arrays.fill(hashes, 0, rowCount, 17);
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).hash(columns.get(i), rowCount, hashes);
    }
    for (int row = 0; row < rowCount; row++) {
      long mixed = (hashes[row] + 0x632BE5ABL * (level + 1)) * 0x9E3779B97F4A7C15L;
      mixed ^= mixed >>> 29;
      partitions[row] = (int) (((mixed * 0xBF58476D1CE4E5B9L) >>> 33) % partitionCount);
    }
  }
}
