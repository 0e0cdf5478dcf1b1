package quiver.storage.meta;

import java.util.List;

/// Receives the changes of one watch, one call at a time, in revision order.
public interface MetaListener {
  /// All changes one commit made under the watched prefix. A commit is never split over two calls.
  void changed(List<MetaEvent> events);

  /// The store no longer has the changes this watch should start from, or lost its place: the watch
  /// is over. List again and watch from the listing's revision + 1.
  void lost();
}
