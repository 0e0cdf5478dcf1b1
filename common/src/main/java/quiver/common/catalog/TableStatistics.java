package quiver.common.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of a table's rows since they were analysed, and how closely to look.
///
/// @param targets of ALTER COLUMN … SET STATISTICS, by column id
/// @param analysis empty: nobody has analysed the table
/// @param columns by column id, ascending
public record TableStatistics(
    long tableId,
    Map<Integer, Integer> targets,
    Optional<Analysis> analysis,
    List<ColumnProfile> columns)
    implements CatalogObject {
  public TableStatistics {
    targets = Map.copyOf(targets);
    columns = List.copyOf(columns);
  }

  /// One ANALYZE.
  ///
  /// @param rowCount live rows
  /// @param deadRowCount rows that had been deleted and not yet merged away
  /// @param pageCount 8 KiB pages PostgreSQL would need for them
  /// @param micros when, microseconds since 2000-01-01 UTC
  /// @param automatic whether nobody asked for it
  public record Analysis(
      long rowCount, long deadRowCount, long pageCount, long micros, boolean automatic) {
    /// Rows that have come, gone or changed since, as far as counts tell.
    public long changes(long liveCount, long deadCount) {
      return Math.max(Math.abs(liveCount - rowCount), Math.max(0, deadCount - deadRowCount));
    }
  }

  /// Of a table of which nothing is known.
  public static TableStatistics none(long tableId) {
    return new TableStatistics(tableId, Map.of(), Optional.empty(), List.of());
  }

  /// The id of the statistics of a table: there is one such object for each.
  public static long idFor(long tableId) {
    return -tableId;
  }

  @Override
  public long id() {
    return idFor(tableId);
  }

  /// What is known of a column as it is now.
  public Optional<ColumnProfile> column(ColumnDefinition column) {
    return columns.stream().filter(profile -> profile.fits(column)).findFirst();
  }
}
