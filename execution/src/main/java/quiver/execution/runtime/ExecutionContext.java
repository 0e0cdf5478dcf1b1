package quiver.execution.runtime;

import java.util.Optional;
import quiver.execution.function.FunctionContext;
import quiver.execution.source.SystemRelations;
import quiver.execution.source.TableReader;

/// Everything one execution of a plan or fragment needs besides the plan. Immutable apart from what
/// its parts count.
///
/// @param statistics where operators report; empty: nothing is measured
public record ExecutionContext(
    Bindings bindings,
    FunctionContext functions,
    ExecutionSettings settings,
    QueryMemory memory,
    CancelSignal cancel,
    CpuPool cpu,
    TableReader tables,
    GatherSource gather,
    SystemRelations systemRelations,
    Optional<StatisticsCollector> statistics) {
  /// The same execution with other bindings.
  public ExecutionContext with(Bindings newBindings) {
    return new ExecutionContext(
        newBindings,
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
