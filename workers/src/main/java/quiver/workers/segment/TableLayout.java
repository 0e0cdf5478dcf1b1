package quiver.workers.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.SqlType;

/// What a channel has to know of a table to keep its rows.
///
/// @param version the table's version at the last barrier in the channel: writes planned for an
///   older one are refused
/// @param incarnation grows with TRUNCATE
/// @param columns by ordinal
/// @param keyOrdinals columns of the primary key in key order; empty without a key
public record TableLayout(
    long tableId,
    int version,
    int incarnation,
    List<StoredColumn> columns,
    List<Integer> keyOrdinals) {
  public TableLayout {
    columns = List.copyOf(columns);
    keyOrdinals = List.copyOf(keyOrdinals);
  }

  /// The layout of a definition.
  public static TableLayout of(TableDefinition table) {
    return new TableLayout(
        table.id(),
        table.version(),
        table.incarnation(),
        table.columns().stream().map(StoredColumn::of).toList(),
        table.keyOrdinals());
  }

  /// The layout of a table whose columns have never changed.
  public static TableLayout ofTypes(
      long tableId, int version, int incarnation, List<SqlType> types, List<Integer> keyOrdinals) {
    List<StoredColumn> columns = new ArrayList<>();
    for (SqlType type : types) {
      columns.add(new StoredColumn(columns.size() + 1, type, Optional.empty()));
    }
    return new TableLayout(tableId, version, incarnation, columns, keyOrdinals);
  }

  /// Column types by ordinal.
  public List<SqlType> types() {
    return columns.stream().map(StoredColumn::type).toList();
  }

  public boolean hasKey() {
    return !keyOrdinals.isEmpty();
  }

  /// The same table, empty again.
  public TableLayout truncated(int newVersion, int newIncarnation) {
    return new TableLayout(tableId, newVersion, newIncarnation, columns, keyOrdinals);
  }
}
