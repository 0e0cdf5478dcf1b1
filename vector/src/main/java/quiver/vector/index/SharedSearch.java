package quiver.vector.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thread's search of several segments for the same rows.
///
/// Where every segment is searched for itself, each goes on until it has `k` rows of its own,
/// though it will give few of them. Here all walk side by side, a step each in turn: after a few
/// steps they know together how near the `k` nearest rows are, and those that have nothing nearer
/// stop. What is the same in all of them, the prepared query, is made once; and while one works,
/// memory brings what the others need next.
///
/// Reused from search to search; used by one thread.
public final class SharedSearch {
  private final NearestRows nearest = new NearestRows();
  private final List<SteppedSearcher> active = new ArrayList<>();
  private DistanceBound bound = DistanceBound.none();
  private int offered;
  private @Nullable SteppedSearcher first;
  private @Nullable SteppedSearcher latest;

  public SharedSearch() {
    nearest.reset(1);
  }

  /// Begins a search for the `k` nearest rows of all segments.
  ///
  /// @param newBound what other threads have found
  public void reset(int k, DistanceBound newBound) {
    nearest.reset(k);
    bound = newBound;
    offered = 0;
    first = null;
    latest = null;
    active.clear();
  }

  /// Searches every segment; a result for each.
  ///
  /// @param searchers one a segment, which may all be used until this returns
  /// @param requests one a segment, for the same query; their bound is that of [#reset]
  public List<SearchResult> search(List<SteppedSearcher> searchers, List<SearchRequest> requests) {
    for (int i = 0; i < searchers.size(); i++) {
      SteppedSearcher searcher = searchers.get(i);
      if (searcher.begin(requests.get(i), this)) {
        active.add(searcher);
        first = first == null ? searcher : first;
      }
    }
    while (active.size() > 1) {
      stepEach();
    }
    if (!active.isEmpty()) {
      active.getFirst().stepOn();
    }
    List<SearchResult> results = new ArrayList<>(searchers.size());
    for (SteppedSearcher searcher : searchers) {
      results.add(searcher.finish());
    }
    return results;
  }

  /// A step of each; leaves out those that have no more.
  private void stepEach() {
    int kept = 0;
    for (int i = 0; i < active.size(); i++) {
      SteppedSearcher searcher = active.get(i);
      if (latest != null) {
        latest.fetchOn();
      }
      latest = searcher;
      if (searcher.step()) {
        active.set(kept++, searcher);
      }
    }
    while (active.size() > kept) {
      active.removeLast();
    }
  }

  /// The first searcher that has steps to take, null before. What it has prepared stays until the
  /// end.
  public @Nullable SteppedSearcher first() {
    return first;
  }

  /// Takes note of a row found.
  ///
  /// @param distance as pgvector's value; may be off by rounding of codes
  public void offer(double distance) {
    nearest.offer(distance, offered++);
  }

  /// The distance of the worst of the `k` nearest rows found so far in all segments, or what other
  /// threads have found; +infinity before.
  public double limit() {
    return Math.min(nearest.worst(), bound.get());
  }
}
