package quiver.execution.runtime;

import java.util.Map;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorIndex;

/// How hard a session searches.
///
/// @param candidates `hnsw.ef_search`: candidates a graph keeps
/// @param lists `ivfflat.probes`: lists read
/// @param targetRecall `quiver.target_recall`: where it is above 0 and the index is calibrated, it
///   decides the effort
/// @param strictOrder whether a row found after a farther one is left out (`hnsw.iterative_scan =
///   strict_order`)
/// @param scannedRowsMax `hnsw.max_scan_tuples`: a search without LIMIT that has given this many
///   rows of a segment by a graph reads the others without the index
/// @param listsMax `ivfflat.max_probes`: the same for a search that has read this many lists
/// @param scanMemoryBytes `hnsw.scan_mem_multiplier` × `work_mem`: the same for a search by a graph
///   that holds this much
public record SearchSettings(
    int candidates,
    int lists,
    double targetRecall,
    boolean strictOrder,
    int scannedRowsMax,
    int listsMax,
    long scanMemoryBytes) {
  /// Rows wanted that an effort is still foretold for; a continued search begins with about as
  /// many.
  private static final int MEASURED_ROWS_MAX = 10_000;

  public static final SearchSettings DEFAULT =
      new SearchSettings(
          40, 1, 0, false, 20_000, 32_768, ExecutionSettings.WORK_MEMORY_BYTES_DEFAULT);

  /// The settings of a session by lower-case name; those that are missing have their default.
  public static SearchSettings of(Map<String, String> settings) {
    return new SearchSettings(
        number(settings, "hnsw.ef_search", DEFAULT.candidates),
        number(settings, "ivfflat.probes", DEFAULT.lists),
        Double.parseDouble(settings.getOrDefault("quiver.target_recall", "0")),
        "strict_order".equals(settings.get("hnsw.iterative_scan")),
        number(settings, "hnsw.max_scan_tuples", DEFAULT.scannedRowsMax),
        number(settings, "ivfflat.max_probes", DEFAULT.listsMax),
        scanMemoryBytes(settings));
  }

  private static long scanMemoryBytes(Map<String, String> settings) {
    String kilobytes = settings.get("work_mem");
    long workMemory =
        kilobytes == null
            ? ExecutionSettings.WORK_MEMORY_BYTES_DEFAULT
            : Long.parseLong(kilobytes) << 10;
    String multiplier = settings.getOrDefault("hnsw.scan_mem_multiplier", "1");
    return (long) (Double.parseDouble(multiplier) * workMemory);
  }

  private static int number(Map<String, String> settings, String name, int otherwise) {
    String text = settings.get(name);
    return text == null ? otherwise : Integer.parseInt(text);
  }

  /// The effort for an index, in its own unit.
  ///
  /// @param limit rows wanted
  public int effort(SearcherPool index, long limit) {
    int set = index.index().effortUnit() == VectorIndex.EffortUnit.LISTS ? lists : candidates;
    if (targetRecall <= 0) {
      return Math.max(1, set);
    }
    return index
        .calibration()
        .flatMap(measured -> measured.effortFor(Math.min(limit, MEASURED_ROWS_MAX), targetRecall))
        .orElse(Math.max(1, set));
  }
}
