package quiver.planner.binder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import quiver.common.catalog.Privilege;
import quiver.common.plan.AccessDemand;

/// What a statement needs to be allowed, gathered while its names are resolved. Used by one thread.
public final class Demands {
  private final Map<Key, Needs> needs = new LinkedHashMap<>();
  private Optional<Long> actingAs = Optional.empty();
  private boolean isReading = true;

  private record Key(Optional<Long> roleId, long relationId, Optional<String> virtualName) {}

  private static final class Needs {
    private int privileges;
    private final Set<Integer> selected = new TreeSet<>();
    private final Set<Integer> inserted = new TreeSet<>();
    private final Set<Integer> updated = new TreeSet<>();
  }

  /// From here on names are resolved for a role, the owner of a view; empty: for who runs the
  /// statement.
  ///
  /// @return for whom it was before
  Optional<Long> actAs(Optional<Long> roleId) {
    Optional<Long> before = actingAs;
    actingAs = roleId;
    return before;
  }

  /// For whom names are resolved; empty: for who runs the statement.
  Optional<Long> actingAs() {
    return actingAs;
  }

  private Needs of(long relationId) {
    return needs.computeIfAbsent(
        new Key(actingAs, relationId, Optional.empty()), key -> new Needs());
  }

  /// The statement does something with a relation.
  void on(long relationId, Privilege privilege) {
    of(relationId).privileges |= privilege.bit();
  }

  /// The statement reads a virtual relation.
  void onVirtual(String name) {
    needs.computeIfAbsent(new Key(actingAs, 0, Optional.of(name)), key -> new Needs()).privileges |=
        Privilege.SELECT.bit();
  }

  /// Whether values that are named from here on are read.
  ///
  /// @return whether they were before
  boolean setReading(boolean reading) {
    boolean before = isReading;
    isReading = reading;
    return before;
  }

  /// The statement reads a value.
  void read(Namespace.Origin origin) {
    if (isReading && origin.tableId() != 0 && origin.columnId() != 0) {
      Needs known = of(origin.tableId());
      known.privileges |= Privilege.SELECT.bit();
      known.selected.add(origin.columnId());
    }
  }

  void inserted(long relationId, int columnId) {
    of(relationId).inserted.add(columnId);
  }

  void updated(long relationId, int columnId) {
    Needs known = of(relationId);
    known.privileges |= Privilege.UPDATE.bit();
    known.updated.add(columnId);
  }

  /// Everything so far.
  public List<AccessDemand> all() {
    List<AccessDemand> all = new ArrayList<>();
    needs.forEach((key, value) ->
        all.add(
            new AccessDemand(
                key.roleId(),
                key.relationId(),
                key.virtualName(),
                value.privileges,
                value.selected,
                value.inserted,
                value.updated)));
    return all;
  }
}
