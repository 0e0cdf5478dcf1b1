package quiver.workers.segment;

import java.util.List;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.SqlType;

/// What a channel has to know of a table to keep its rows.
///
/// @param version the table's version at the last barrier in the channel: writes planned for an
///   older one are refused
/// @param incarnation grows with TRUNCATE
/// @param types column types by ordinal
/// @param keyOrdinals columns of the primary key in key order; empty without a key
public record TableLayout(
    long tableId, int version, int incarnation, List<SqlType> types, List<Integer> keyOrdinals) {
  public TableLayout {
    types = List.copyOf(types);
    keyOrdinals = List.copyOf(keyOrdinals);
  }

  /// The layout of a definition.
  public static TableLayout of(TableDefinition table) {
    return new TableLayout(
        table.id(),
        table.version(),
        table.incarnation(),
        table.columns().stream().map(ColumnDefinition::type).toList(),
        table.keyOrdinals());
  }

  public boolean hasKey() {
    return !keyOrdinals.isEmpty();
  }

  /// The same table, empty again.
  public TableLayout truncated(int newVersion, int newIncarnation) {
    return new TableLayout(tableId, newVersion, newIncarnation, types, keyOrdinals);
  }
}
