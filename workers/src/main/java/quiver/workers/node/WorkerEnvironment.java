package quiver.workers.node;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.storage.log.LogBroker;
import quiver.storage.meta.MetaStore;
import quiver.storage.object.ObjectStore;
import quiver.vector.kernel.VectorKernel;

/// What worker roles get from outside. The stores are closed by whoever opened them, after the
/// workers.
///
/// @param timestamps the timestamp oracle
/// @param catalog the newest catalog
/// @param functions compute index expressions
/// @param random a generator for each fragment
/// @param threads makes platform threads; the roles name them
public record WorkerEnvironment(
    MetaStore meta,
    LogBroker broker,
    ObjectStore objects,
    LongSupplier timestamps,
    Supplier<CatalogImage> catalog,
    FunctionLibrary functions,
    FragmentExecutor executor,
    VectorKernel kernel,
    InstantSource clock,
    Supplier<RandomGenerator> random,
    ThreadFactory threads) {}
