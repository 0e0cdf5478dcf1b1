package quiver.vector.index;

/// A searcher that can take one step at a time, so that the searches of several segments go on side
/// by side; see [SharedSearch].
public interface SteppedSearcher extends Searcher {
  /// Begins a search. What it needs of the query it may read from the searcher that began first.
  ///
  /// @return whether there are steps to take
  boolean begin(SearchRequest request, SharedSearch shared);

  /// Takes one step.
  ///
  /// @return whether there are more
  boolean step();

  /// Goes on bringing from memory what the next step needs, which [#step] has begun: called when
  /// another searcher is about to take a step.
  void fetchOn();

  /// Takes all steps that are left.
  void stepOn();

  /// The rows found: what [#search] would give, but for rows farther than `k` that others have
  /// found. [#next] goes on from them.
  SearchResult finish();
}
