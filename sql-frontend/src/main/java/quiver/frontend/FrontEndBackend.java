package quiver.frontend;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.runtime.CpuPool;
import quiver.rpc.ClusterService;
import quiver.rpc.RootCoordinatorService;

/// What a front end works with. Everything is safe for every thread.
///
/// @param cpu threads for work that keeps a core busy
/// @param process tells this process from others and from its former selves
/// @param random makes cancel keys and transaction ids: unpredictable outside tests
public record FrontEndBackend(
    RootCoordinatorService root,
    ClusterService cluster,
    FunctionLibrary functions,
    CpuPool cpu,
    InstantSource clock,
    RandomGenerator random,
    UUID process) {}
