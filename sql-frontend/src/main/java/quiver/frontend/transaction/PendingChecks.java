package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.Deferral;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;

/// Constraints that a transaction checks when it commits, and what SET CONSTRAINTS has said about
/// that. Used by the session's thread.
public final class PendingChecks {
  // Never changed but at its end, so that marks may keep it; what takes checks away makes a new
  // one.
  private List<Check> checks = new ArrayList<>();
  private Optional<Boolean> all = Optional.empty();
  private Map<Long, Boolean> chosen = Map.of();

  /// What is checked.
  public enum Kind {
    /// Rows that refer have something they refer to.
    REFERRING,
    /// Nothing refers to keys that are gone.
    REFERRED,
    /// No two rows have the same key.
    UNIQUE
  }

  /// Keys to look at.
  ///
  /// @param tableId the table whose rows were changed
  /// @param keys in the order of the constraint's columns
  public record Check(Kind kind, long constraintId, long tableId, RowBatch keys) {}

  /// A point to go back to.
  record Mark(List<Check> checks, int count, Optional<Boolean> all, Map<Long, Boolean> chosen) {}

  PendingChecks() {}

  /// Whether a constraint is checked when the transaction commits.
  public boolean isDeferred(long constraintId, Deferral deferral) {
    if (!deferral.isDeferrable()) {
      return false;
    }
    Boolean one = chosen.get(constraintId);
    return one == null ? all.orElse(deferral.isInitiallyDeferred()) : one;
  }

  /// SET CONSTRAINTS ALL.
  public void deferAll(boolean isDeferred) {
    all = Optional.of(isDeferred);
    chosen = Map.of();
  }

  /// SET CONSTRAINTS of some.
  public void defer(Collection<Long> constraintIds, boolean isDeferred) {
    Map<Long, Boolean> more = new HashMap<>(chosen);
    constraintIds.forEach(id -> more.put(id, isDeferred));
    chosen = more;
  }

  public void add(Check check) {
    checks.add(check);
  }

  public boolean isEmpty() {
    return checks.isEmpty();
  }

  /// Whether keys of a table's rows wait to be checked.
  public boolean concerns(long tableId) {
    return checks.stream().anyMatch(check -> check.tableId() == tableId);
  }

  /// Takes everything out: one check for each constraint and kind.
  public List<Check> takeAll() {
    return take(Optional.empty());
  }

  /// Takes the checks of some constraints out.
  public List<Check> take(Collection<Long> constraintIds) {
    return take(Optional.of(Set.copyOf(constraintIds)));
  }

  private List<Check> take(Optional<Set<Long>> constraintIds) {
    record Group(Kind kind, long constraintId, long tableId) {}
    Map<Group, List<RowBatch>> taken = new LinkedHashMap<>();
    List<Check> kept = new ArrayList<>();
    for (Check check : checks) {
      if (constraintIds.filter(ids -> !ids.contains(check.constraintId())).isPresent()) {
        kept.add(check);
      } else {
        Group group = new Group(check.kind(), check.constraintId(), check.tableId());
        taken.computeIfAbsent(group, _ -> new ArrayList<>()).add(check.keys());
      }
    }
    checks = kept;
    List<Check> result = new ArrayList<>();
    taken.forEach((group, keys) ->
        result.add(
            new Check(group.kind(), group.constraintId(), group.tableId(), concatenated(keys))));
    return result;
  }

  private static RowBatch concatenated(List<RowBatch> keys) {
    return keys.size() == 1
        ? keys.getFirst()
        : RowBatches.concatenate(
            keys.getFirst().columns().stream().map(Column::type).toList(), keys);
  }

  Mark mark() {
    return new Mark(checks, checks.size(), all, chosen);
  }

  void rewind(Mark mark) {
    checks = new ArrayList<>(mark.checks().subList(0, mark.count()));
    all = mark.all();
    chosen = mark.chosen();
  }
}
