package quiver.planner.binder;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tables of WITH clauses in sight, innermost first.
final class CommonTables {
  static final CommonTables NONE = new CommonTables(null, "", null, 0);

  private final @Nullable CommonTables outer;
  private final String name;
  private final @Nullable BoundQuery query;
  private final int sharedId;

  private CommonTables(
      @Nullable CommonTables outer, String name, @Nullable BoundQuery query, int sharedId) {
    this.outer = outer;
    this.name = name;
    this.query = query;
    this.sharedId = sharedId;
  }

  /// One more table in sight.
  ///
  /// @param newQuery null while a recursive table is being defined
  CommonTables with(String newName, @Nullable BoundQuery newQuery, int newSharedId) {
    return new CommonTables(this, newName, newQuery, newSharedId);
  }

  /// A table in sight.
  record Entry(Optional<BoundQuery> query, int sharedId) {}

  Optional<Entry> find(String wanted) {
    for (CommonTables tables = this; tables != null; tables = tables.outer) {
      if (tables.outer != null && tables.name.equals(wanted)) {
        return Optional.of(new Entry(Optional.ofNullable(tables.query), tables.sharedId));
      }
    }
    return Optional.empty();
  }
}
