package quiver.rpc;

import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// Which rows of a table one query node answers for, so that several nodes cover each row once at
/// one snapshot, however far each has read the log.
///
/// The log says which segments a table consisted of at a snapshot: rows enter segments, and merged
/// segments take the place of others, at timestamps that every node sees alike. A requester
/// therefore hands out segments by id: some to each node, and what it has not handed out to one
/// node more. A list may be out of date: a segment that did not exist at the snapshot any more, or
/// not yet, has no rows there, and its successor is among the rest.
///
/// ```
/// node 1: Segments[7, 9]   node 2: Segments[8]   node 3: Except[7, 8, 9]
/// ```
public sealed interface Share {
  /// Every row: the only node that is asked.
  Share ALL = new Except(List.of());

  /// The rows of these segments.
  record Segments(List<Long> segmentIds) implements Share {
    public Segments {
      segmentIds = List.copyOf(segmentIds);
    }

    @Override
    public boolean isAll() {
      return false;
    }
  }

  /// All rows but those of these segments, which other nodes answer for.
  record Except(List<Long> segmentIds) implements Share {
    public Except {
      segmentIds = List.copyOf(segmentIds);
    }

    @Override
    public boolean isAll() {
      return segmentIds.isEmpty();
    }
  }

  /// Whether it is every row, so that nothing has to be told apart. Not a default method: those
  /// would tie the initialization of [#ALL] and of its class in a knot.
  boolean isAll();

  /// What a node throws that does not know any more which segments there were at a snapshot.
  static QuiverException refused() {
    return new QuiverException(
        SqlState.SHARE_NOT_KNOWN, "the segments of the table at the snapshot are not known here");
  }

  /// Whether a node has refused its share; one node can still answer for [#ALL].
  static boolean isRefused(RuntimeException error) {
    return error instanceof QuiverException failure && failure.state() == SqlState.SHARE_NOT_KNOWN;
  }
}
