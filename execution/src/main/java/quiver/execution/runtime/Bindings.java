package quiver.execution.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Values that a plan leaves open. Immutable.
///
/// @param parameters datums of `$1 …` in the types the plan says; not modified
/// @param outerRows rows bound by the enclosing applies, outermost first
/// @param shared results of the enclosing shared subplans
public record Bindings(
    @Nullable Object[] parameters, List<OuterRow> outerRows, List<SharedRows> shared) {
  public Bindings {
    outerRows = List.copyOf(outerRows);
    shared = List.copyOf(shared);
  }

  public static Bindings none() {
    return ofParameters();
  }

  public static Bindings ofParameters(@Nullable Object... parameters) {
    return new Bindings(parameters, List.of(), List.of());
  }

  /// Bindings of a fragment that was sent from elsewhere.
  ///
  /// @param outer values of outer columns by apply id
  public static Bindings of(
      List<@Nullable Object> parameters, Map<Integer, List<@Nullable Object>> outer) {
    List<OuterRow> rows = new ArrayList<>();
    new TreeMap<>(outer)
        .forEach((applyId, values) -> rows.add(new OuterRow(applyId, values.toArray())));
    return new Bindings(parameters.toArray(), rows, List.of());
  }

  public Bindings withOuterRow(OuterRow row) {
    List<OuterRow> rows = new ArrayList<>(outerRows);
    rows.add(row);
    return new Bindings(parameters, rows, shared);
  }

  public Bindings withShared(SharedRows rows) {
    List<SharedRows> all = new ArrayList<>(shared);
    all.add(rows);
    return new Bindings(parameters, outerRows, all);
  }

  /// The result of the innermost shared subplan with this id.
  public SharedRows sharedRows(int id) {
    for (int i = shared.size() - 1; i >= 0; i--) {
      if (shared.get(i).id() == id) {
        return shared.get(i);
      }
    }
    throw new IllegalStateException("no shared subplan " + id);
  }
}
