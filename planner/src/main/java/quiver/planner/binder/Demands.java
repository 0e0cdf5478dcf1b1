package quiver.planner.binder;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import quiver.common.catalog.Privilege;
import quiver.common.plan.AccessDemand;
import quiver.common.plan.AccessRefusal;

/// What a statement needs to be allowed, gathered while its names are resolved. Used by one thread.
public final class Demands {
  private final Map<Key, Needs> needs = new LinkedHashMap<>();
  private Optional<Long> actingAs = Optional.empty();
  private boolean isReading = true;
  private final Map<Long, Integer> reads = new HashMap<>();
  private boolean asksRightsFirst;
  private Optional<AccessRefusal> refusal = Optional.empty();

  private record Key(Optional<Long> roleId, long relationId, Optional<String> virtualName) {}

  private static final class Needs {
    private int privileges;
    private final Set<Integer> selected = new TreeSet<>();
    private final Set<Integer> inserted = new TreeSet<>();
    private final Set<Integer> updated = new TreeSet<>();

    private Needs copy() {
      Needs copy = new Needs();
      copy.privileges = privileges;
      copy.selected.addAll(selected);
      copy.inserted.addAll(inserted);
      copy.updated.addAll(updated);
      return copy;
    }
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
      reads.merge(origin.tableId(), 1, Integer::sum);
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

  /// From here on whoever lacks a right hears of that before anything else.
  void askRightsFirst() {
    asksRightsFirst = true;
  }

  /// The statement is refused.
  void refuse(AccessRefusal reason) {
    if (!asksRightsFirst) {
      throw reason.error();
    }
    refusal = Optional.of(refusal.orElse(reason));
  }

  /// Why the statement is refused.
  public Optional<AccessRefusal> refusal() {
    return refusal;
  }

  /// How often values of a relation were named to be read.
  int reads(long relationId) {
    return reads.getOrDefault(relationId, 0);
  }

  /// Does something after which the statement needs what it needed before.
  <T> T without(Supplier<T> work) {
    Map<Key, Needs> before = new LinkedHashMap<>();
    needs.forEach((key, value) -> before.put(key, value.copy()));
    try {
      return work.get();
    } finally {
      needs.clear();
      needs.putAll(before);
    }
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
