package quiver.execution.search;

import java.util.Locale;
import java.util.Optional;
import quiver.vector.index.SearchStatistics;

/// What a search did in one segment: a line of EXPLAIN ANALYZE.
///
/// @param effort of the index search; 0: no index was asked
/// @param rounds how often the search was started or continued
/// @param nanos time spent, added up over threads
public record SegmentReport(
    long segmentId,
    int allowedCount,
    Optional<SearchStatistics> statistics,
    int effort,
    int rounds,
    long nanos) {
  static SegmentReport none(long segmentId, int allowedCount) {
    return new SegmentReport(segmentId, allowedCount, Optional.empty(), 0, 0, 0);
  }

  /// The figures of one more round added.
  SegmentReport plus(SearchStatistics more, int roundEffort, long roundNanos) {
    SearchStatistics sum =
        statistics
            .map(before ->
                new SearchStatistics(
                    before.strategy(),
                    before.reason(),
                    before.nodesVisited() + more.nodesVisited(),
                    before.distancesComputed() + more.distancesComputed(),
                    before.codesScored() + more.codesScored(),
                    before.reranked() + more.reranked()))
            .orElse(more);
    return new SegmentReport(
        segmentId,
        allowedCount,
        Optional.of(sum),
        Math.max(effort, roundEffort),
        rounds + 1,
        nanos + roundNanos);
  }

  /// The line, without the time.
  public String text() {
    if (statistics.isEmpty()) {
      return "not searched";
    }
    SearchStatistics did = statistics.get();
    return String.format(
        Locale.ROOT,
        "strategy=%s (%s)%s candidates=%d visited=%d distances=%d codes=%d reranked=%d",
        did.strategy().label(),
        did.reason(),
        effort == 0 ? "" : " effort=" + effort,
        allowedCount,
        did.nodesVisited(),
        did.distancesComputed(),
        did.codesScored(),
        did.reranked());
  }
}
