package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.ColumnProfile;
import quiver.common.catalog.Privilege;
import quiver.common.catalog.SecuredKind;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.format.FormatSettings;
import quiver.common.format.TextFormat;
import quiver.common.function.OperatorSignature;
import quiver.common.security.Authority;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ArrayValue;
import quiver.rpc.ClusterService.SegmentStatus;

/// What is known of tables' rows: pg_stats, pg_statistic, pg_stat_user_tables.
final class StatisticsRows {
  private static final int MOST_COMMON = 1;
  private static final int HISTOGRAM = 2;
  private static final int CORRELATION = 3;
  private static final int DEFAULT_COLLATION = 100;

  private final SystemState state;
  private final CatalogImage catalog;

  StatisticsRows(SystemState state) {
    this.state = state;
    this.catalog = state.catalog();
  }

  private interface Consumer {
    void accept(TableDefinition table, ColumnDefinition column, ColumnProfile profile);
  }

  private void forEach(Consumer consumer) {
    for (TableDefinition table : catalog.tables()) {
      TableStatistics statistics = catalog.statistics(table.id());
      for (ColumnDefinition column : table.columns()) {
        statistics.column(column).ifPresent(profile -> consumer.accept(table, column, profile));
      }
    }
  }

  /// The columns a role may read: what is known of the others is nobody's business.
  void view(RowSet rows) {
    Authority authority = new Authority(catalog);
    long role = catalog.security().role(state.user()).map(found -> found.id()).orElse(0L);
    forEach((table, column, profile) -> {
      int granted =
          authority.privileges(role, SecuredKind.TABLE, table.id())
              | authority.columnPrivileges(role, table.id(), column.id());
      if (Privilege.SELECT.isIn(granted) && !authority.seesByPolicy(role, table.id())) {
        rows.add(
            "schemaname", table.schema(),
            "tablename", table.name(),
            "attname", column.name(),
            "inherited", false,
            "null_frac", profile.nullFraction(),
            "avg_width", profile.averageWidth(),
            "n_distinct", profile.distinct(),
            "most_common_vals", values(column.type(), profile.commonValues()),
            "most_common_freqs", numbers(profile.commonFrequencies()),
            "histogram_bounds", values(column.type(), profile.bounds()),
            "correlation", profile.correlation().orElse(null));
      }
    });
  }

  private static @Nullable ArrayValue numbers(List<Double> numbers) {
    return numbers.isEmpty() ? null : ArrayValue.of(BaseType.FLOAT4, numbers);
  }

  /// An array of the column's type. Arrays of arrays and of enums are what they look like.
  private static @Nullable ArrayValue values(SqlType type, List<Object> values) {
    if (values.isEmpty()) {
      return null;
    }
    if (!type.array() && type.base() != BaseType.ENUM) {
      return ArrayValue.of(type.base(), values);
    }
    return ArrayValue.of(
        BaseType.TEXT,
        values.stream()
            .map(value -> TextFormat.format(type, value, FormatSettings.DEFAULT))
            .toList());
  }

  void statistics(RowSet rows) {
    forEach((table, column, profile) -> {
      if (!rows.isUnwanted("starelid", table.id())) {
        rows.add(row(table, column, profile).toArray());
      }
    });
  }

  private List<@Nullable Object> row(
      TableDefinition table, ColumnDefinition column, ColumnProfile profile) {
    SqlType type = column.type();
    List<@Nullable Object> row = new ArrayList<>();
    BiConsumer<String, @Nullable Object> put =
        (name, value) -> {
          row.add(name);
          row.add(value);
        };
    put.accept("starelid", table.id());
    put.accept("staattnum", column.id());
    put.accept("stainherit", false);
    put.accept("stanullfrac", profile.nullFraction());
    put.accept("stawidth", profile.averageWidth());
    put.accept("stadistinct", profile.distinct());
    int slot = 1;
    if (!profile.commonValues().isEmpty()) {
      put(put, slot, MOST_COMMON, operator("=", type), collation(type));
      put.accept("stanumbers" + slot, numbers(profile.commonFrequencies()));
      put.accept("stavalues" + slot++, values(type, profile.commonValues()));
    }
    if (!profile.bounds().isEmpty()) {
      put(put, slot, HISTOGRAM, operator("<", type), collation(type));
      put.accept("stavalues" + slot++, values(type, profile.bounds()));
    }
    if (profile.correlation().isPresent()) {
      put(put, slot, CORRELATION, operator("<", type), collation(type));
      put.accept("stanumbers" + slot++, numbers(List.of(profile.correlation().get())));
    }
    while (slot <= 5) {
      put(put, slot++, 0, 0, 0);
    }
    return row;
  }

  private static void put(
      BiConsumer<String, @Nullable Object> row, int slot, int kind, int operator, int collation) {
    row.accept("stakind" + slot, kind);
    row.accept("staop" + slot, operator);
    row.accept("stacoll" + slot, collation);
  }

  private int operator(String symbol, SqlType type) {
    SqlType plain = operand(type);
    return state
        .functions()
        .operator(symbol, Optional.of(plain), plain)
        .map(OperatorSignature::oid)
        .orElse(0);
  }

  /// The type whose operators compare values of a type.
  private static SqlType operand(SqlType type) {
    if (type.array()) {
      return SqlType.of(BaseType.ANYARRAY);
    }
    return type.base() == BaseType.VARCHAR ? SqlType.TEXT : SqlType.of(type.base());
  }

  private static int collation(SqlType type) {
    return switch (type.base()) {
      case TEXT, VARCHAR, BPCHAR -> DEFAULT_COLLATION;
      default -> 0;
    };
  }

  void tables(RowSet rows) {
    Map<Long, Long> live = new HashMap<>();
    Map<Long, Long> dead = new HashMap<>();
    for (SegmentStatus segment : state.cluster().segments()) {
      live.merge(segment.tableId(), segment.rowCount() - segment.deletedCount(), Long::sum);
      dead.merge(segment.tableId(), segment.deletedCount(), Long::sum);
    }
    for (TableDefinition table : catalog.tables()) {
      long liveCount = live.getOrDefault(table.id(), 0L);
      long deadCount = dead.getOrDefault(table.id(), 0L);
      Optional<TableStatistics.Analysis> analysis = catalog.statistics(table.id()).analysis();
      boolean automatic = analysis.filter(TableStatistics.Analysis::automatic).isPresent();
      Long analyzed = analysis.map(TableStatistics.Analysis::micros).orElse(null);
      rows.add(
          "relid",
          table.id(),
          "schemaname",
          table.schema(),
          "relname",
          table.name(),
          "n_live_tup",
          liveCount,
          "n_dead_tup",
          deadCount,
          "n_mod_since_analyze",
          analysis.map(a -> a.changes(liveCount, deadCount)).orElse(liveCount),
          "last_analyze",
          automatic ? null : analyzed,
          "last_autoanalyze",
          automatic ? analyzed : null);
    }
  }
}
