package quiver.storage.meta;

import java.util.List;

/// All keys under a prefix at one revision, in key order.
///
/// @param revision the store's revision the listing was read at; watching from `revision + 1`
///   misses nothing
public record Listing(long revision, List<KeyValue> entries) {
  public Listing {
    entries = List.copyOf(entries);
  }
}
