package quiver.execution.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import quiver.common.column.Column;
import quiver.common.type.SqlType;

/// Numbers distinct keys `0, 1, …` in order of first appearance: the hash table of aggregates,
/// joins, DISTINCT and set operations. NULL equals NULL. Used by one thread.
///
/// Open addressing with linear probing over entry numbers; full hashes are kept beside the entries,
/// so that growing never touches keys.
public final class GroupTable {
  /// The group of a key that is not in the table.
  public static final int ABSENT = -1;

  private final List<KeyColumn> keys;
  private int[] slots = new int[64];
  private int[] hashes = new int[32];
  private int[] rowHashes = new int[0];
  private int count;

  public GroupTable(List<SqlType> keyTypes) {
    this.keys = new ArrayList<>(keyTypes.size());
    for (SqlType type : keyTypes) {
      keys.add(KeyColumn.of(type));
    }
    Arrays.fill(slots, ABSENT);
  }

  /// How many distinct keys there are.
  public int count() {
    return count;
  }

  /// Estimated memory.
  public long sizeBytes() {
    long bytes = 4L * slots.length + 4L * hashes.length;
    for (KeyColumn key : keys) {
      bytes += key.sizeBytes(count);
    }
    return bytes;
  }

  /// Sets `groups[row]` to the number of the row's key, adding keys that are new.
  ///
  /// @param columns one per key
  /// @param groups output, at least `rowCount` long
  public void assign(List<Column> columns, int rowCount, int[] groups) {
    hash(columns, rowCount);
    for (int row = 0; row < rowCount; row++) {
      int slot = probe(columns, row, rowHashes[row]);
      int entry = slots[slot];
      if (entry == ABSENT) {
        entry = insert(slot, columns, row, rowHashes[row]);
      }
      groups[row] = entry;
    }
  }

  /// Sets `groups[row]` to the number of the row's key, or to [#ABSENT].
  public void find(List<Column> columns, int rowCount, int[] groups) {
    hash(columns, rowCount);
    for (int row = 0; row < rowCount; row++) {
      groups[row] = slots[probe(columns, row, rowHashes[row])];
    }
  }

  private void hash(List<Column> columns, int rowCount) {
    if (rowHashes.length < rowCount) {
      rowHashes = new int[rowCount];
    }
    Arrays.fill(rowHashes, 0, rowCount, 17);
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).hash(columns.get(i), rowCount, rowHashes);
    }
  }

  private int probe(List<Column> columns, int row, int hash) {
    int mask = slots.length - 1;
    int slot = (hash ^ (hash >>> 15)) & mask;
    while (true) {
      int entry = slots[slot];
      if (entry == ABSENT || (hashes[entry] == hash && equal(entry, columns, row))) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private boolean equal(int entry, List<Column> columns, int row) {
    for (int i = 0; i < keys.size(); i++) {
      if (!keys.get(i).equal(entry, columns.get(i), row)) {
        return false;
      }
    }
    return true;
  }

  private int insert(int slot, List<Column> columns, int row, int hash) {
    int entry = count++;
    if (entry == hashes.length) {
      hashes = Arrays.copyOf(hashes, entry * 2);
    }
    hashes[entry] = hash;
    slots[slot] = entry;
    for (int i = 0; i < keys.size(); i++) {
      keys.get(i).put(entry, columns.get(i), row);
    }
    if (count * 2 > slots.length) {
      grow();
    }
    return entry;
  }

  private void grow() {
    slots = new int[slots.length * 2];
    Arrays.fill(slots, ABSENT);
    int mask = slots.length - 1;
    for (int entry = 0; entry < count; entry++) {
      int hash = hashes[entry];
      int slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] != ABSENT) {
        slot = (slot + 1) & mask;
      }
      slots[slot] = entry;
    }
  }

  /// Column `key` of the entries `from … from+count-1`.
  public Column key(int key, int from, int entryCount) {
    return keys.get(key).build(from, entryCount);
  }
}
