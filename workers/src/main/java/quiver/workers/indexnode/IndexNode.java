package quiver.workers.indexnode;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogImage.TableIndex;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.expression.ExpressionCompiler;
import quiver.execution.expression.FunctionLibrary;
import quiver.rpc.meta.DefinitionCodec;
import quiver.rpc.meta.IndexTask;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;
import quiver.vector.index.BuildMonitor;
import quiver.vector.index.BuildResources;
import quiver.workers.file.IndexNames;
import quiver.workers.file.SegmentStore;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.SealedRows;

/// Builds index files, one after the other, with several threads each. A task is a key in the meta
/// store; so are its progress (under a lease, which also says who works on it) and its result. A
/// task whose key disappears is given up.
public final class IndexNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(IndexNode.class);

  private static final Duration IDLE = Duration.ofSeconds(1);

  /// How long a task stays claimed after this process died.
  private static final Duration LEASE = Duration.ofSeconds(10);

  /// Time between two reports of progress, and between two looks for cancellation.
  private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final MetaStore meta;
  private final SegmentStore store;
  private final int threadCount;
  private final ExpressionCompiler compiler;
  private final ThreadPoolExecutor helpers;
  private final ChangeSignal signal;
  private final Thread thread;
  private volatile boolean closed;

  /// @param functions computes index expressions
  /// @param threadCount threads of a build
  public IndexNode(
      MetaStore meta,
      SegmentStore store,
      FunctionLibrary functions,
      int threadCount,
      ThreadFactory threads) {
    this.compiler = new ExpressionCompiler(functions);
    this.meta = meta;
    this.store = store;
    this.threadCount = threadCount;
    AtomicInteger number = new AtomicInteger();
    this.helpers =
        new ThreadPoolExecutor(
            Math.max(1, threadCount - 1),
            Math.max(1, threadCount - 1),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(Math.max(1, threadCount)),
            task -> {
              Thread helper = threads.newThread(task);
              helper.setName("quiver-index-helper-" + number.incrementAndGet());
              return helper;
            });
    this.signal = new ChangeSignal(meta, List.of(MetaKeys.INDEX_TASKS));
    this.thread = threads.newThread(this::run);
    thread.setName("quiver-index");
    thread.start();
  }

  private void run() {
    while (signal.await(IDLE) && !closed) {
      try {
        for (KeyValue entry : meta.list(MetaKeys.INDEX_TASKS).entries()) {
          IndexTask task = IndexTask.decode(entry.key(), entry.value());
          if (meta.get(MetaKeys.indexResult(task.segmentId(), task.indexId())).isEmpty()) {
            build(entry, task);
          }
        }
      } catch (QuiverException e) {
        if (!closed) {
          log.warn("index node step failed, will be tried again", e);
        }
      } catch (RuntimeException e) {
        log.error("index node step failed, will be tried again", e);
      }
    }
  }

  private void build(KeyValue entry, IndexTask task) {
    long lease = meta.grant(LEASE);
    try {
      Monitor monitor = new Monitor(entry, task, lease);
      if (!monitor.claim()) {
        return;
      }
      IndexTask.Result result;
      try {
        result = build(task, monitor);
      } catch (GivenUp e) {
        log.info("index build given up: segment={} index={}", task.segmentId(), task.indexId());
        return;
      } catch (QuiverException e) {
        log.warn("index build failed: segment={} index={}", task.segmentId(), task.indexId(), e);
        result = failed(task, e.state(), e.message());
      } catch (RuntimeException | OutOfMemoryError e) {
        log.error("index build failed: segment={} index={}", task.segmentId(), task.indexId(), e);
        result = failed(task, SqlState.INTERNAL_ERROR, "index build failed: " + e);
      }
      String key = MetaKeys.indexResult(task.segmentId(), task.indexId());
      CommitResult stored =
          meta.commit(
              List.of(Guard.unchanged(entry)), List.of(new Put(key, result.encode())), List.of());
      if (stored instanceof CommitResult.Conflict && !result.failed()) {
        boolean ignored = store.objects().delete(result.objectName());
      }
    } finally {
      meta.revoke(lease);
    }
  }

  private static IndexTask.Result failed(IndexTask task, SqlState state, String message) {
    return new IndexTask.Result(
        task.segmentId(), task.indexId(), "", 0, List.of(state.code(), message));
  }

  private IndexTask.Result build(IndexTask task, Monitor monitor) {
    long started = System.nanoTime();
    Pinned<SealedRows> rows = store.openRows(task.segmentObject());
    try (Arena arena = Arena.ofShared()) {
      TableIndex definition = definition(task);
      IndexBuild.Built built =
          new IndexBuild(
                  definition.table(),
                  definition.index(),
                  rows.value(),
                  store.kernel(),
                  compiler,
                  new BuildResources(helpers, threadCount, arena, monitor))
              .run();
      String name =
          store.newName(
              IndexNames.folder(task.tableId(), task.segmentId(), task.indexId(), task.columnId()));
      if (!store.objects().putIfAbsent(name, built.image()::write)) {
        throw new QuiverException(SqlState.INTERNAL_ERROR, "object \"%s\" exists already", name);
      }
      log.info(
          "index built: segment={} index={} rows={} bytes={} millis={}",
          task.segmentId(),
          task.indexId(),
          rows.value().rowCount(),
          built.sizeBytes(),
          (System.nanoTime() - started) / 1_000_000);
      return new IndexTask.Result(
          task.segmentId(), task.indexId(), name, built.sizeBytes(), List.of());
    } finally {
      rows.unpin();
    }
  }

  /// The index and its table as they are now.
  ///
  /// @throws GivenUp if they are gone
  private TableIndex definition(IndexTask task) {
    String key = MetaKeys.table(task.tableId());
    return meta.get(key)
        .map(entry -> DefinitionCodec.table(key, entry.value()))
        .flatMap(table ->
            table.indexes().stream()
                .filter(index -> index.fileId() == task.indexId())
                .findFirst()
                .map(index -> new TableIndex(table, index)))
        .orElseThrow(GivenUp::new);
  }

  /// Nobody wants the index any more, or the node stops.
  private static final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GivenUp() {
      super("index build given up", null, false, false);
    }
  }

  /// Reports progress and notices that a task is gone.
  private final class Monitor implements BuildMonitor {
    private final KeyValue entry;
    private final IndexTask task;
    private final long lease;
    private final String progressKey;
    private final AtomicLong nextLook = new AtomicLong(System.nanoTime() + REPORT_NANOS);
    private long nextReport = System.nanoTime();
    private volatile boolean gone;

    Monitor(KeyValue entry, IndexTask task, long lease) {
      this.entry = entry;
      this.task = task;
      this.lease = lease;
      this.progressKey = MetaKeys.indexProgress(task.segmentId(), task.indexId());
    }

    boolean claim() {
      return meta.commit(
              List.of(Guard.absent(progressKey), Guard.unchanged(entry)),
              List.of(new Put(progressKey, encode("initializing", 0, task.rowCount()), lease)),
              List.of())
          instanceof CommitResult.Committed;
    }

    private byte[] encode(String phase, long rowsDone, long rowsTotal) {
      return new IndexTask.Progress(
              task.segmentId(), task.tableId(), task.indexId(), phase, rowsDone, rowsTotal)
          .encode();
    }

    @Override
    public void progress(int rowsDone, int rowsTotal) {
      if (System.nanoTime() - nextReport < 0) {
        return;
      }
      nextReport = System.nanoTime() + REPORT_NANOS;
      ask(() -> {
        if (!meta.keepAlive(lease)) {
          return true;
        }
        var _ =
            meta.commit(
                List.of(),
                List.of(new Put(progressKey, encode("loading tuples", rowsDone, rowsTotal), lease)),
                List.of());
        return false;
      });
    }

    /// Asks the meta store whether the task is gone. When it does not answer, the build goes on:
    /// the result counts only if the task is still there.
    private void ask(BooleanSupplier question) {
      try {
        gone |= question.getAsBoolean();
      } catch (QuiverException e) {
        log.debug("index task not looked at", e);
      }
    }

    @Override
    public void checkCancelled() {
      long now = System.nanoTime();
      long look = nextLook.get();
      if (now - look >= 0 && nextLook.compareAndSet(look, now + REPORT_NANOS)) {
        // Phases without progress renew the lease here: nobody else must take the task meanwhile.
        ask(() -> meta.get(entry.key()).isEmpty() || !meta.keepAlive(lease));
      }
      if (gone || closed) {
        throw new GivenUp();
      }
    }
  }

  /// Gives up what is being built and stops the threads.
  @Override
  public void close() {
    closed = true;
    signal.close();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    helpers.shutdown();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
