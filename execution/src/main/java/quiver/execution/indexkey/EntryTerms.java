package quiver.execution.indexkey;

import java.util.ArrayList;
import java.util.List;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.IndexMethod;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.KeyHash;
import quiver.execution.index.DocumentTerms;
import quiver.execution.index.TermIndex;

/// The terms that a hash or GIN index keeps for its rows. Immutable.
public final class EntryTerms {
  private final List<Kind> kinds;

  /// What the terms of one key are.
  private sealed interface Kind {}

  /// The key's value.
  private record Value() implements Kind {}

  /// Parts of the key's value.
  private record Parts(DocumentTerms terms) implements Kind {}

  private EntryTerms(List<Kind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  public static EntryTerms of(IndexDefinition index, TableDefinition table) {
    List<Kind> kinds = new ArrayList<>();
    for (IndexKey key : index.keys()) {
      kinds.add(
          index.method() == IndexMethod.GIN
              ? new Parts(documentTerms(key.operatorClass()))
              : new Value());
    }
    return new EntryTerms(kinds);
  }

  /// The terms of a GIN operator class.
  public static DocumentTerms documentTerms(String operatorClass) {
    return switch (operatorClass) {
      case "array_ops" -> DocumentTerms.ELEMENTS;
      case "jsonb_ops" -> DocumentTerms.KEYS_AND_VALUES;
      case "jsonb_path_ops" -> DocumentTerms.PATHS;
      default ->
          throw new QuiverException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "operator class \"%s\" is not supported",
              operatorClass);
    };
  }

  /// What tells the terms of the key at `position` from those of others.
  public static long seed(int position) {
    return (position + 1L) << 32;
  }

  /// Adds the terms of all entries.
  public void add(IndexKeys.Entries entries, TermIndex.Builder builder) {
    for (int position = 0; position < kinds.size(); position++) {
      Column column = entries.keys().get(position);
      switch (kinds.get(position)) {
        case Value _ -> {
          long[] hashes = new long[entries.rows().length];
          KeyHash.add(column, hashes);
          for (int i = 0; i < hashes.length; i++) {
            builder.add(hashes[i], entries.rows()[i]);
          }
        }
        case Parts(DocumentTerms terms) -> {
          for (int i = 0; i < entries.rows().length; i++) {
            int row = entries.rows()[i];
            terms.each(seed(position), column.valueAt(i), hash -> builder.add(hash, row));
          }
        }
      }
    }
  }
}
