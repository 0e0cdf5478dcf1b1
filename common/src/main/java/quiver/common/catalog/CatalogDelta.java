package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Changes of the catalog that are not in force yet: what a transaction has defined so far.
/// Immutable.
///
/// @param edits by object id, in the order of the first change
/// @param resetSequences sequences that start again, and the value they start with
/// @param unchangedSince tables whose rows have been checked or rewritten, and the snapshot they
///   were read at: nobody may have changed them since
public record CatalogDelta(
    Map<Long, Edit> edits, Map<Long, Long> resetSequences, Map<Long, Long> unchangedSince) {
  public static final CatalogDelta EMPTY = new CatalogDelta(Map.of(), Map.of(), Map.of());

  public CatalogDelta {
    edits = Collections.unmodifiableMap(new LinkedHashMap<>(edits));
    resetSequences = Collections.unmodifiableMap(new LinkedHashMap<>(resetSequences));
    unchangedSince = Map.copyOf(unchangedSince);
  }

  /// One object, before the first change and after the last.
  public record Edit(Optional<CatalogObject> before, Optional<CatalogObject> after) {}

  public boolean isEmpty() {
    return edits.isEmpty() && resetSequences.isEmpty();
  }

  /// The definition of a table as it will be, if the table is changed.
  public Optional<TableDefinition> table(long id) {
    Edit edit = edits.get(id);
    return edit != null && edit.after().orElse(null) instanceof TableDefinition table
        ? Optional.of(table)
        : Optional.empty();
  }

  /// Whether the rows a table has now are not those of the transaction: it begins, or begins anew.
  public boolean isEmptied(long id) {
    Edit edit = edits.get(id);
    if (edit == null || !(edit.after().orElse(null) instanceof TableDefinition after)) {
      return false;
    }
    return !(edit.before().orElse(null) instanceof TableDefinition before)
        || before.incarnation() != after.incarnation();
  }

  /// This and the demand that a table's rows be those of `snapshot`.
  public CatalogDelta withUnchangedSince(long tableId, long snapshot) {
    Map<Long, Long> all = new LinkedHashMap<>(unchangedSince);
    all.merge(tableId, snapshot, Math::min);
    return new CatalogDelta(edits, resetSequences, all);
  }
}
