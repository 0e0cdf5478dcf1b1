package quiver.execution.index;

/// Rows by term, terms being numbers of [TermIndex#TERM_BITS] bits. Safe for every thread.
public interface Postings {
  /// How many rows have a term.
  int count(long term);

  /// Puts the rows of a term into `rows` from `at` on, ascending.
  void copy(long term, int[] rows, int at);
}
