package quiver.execution.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.execution.function.FunctionContext;
import quiver.execution.source.SystemRelations;
import quiver.execution.source.TableReader;

/// Everything one execution of a plan or fragment needs besides the plan. Immutable apart from what
/// its parts count.
///
/// @param parameters datums of `$1 …` in the types the plan says; not modified
/// @param outerRows rows bound by the enclosing applies, outermost first
/// @param statistics where operators report; empty: nothing is measured
public record ExecutionContext(
    @Nullable Object[] parameters,
    List<OuterRow> outerRows,
    FunctionContext functions,
    ExecutionSettings settings,
    QueryMemory memory,
    CancelSignal cancel,
    CpuPool cpu,
    TableReader tables,
    GatherSource gather,
    SystemRelations systemRelations,
    Optional<StatisticsCollector> statistics) {
  public ExecutionContext {
    outerRows = List.copyOf(outerRows);
  }

  /// The same execution inside one more apply.
  public ExecutionContext withOuterRow(OuterRow row) {
    List<OuterRow> rows = new ArrayList<>(outerRows);
    rows.add(row);
    return new ExecutionContext(
        parameters,
        rows,
        functions,
        settings,
        memory,
        cancel,
        cpu,
        tables,
        gather,
        systemRelations,
        statistics);
  }
}
