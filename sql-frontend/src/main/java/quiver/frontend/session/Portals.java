package quiver.frontend.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The portals and cursors of one session; they share one name space. Used by the session's thread
/// only.
final class Portals {
  /// Open portals and cursors of one session.
  static final int PORTAL_COUNT_MAX = 10_000;

  private final Map<String, Portal> byName = new HashMap<>();

  /// Adds a portal. The unnamed one replaces its predecessor.
  void add(Portal portal) {
    if (portal.name().isEmpty()) {
      close("");
    } else if (byName.containsKey(portal.name())) {
      throw new QuiverException(
          SqlState.DUPLICATE_CURSOR, "cursor \"%s\" already exists", portal.name());
    }
    if (byName.size() == PORTAL_COUNT_MAX) {
      throw new QuiverException(
          SqlState.CONFIGURATION_LIMIT_EXCEEDED,
          "a session cannot have more than %d open portals",
          PORTAL_COUNT_MAX);
    }
    byName.put(portal.name(), portal);
  }

  Optional<Portal> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// The cursor FETCH, MOVE and CLOSE name.
  Portal require(String name) {
    return find(name)
        .orElseThrow(() ->
            new QuiverException(
                SqlState.INVALID_CURSOR_NAME, "cursor \"%s\" does not exist", name));
  }

  /// The row of a table that a cursor stands on.
  ///
  /// @throws QuiverException `34000`, `24000`
  long cursorRow(String name, TableDefinition table) {
    return require(name).currentRow(table);
  }

  /// Closes one, if it is there.
  boolean close(String name) {
    Portal portal = byName.remove(name);
    if (portal == null) {
      return false;
    }
    portal.close();
    return true;
  }

  Set<String> names() {
    return byName.keySet();
  }

  Collection<Portal> all() {
    return byName.values();
  }

  void closeAll() {
    closeAllBut(Set.of());
  }

  void closeAllBut(Set<String> kept) {
    for (String name : List.copyOf(byName.keySet())) {
      if (!kept.contains(name)) {
        close(name);
      }
    }
  }

  /// Cursors WITH HOLD read the rest of their rows while their transaction is still there.
  void beforeCommit() {
    for (Portal portal : new ArrayList<>(byName.values())) {
      StatementResult result = portal.result();
      if (portal.kind().holdable() && result != null && !portal.isHeld()) {
        portal.hold();
      }
    }
  }

  /// Everything but held cursors dies with its transaction.
  void afterTransaction() {
    for (Portal portal : new ArrayList<>(byName.values())) {
      if (!portal.isHeld()) {
        close(portal.name());
      }
    }
  }
}
