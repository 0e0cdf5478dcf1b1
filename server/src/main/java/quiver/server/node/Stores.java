package quiver.server.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.MetaKeys;
import quiver.server.config.ClusterConfig;
import quiver.server.config.StoreLocation;
import quiver.storage.file.SystemDisk;
import quiver.storage.log.LogBroker;
import quiver.storage.log.kafka.KafkaLogBroker;
import quiver.storage.log.kafka.KafkaOptions;
import quiver.storage.log.local.LocalLogBroker;
import quiver.storage.log.local.LocalLogOptions;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.etcd.EtcdMetaStore;
import quiver.storage.meta.etcd.EtcdOptions;
import quiver.storage.meta.local.LocalMetaStore;
import quiver.storage.object.ObjectStore;
import quiver.storage.object.local.LocalObjectStore;
import quiver.storage.object.s3.S3ObjectStore;
import quiver.storage.object.s3.S3Options;

/// The three stores of a process, embedded or those of a cluster.
public final class Stores implements AutoCloseable {
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final MetaStore meta;
  private final LogBroker log;
  private final ObjectStore objects;

  private Stores(
      Path directory,
      Optional<ClusterConfig.Stores> locations,
      InstantSource clock,
      ThreadFactory threads) {
    if (locations.isPresent()) {
      meta = etcd(locations.get().metadata());
      // The first question shows whether etcd answers; a process without it cannot begin.
      var _ = meta.get(MetaKeys.CATALOG_VERSION);
      log = kafka(locations.get().log());
      objects = s3(locations.get().objects(), directory.resolve("uploads"));
    } else {
      SystemDisk disk = new SystemDisk();
      meta = closing(LocalMetaStore.open(disk, directory.resolve("meta"), clock, threads));
      LocalLogBroker local =
          LocalLogBroker.open(disk, directory.resolve("log"), LocalLogOptions.DEFAULTS, threads);
      opened.push(local::close);
      log = local;
      LocalObjectStore files = new LocalObjectStore(disk, directory.resolve("objects"));
      opened.push(files::close);
      objects = files;
    }
  }

  /// Opens them.
  ///
  /// @param locations empty: embedded in `directory`
  /// @throws QuiverException when one cannot be used; nothing stays open then
  public static Stores open(
      Path directory,
      Optional<ClusterConfig.Stores> locations,
      InstantSource clock,
      ThreadFactory threads) {
    return new Stores(directory, locations, clock, threads);
  }

  private MetaStore closing(MetaStore store) {
    opened.push(store::close);
    return store;
  }

  private MetaStore etcd(StoreLocation.Etcd location) {
    ExecutorService delivery =
        Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("quiver-watch-", 0).factory());
    opened.push(delivery::shutdownNow);
    ScheduledExecutorService timer =
        Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon().name("quiver-watch-timer-", 0).factory());
    opened.push(timer::shutdownNow);
    return closing(
        new EtcdMetaStore(
            new EtcdOptions(
                location.endpoints(),
                location.root(),
                location.access(),
                EtcdOptions.PATIENCE_DEFAULT),
            delivery,
            timer));
  }

  private LogBroker kafka(StoreLocation.Kafka location) {
    KafkaLogBroker broker =
        new KafkaLogBroker(
            new KafkaOptions(
                location.bootstrap(),
                location.topicPrefix(),
                location.replication(),
                location.minInSyncReplicas(),
                location.security(),
                KafkaOptions.PATIENCE_DEFAULT));
    opened.push(broker::close);
    return broker;
  }

  private ObjectStore s3(StoreLocation.S3 location, Path temporary) {
    S3ObjectStore store =
        new S3ObjectStore(
            new S3Options(
                location.endpoint(),
                "",
                location.bucket(),
                location.root(),
                location.accessKey(),
                secret(location.secretKeyFile()),
                temporary,
                S3Options.PATIENCE_DEFAULT));
    opened.push(store::close);
    return store;
  }

  private static String secret(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new QuiverException(
              SqlState.CONFIG_FILE_ERROR, "cannot read objects-secret-key-file %s", file)
          .withCause(e);
    }
  }

  public MetaStore meta() {
    return meta;
  }

  public LogBroker log() {
    return log;
  }

  public ObjectStore objects() {
    return objects;
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
