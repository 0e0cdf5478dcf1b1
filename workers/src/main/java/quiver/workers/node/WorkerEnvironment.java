package quiver.workers.node;

import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogImage;
import quiver.execution.expression.FunctionLibrary;
import quiver.execution.operator.FragmentExecutor;
import quiver.rpc.DataNodeService;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.log.LogBroker;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.object.ObjectStore;
import quiver.vector.kernel.VectorKernel;

/// What worker roles get from outside. The stores are closed by whoever opened them, after the
/// workers.
///
/// @param timestamps the timestamp oracle
/// @param owners finds the owners of channels, wherever they are
/// @param catalog the newest catalog
/// @param functions compute index expressions
/// @param random a generator for each fragment
/// @param threads makes platform threads; the roles name them
public record WorkerEnvironment(
    MetaStore meta,
    LogBroker broker,
    ObjectStore objects,
    LongSupplier timestamps,
    Function<String, DataNodeService> owners,
    Supplier<CatalogImage> catalog,
    FunctionLibrary functions,
    FragmentExecutor executor,
    VectorKernel kernel,
    InstantSource clock,
    Supplier<RandomGenerator> random,
    ThreadFactory threads) {
  WorkerEnvironment withOwners(Function<String, DataNodeService> newOwners) {
    return new WorkerEnvironment(
        meta,
        broker,
        objects,
        timestamps,
        newOwners,
        catalog,
        functions,
        executor,
        kernel,
        clock,
        random,
        threads);
  }

  /// The log channels there are.
  public ChannelMap channels() {
    return ChannelMap.of(meta.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
  }
}
