package quiver.execution.index;

import java.util.List;

/// What is asked of an index. An answer may have rows too many, never one too few.
public sealed interface IndexQuery {
  /// Rows with keys in any of these ranges, which do not overlap.
  record Ranges(List<KeyRange> ranges) implements IndexQuery {
    public Ranges {
      ranges = List.copyOf(ranges);
    }
  }

  /// Rows that have, for each of these sets, at least one of its terms.
  ///
  /// @param anyOf hashes of terms; not modified
  record Terms(List<long[]> anyOf) implements IndexQuery {
    public Terms {
      anyOf = List.copyOf(anyOf);
    }
  }
}
