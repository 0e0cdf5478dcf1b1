package quiver.frontend.statement;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.CpuPool;
import quiver.rpc.ClusterService;
import quiver.rpc.RootCoordinatorService;

/// What every statement of a front end works with. Safe for every thread.
///
/// @param planner plans the statements that keep foreign keys
/// @param queryMemoryBytes what the root fragment of one statement may hold
/// @param historyRetention how far back FOR SYSTEM_TIME reaches
/// @param spillDirectory empty: nothing is spilled
/// @param fanOutThreads makes the virtual threads that wait for owners of channels
/// @param random makes transaction ids; thread-safe
public record StatementServices(
    RootCoordinatorService root,
    ClusterService cluster,
    FragmentExecutor executor,
    ExpressionCompiler compiler,
    InnerPlanner planner,
    CpuPool cpu,
    long queryMemoryBytes,
    Duration historyRetention,
    Optional<Path> spillDirectory,
    ThreadFactory fanOutThreads,
    RandomGenerator random) {}
