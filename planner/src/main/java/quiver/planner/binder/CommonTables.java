package quiver.planner.binder;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tables of WITH clauses in sight, innermost first.
final class CommonTables {
  static final CommonTables NONE = new CommonTables(null, "", new Entry(null, 0));

  private final @Nullable CommonTables outer;
  private final String name;
  private final Entry entry;

  private CommonTables(@Nullable CommonTables outer, String name, Entry entry) {
    this.outer = outer;
    this.name = name;
    this.entry = entry;
  }

  /// A table in sight.
  ///
  /// @param query null for a statement without RETURNING
  /// @param recursive whether this is the table its own definition reads
  /// @param hidden how many of its last columns `*` leaves out
  record Entry(@Nullable BoundQuery query, int sharedId, boolean recursive, int hidden) {
    Entry(@Nullable BoundQuery query, int sharedId) {
      this(query, sharedId, false, 0);
    }
  }

  /// One more table in sight.
  CommonTables with(String newName, Entry newEntry) {
    return new CommonTables(this, newName, newEntry);
  }

  Optional<Entry> find(String wanted) {
    for (CommonTables tables = this; tables != null; tables = tables.outer) {
      if (tables.outer != null && tables.name.equals(wanted)) {
        return Optional.of(tables.entry);
      }
    }
    return Optional.empty();
  }
}
