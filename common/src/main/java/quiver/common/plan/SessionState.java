package quiver.common.plan;

import java.util.List;
import java.util.Map;

/// What a running statement may know of its session, wherever it runs.
///
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
    Map<String, String> settings) {
  public SessionState {
    searchPath = List.copyOf(searchPath);
    settings = Map.copyOf(settings);
  }
}
