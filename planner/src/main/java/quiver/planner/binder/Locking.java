package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlIdentifier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.planner.parser.node.Positions;
import quiver.planner.parser.node.Query;

/// The locking clauses of one query: which FROM items they mean. Used by one thread.
final class Locking {
  static final Locking NONE = new Locking(List.of());

  private final List<Query.Locking> clauses;
  private final Set<String> found = new HashSet<>();

  Locking(List<Query.Locking> clauses) {
    this.clauses = List.copyOf(clauses);
  }

  /// Whether rows of the item called `name` are locked, and whether exclusively.
  Optional<Boolean> exclusive(String name) {
    Optional<Boolean> exclusive = Optional.empty();
    for (Query.Locking clause : of(name)) {
      boolean strong =
          clause.strength() == Query.LockStrength.UPDATE
              || clause.strength() == Query.LockStrength.NO_KEY_UPDATE;
      exclusive = Optional.of(strong || exclusive.orElse(false));
    }
    return exclusive;
  }

  /// The clauses for a subquery called `name`, which then mean all its tables.
  List<Query.Locking> within(String name) {
    return of(name).stream()
        .map(clause -> new Query.Locking(clause.strength(), List.of(), clause.whenLocked()))
        .toList();
  }

  private List<Query.Locking> of(String name) {
    List<Query.Locking> meant = new ArrayList<>();
    for (Query.Locking clause : clauses) {
      boolean named =
          clause.tables().stream().anyMatch(table -> table.names.getLast().equals(name));
      if (named || clause.tables().isEmpty()) {
        found.add(name);
        meant.add(clause);
      }
    }
    return meant;
  }

  /// An item that cannot be locked was met.
  void notLockable(String name, String what) {
    for (Query.Locking clause : clauses) {
      for (SqlIdentifier table : clause.tables()) {
        if (table.names.getLast().equals(name)) {
          throw new QuiverException(
                  SqlState.FEATURE_NOT_SUPPORTED,
                  "%s cannot be applied to %s",
                  phrase(clause),
                  what)
              .at(Positions.of(table));
        }
      }
    }
  }

  /// @throws QuiverException `42P01` for a name that is not in FROM
  void requireFound() {
    for (Query.Locking clause : clauses) {
      for (SqlIdentifier table : clause.tables()) {
        if (!found.contains(table.names.getLast())) {
          throw new QuiverException(
                  SqlState.UNDEFINED_TABLE,
                  "relation \"%s\" in %s clause not found in FROM clause",
                  table.names.getLast(),
                  phrase(clause))
              .at(Positions.of(table));
        }
      }
    }
  }

  static String phrase(Query.Locking clause) {
    return "FOR " + clause.strength().name().replace('_', ' ');
  }

  /// @param reason what the query has that locking does not go with
  static void refuse(List<Query.Locking> clauses, boolean condition, String reason) {
    if (condition && !clauses.isEmpty()) {
      throw new QuiverException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "%s is not allowed with %s",
          phrase(clauses.getFirst()),
          reason);
    }
  }
}
