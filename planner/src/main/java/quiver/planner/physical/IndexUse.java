package quiver.planner.physical;

import java.util.Map;

/// What the session lets plans do with vector indexes.
///
/// @param indexes whether they are used at all (`enable_indexscan`)
/// @param streams whether ORDER BY a distance without LIMIT reads an index as far as rows are asked
///   for, in about the right order (`hnsw.iterative_scan` or `ivfflat.iterative_scan` not off)
public record IndexUse(boolean indexes, boolean streams) {
  /// Settings by lower-case name.
  public static IndexUse of(Map<String, String> settings) {
    return new IndexUse(
        !"off".equals(settings.get("enable_indexscan")),
        !"off".equals(settings.getOrDefault("hnsw.iterative_scan", "off"))
            || !"off".equals(settings.getOrDefault("ivfflat.iterative_scan", "off")));
  }
}
