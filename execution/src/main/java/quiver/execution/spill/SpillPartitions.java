package quiver.execution.spill;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.KeyHasher;

/// Rows spread over files by the hash of their keys. Used by one thread.
public final class SpillPartitions implements AutoCloseable {
  /// Files of one operator and level: few enough to buffer, many enough that three levels hold any
  /// statement.
  public static final int PARTITION_COUNT = 16;

  /// How often a partition that is still too large is spread again.
  public static final int LEVEL_MAX = 4;

  private final List<SpillFile> files = new ArrayList<>();
  private final List<Integer> keys;
  private final KeyHasher hasher;
  private final int level;

  /// @param keys key columns
  /// @param keyTypes by whose rules the keys are hashed
  public SpillPartitions(
      Path directory, List<SqlType> types, List<Integer> keys, List<SqlType> keyTypes, int level) {
    this.keys = List.copyOf(keys);
    this.hasher = new KeyHasher(keyTypes);
    this.level = level;
    try {
      for (int i = 0; i < PARTITION_COUNT; i++) {
        files.add(SpillFile.create(directory, types));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  public void append(RowBatch batch) {
    int rowCount = batch.rowCount();
    List<Column> columns = keys.stream().map(batch::column).toList();
    int[] partitions = new int[rowCount];
    hasher.partition(columns, rowCount, PARTITION_COUNT, level, partitions);
    int[] rows = new int[rowCount];
    for (int partition = 0; partition < PARTITION_COUNT; partition++) {
      int count = 0;
      for (int row = 0; row < rowCount; row++) {
        if (partitions[row] == partition) {
          rows[count++] = row;
        }
      }
      if (count > 0) {
        files.get(partition).append(batch.gather(rows, 0, count));
      }
    }
  }

  public SpillFile file(int partition) {
    return files.get(partition);
  }

  public long sizeBytes() {
    return files.stream().mapToLong(SpillFile::sizeBytes).sum();
  }

  @Override
  public void close() {
    files.forEach(SpillFile::close);
  }
}
