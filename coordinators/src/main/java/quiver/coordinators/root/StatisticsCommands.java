package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.rpc.RootCoordinatorService.DdlResult;
import quiver.rpc.meta.DefinitionCodec;

/// What ANALYZE has found, and how closely it is to look.
final class StatisticsCommands {
  /// Bytes of the stored statistics of a table; beyond it the values of the largest columns go.
  static final int STATISTICS_SIZE_BYTES_MAX = 128 * 1024;

  private final CatalogEditor catalog;

  StatisticsCommands(CatalogEditor catalog) {
    this.catalog = catalog;
  }

  /// A table that has gone meanwhile has no statistics.
  DdlResult store(DdlCommand.StoreStatistics store) {
    Optional<TableDefinition> table = catalog.image().table(store.tableId());
    if (table.isEmpty()) {
      return new DdlResult(false, List.of());
    }
    TableStatistics before = catalog.image().statistics(store.tableId());
    Map<Integer, ColumnProfile> columns = new TreeMap<>();
    if (!store.whole()) {
      before.columns().forEach(column -> columns.put(column.columnId(), column));
    }
    store.columns().forEach(column -> columns.put(column.columnId(), column));
    columns.keySet().removeIf(id -> table.get().columnOfId(id).isEmpty());
    put(
        new TableStatistics(
            store.tableId(),
            before.targets(),
            Optional.of(store.analysis()),
            List.copyOf(columns.values())));
    return RootCoordinator.changed(List.of());
  }

  /// SET STATISTICS: by column id; -1 for the usual target.
  void setTargets(long tableId, Map<Integer, Integer> set) {
    if (set.isEmpty()) {
      return;
    }
    TableStatistics before = catalog.image().statistics(tableId);
    Map<Integer, Integer> targets = new HashMap<>(before.targets());
    targets.putAll(set);
    targets.values().removeIf(target -> target < 0);
    put(new TableStatistics(tableId, targets, before.analysis(), before.columns()));
  }

  private void put(TableStatistics statistics) {
    catalog.change().put(fitting(statistics)).apply();
  }

  private static TableStatistics fitting(TableStatistics statistics) {
    TableStatistics fitting = statistics;
    while (size(fitting) > STATISTICS_SIZE_BYTES_MAX && hasValues(fitting)) {
      ColumnProfile largest =
          fitting.columns().stream()
              .max(Comparator.comparingInt(column -> size(with(statistics, List.of(column)))))
              .orElseThrow();
      List<ColumnProfile> columns = new ArrayList<>(fitting.columns());
      columns.set(columns.indexOf(largest), largest.withoutValues());
      fitting = with(statistics, columns);
    }
    return fitting;
  }

  private static boolean hasValues(TableStatistics statistics) {
    return statistics.columns().stream()
        .anyMatch(column -> !column.commonValues().isEmpty() || !column.bounds().isEmpty());
  }

  private static TableStatistics with(TableStatistics statistics, List<ColumnProfile> columns) {
    return new TableStatistics(
        statistics.tableId(), statistics.targets(), statistics.analysis(), columns);
  }

  private static int size(TableStatistics statistics) {
    return DefinitionCodec.encodeObject(statistics).length;
  }
}
