package quiver.common.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What a running statement may know of its session, wherever it runs.
///
/// @param searchPath schemas that exist, as `search_path` has them
/// @param temporarySchema where the session's temporary objects are, or will be; empty while it has
///   made none
/// @param transactionMicros `now()`: microseconds since 2000-01-01 UTC
/// @param statementMicros `statement_timestamp()`: microseconds since 2000-01-01 UTC
/// @param settings by lower-case name, for example `hnsw.ef_search` or `timezone`
public record SessionState(
    String user,
    String database,
    List<String> searchPath,
    int backendPid,
    long transactionMicros,
    long statementMicros,
    Map<String, String> settings,
    String temporarySchema) {
  public SessionState {
    searchPath = List.copyOf(searchPath);
    settings = Map.copyOf(settings);
  }

  /// A session without temporary objects.
  public SessionState(
      String user,
      String database,
      List<String> searchPath,
      int backendPid,
      long transactionMicros,
      long statementMicros,
      Map<String, String> settings) {
    this(user, database, searchPath, backendPid, transactionMicros, statementMicros, settings, "");
  }

  /// The schemas that names of relations are looked for in, without the implicit `pg_catalog`.
  public List<String> relationPath() {
    return relationPath(searchPath, temporarySchema);
  }

  /// Temporary objects come first, unless the path says where they are.
  public static List<String> relationPath(List<String> searchPath, String temporarySchema) {
    if (temporarySchema.isEmpty() || searchPath.contains(temporarySchema)) {
      return searchPath;
    }
    List<String> path = new ArrayList<>();
    path.add(temporarySchema);
    path.addAll(searchPath);
    return path;
  }
}
