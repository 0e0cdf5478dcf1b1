package quiver.workers.querynode;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogImage;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.library.StatementFunctions;
import quiver.execution.operator.FragmentExecutor;
import quiver.execution.runtime.Bindings;
import quiver.execution.runtime.CpuPool;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.ExecutionSettings;
import quiver.execution.runtime.GatherSource;
import quiver.execution.runtime.LeafTable;
import quiver.execution.runtime.QueryMemory;
import quiver.execution.runtime.SearchSettings;
import quiver.execution.runtime.StatisticsCollector;
import quiver.execution.source.SystemRelations;
import quiver.execution.source.TableReader;
import quiver.execution.source.TableSnapshot;
import quiver.rpc.QueryNodeService;
import quiver.workers.channel.TableReading;
import quiver.workers.host.ReadableChannels;
import quiver.workers.scalar.IndexedTable;
import quiver.workers.scalar.SegmentIndexes;
import quiver.workers.segment.Keys;
import quiver.workers.segment.OpenedSegments;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

/// A query node: reads the replica of a channel that its process hosts, and shares with the data
/// node, or follows. Every fragment pins one view of its table and reads it at one snapshot.
public final class QueryNode implements QueryNodeService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueryNode.class);

  private static final long[] NO_ADDRESSES = new long[0];

  private final String node;
  private final ReadableChannels channels;
  private final FragmentExecutor executor;
  private final SegmentIndexes indexes;
  private final QueryNodeSettings settings;
  private final Supplier<CatalogImage> catalog;
  private final InstantSource clock;
  private final Supplier<RandomGenerator> random;
  private final ThreadPoolExecutor pool;
  private final CpuPool cpu;

  /// @param node for people to read
  /// @param catalog the newest catalog, for the few functions that read it
  /// @param random a generator for each fragment
  public QueryNode(
      String node,
      ReadableChannels channels,
      FragmentExecutor executor,
      QueryNodeSettings settings,
      Supplier<CatalogImage> catalog,
      InstantSource clock,
      Supplier<RandomGenerator> random,
      ThreadFactory threads) {
    this.node = node;
    this.channels = channels;
    this.executor = executor;
    this.indexes = new SegmentIndexes(executor.expressions());
    this.settings = settings;
    this.catalog = catalog;
    this.clock = clock;
    this.random = random;
    AtomicInteger number = new AtomicInteger();
    this.pool =
        new ThreadPoolExecutor(
            settings.threadCount(),
            settings.threadCount(),
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(settings.queueLength()),
            task -> {
              Thread thread = threads.newThread(task);
              thread.setName("quiver-query-" + number.incrementAndGet());
              return thread;
            });
    this.cpu = new CpuPool(pool, settings.threadCount());
  }

  @Override
  public RowStream execute(FragmentRequest request) {
    Optional<LeafTable> leaf = LeafTable.of(request.fragment());
    leaf.ifPresent(table -> awaitReadable(table.tableId(), request));
    boolean isPast = leaf.flatMap(LeafTable::asOf).isPresent();
    List<TableSnapshot> opened = Collections.synchronizedList(new ArrayList<>());
    TableReader tables =
        (tableId, tableVersion) -> {
          awaitReadable(tableId, request);
          TableReading reading =
              read(tableId, tableVersion, request.excluded().getOrDefault(tableId, NO_ADDRESSES));
          if (isPast) {
            requireKnown(reading.view(), request.snapshot());
          }
          TableSnapshot snapshot =
              new TableAtSnapshot(
                  reading,
                  Optional.ofNullable(request.definitions().get(tableId)).map(TableLayout::of),
                  request.snapshot(),
                  request.share(),
                  new NodeIndexes(tableId, catalog, indexes, pool));
          opened.add(snapshot);
          return snapshot;
        };
    Optional<StatisticsCollector> statistics =
        request.analyze() ? Optional.of(new StatisticsCollector()) : Optional.empty();
    NodeSession session =
        new NodeSession(
            request.session(),
            catalog,
            random.get(),
            clock,
            settings.productVersion(),
            request.cancellation());
    ExecutionContext context =
        new ExecutionContext(
            Bindings.of(request.parameters(), request.outer()),
            StatementFunctions.of(session),
            executionSettings(request),
            new QueryMemory(settings.queryMemoryBytes()),
            request.cancellation()::check,
            cpu,
            tables,
            GatherSource.none(),
            SystemRelations.none(),
            statistics);
    return new FragmentStream(
        pool,
        () -> executor.execute(request.fragment(), context),
        () ->
            statistics
                .map(collector ->
                    FragmentReport.lines(node, collector.inPreOrder(request.fragment())))
                .orElse(List.of()),
        () -> opened.forEach(TableSnapshot::close));
  }

  /// Gives the view's pin back when it refuses.
  private static void requireKnown(TableView view, long snapshot) {
    if (snapshot < view.begun()) {
      view.unpin();
      throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "snapshot too old")
          .withDetail("The table has been made, emptied or rewritten since.");
    }
  }

  @Override
  public List<Progress> progress() {
    return channels.progress();
  }

  private void awaitReadable(long tableId, FragmentRequest request) {
    channels.of(tableId).awaitReadable(tableId, request.snapshot(), request.cancellation());
  }

  private ExecutionSettings executionSettings(FragmentRequest request) {
    return new ExecutionSettings(
        SearchSettings.of(request.session().settings()),
        ExecutionSettings.WORK_MEMORY_BYTES_DEFAULT,
        settings.spillDirectory());
  }

  private static TableLayout layout(KeyRequest request, TableView view) {
    return request.definition().map(TableLayout::of).orElse(view.layout());
  }

  /// @throws QuiverException `40001` if the table has changed since the plan was made
  private TableReading read(long tableId, int tableVersion, long[] excluded) {
    TableReading reading =
        channels
            .of(tableId)
            .read(tableId, excluded)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE, "relation %d does not exist", tableId));
    if (tableVersion < reading.view().layout().version()) {
      reading.view().unpin();
      throw new QuiverException(
          SqlState.SERIALIZATION_FAILURE,
          "could not serialize access due to concurrent change of the table");
    }
    return reading;
  }

  @Override
  public KeyMatches lookupKeys(KeyRequest request) {
    channels
        .of(request.tableId())
        .awaitReadable(request.tableId(), request.snapshot(), quiver.rpc.Cancellation.NEVER);
    TableReading reading = read(request.tableId(), request.tableVersion(), request.excluded());
    TableView view = reading.view();
    try (OpenedSegments opened =
        OpenedSegments.of(
            SharedSegments.of(view, request.share(), request.snapshot()),
            view.layout().columns())) {
      List<SegmentView> segments = opened.segments();
      long[] found =
          request.uniqueIndex().isPresent()
              ? findUnique(segments, request, reading.addresses())
              : findPrimary(view.layout(), segments, request, reading.addresses());
      return new KeyMatches(
          found,
          request.withRows()
              ? Optional.of(FoundRows.read(segments, layout(request, view), found))
              : Optional.empty());
    } finally {
      view.unpin();
    }
  }

  private static long[] findPrimary(
      TableLayout table, List<SegmentView> segments, KeyRequest request, long[] excluded) {
    Keys wanted = Keys.of(table.keyOrdinals(), request.keys());
    long[] found = new long[request.keys().rowCount()];
    for (int i = 0; i < found.length; i++) {
      long address = TableAtSnapshot.find(segments, wanted, i, request.snapshot());
      found[i] = address < 0 || Arrays.binarySearch(excluded, address) >= 0 ? ABSENT : address;
    }
    return found;
  }

  private long[] findUnique(List<SegmentView> segments, KeyRequest request, long[] excluded) {
    IndexedTable index =
        request
            .definition()
            .or(() -> catalog.get().table(request.tableId()))
            .flatMap(table -> indexes.prepare(table, request.uniqueIndex().orElseThrow()))
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.SERIALIZATION_FAILURE,
                    "could not serialize access due to concurrent change of the table"));
    return new UniqueLookup(indexes, index, segments, request.snapshot(), excluded)
        .find(request.keys());
  }

  /// Stops the threads; running fragments end first.
  @Override
  public void close() {
    pool.shutdown();
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
          log.warn("fragments are still running at shutdown: count={}", pool.getActiveCount());
        }
      } catch (InterruptedException e) {
        interrupted = true;
        pool.shutdownNow();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
