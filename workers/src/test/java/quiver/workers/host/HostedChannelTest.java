package quiver.workers.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.RowBatch;
import quiver.common.column.RowMask;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.SqlType;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.log.memory.MemoryLogBroker;
import quiver.storage.object.memory.MemoryObjectStore;
import quiver.vector.kernel.VectorKernels;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelEvent;
import quiver.workers.channel.SegmentLimits;
import quiver.workers.file.SegmentStore;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.TableView;

class HostedChannelTest {
  private static final TableLayout TABLE =
      TableLayout.ofTypes(1, 1, 1, List.of(SqlType.INT8), List.of(0));

  private final FailingBroker broker = new FailingBroker();
  private final AtomicLong clock = new AtomicLong(1000);
  private final AtomicLong segmentIds = new AtomicLong();
  private final ThreadFactory threads = Thread.ofPlatform().factory();
  private int term;

  private HostedChannel open(boolean exclusive) {
    term++;
    HostedChannel channel =
        HostedChannel.open(
            new ChannelSettings(
                "main",
                "test",
                term,
                exclusive,
                SegmentLimits.DEFAULT,
                1 << 20,
                1 << 20,
                Duration.ofSeconds(20)),
            ChannelCheckpoint.EMPTY,
            new SegmentStore(new MemoryObjectStore(), VectorKernels.scalar(), 1, "t"),
            broker,
            clock::incrementAndGet,
            segmentIds::incrementAndGet,
            threads);
    var _ =
        channel.decideAndWait(owner -> Optional.of(owner.barrier(new ChannelEvent.Schema(TABLE))));
    return channel;
  }

  private CommitRequest insert(UUID transaction, long... keys) {
    return new CommitRequest(
        transaction,
        clock.incrementAndGet(),
        0,
        List.of(
            new TableWrite(
                1,
                1,
                1,
                new long[0],
                Optional.of(
                    new RowBatch(
                        keys.length,
                        List.of(new LongColumn(SqlType.INT8, keys.length, keys, Nulls.NONE)))))));
  }

  private Set<Long> read(HostedChannel channel) {
    long snapshot = clock.incrementAndGet();
    channel.awaitReadable(1, snapshot, Cancellation.NEVER);
    TableView view = channel.view(1).orElseThrow();
    try {
      Set<Long> keys = new HashSet<>();
      for (SegmentView segment : view.segments()) {
        RowMask mask = segment.visible(snapshot).mask();
        for (int row : mask.toRows()) {
          long key = ((LongColumn) segment.rows().column(0, row, 1)).values()[0];
          assertThat(keys.add(key)).isTrue();
        }
      }
      return keys;
    } finally {
      view.unpin();
    }
  }

  @Test
  void whatIsAcknowledgedIsThereAndWhatIsRefusedIsNotWhateverAppendsFail()
      throws InterruptedException {
    Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
    Set<Long> refused = ConcurrentHashMap.newKeySet();
    try (HostedChannel channel = open(true)) {
      broker.failEvery = 13;
      List<Thread> clients = new ArrayList<>();
      for (int client = 0; client < 8; client++) {
        int number = client;
        clients.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 100; i++) {
                    long key = number * 1000L + i;
                    try {
                      CommitResult result = channel.commit(insert(new UUID(number, i), key));
                      assertThat(result).isInstanceOf(CommitResult.Committed.class);
                      acknowledged.add(key);
                    } catch (QuiverException e) {
                      assertThat(e.state()).isEqualTo(SqlState.IO_ERROR);
                      refused.add(key);
                    }
                  }
                }));
      }
      for (Thread client : clients) {
        client.join();
      }
      broker.failEvery = 0;
      assertThat(acknowledged.size() + refused.size()).isEqualTo(800);
      assertThat(acknowledged).isNotEmpty();
      assertThat(refused).isNotEmpty();
      assertThat(read(channel)).isEqualTo(acknowledged);
    }
    try (HostedChannel again = open(true)) {
      assertThat(read(again)).isEqualTo(acknowledged);
    }
  }

  @Test
  void aRepeatedRequestIsAppliedOnce() {
    try (HostedChannel channel = open(true)) {
      CommitRequest request = insert(new UUID(1, 1), 5);
      CommitResult first = channel.commit(request);
      assertThat(channel.commit(request)).isEqualTo(first);
      assertThat(read(channel)).containsExactly(5L);
    }
    try (HostedChannel again = open(true)) {
      assertThat(again.commit(insert(new UUID(1, 1), 5)))
          .isInstanceOf(CommitResult.Committed.class);
      assertThat(read(again)).containsExactly(5L);
    }
  }

  @Test
  void aSharedChannelIsReadableThroughTicks() {
    try (HostedChannel channel = open(false)) {
      var _ = channel.commit(insert(new UUID(1, 1), 5));
      assertThat(read(channel)).containsExactly(5L);
      assertThat(read(channel)).containsExactly(5L);
    }
  }

  @Test
  void aNewOwnerStopsTheOldOne() {
    try (HostedChannel old = open(false);
        HostedChannel now = open(false)) {
      assertThat(now.commit(insert(new UUID(1, 1), 5))).isInstanceOf(CommitResult.Committed.class);
      assertThatThrownBy(() -> old.commit(insert(new UUID(1, 2), 6)))
          .isInstanceOf(QuiverException.class);
      assertThat(read(now)).containsExactly(5L);
      assertThat(old.halted()).isPresent();
    }
  }

  @Test
  void aDamagedRecordHaltsTheChannel() {
    try (HostedChannel channel = open(true)) {
      broker.append(ByteBuffer.wrap(new byte[100]));
      assertThat(channel.awaitChange(() -> channel.halted().isPresent(), Duration.ofSeconds(20)))
          .isTrue();
      assertThatThrownBy(() -> channel.commit(insert(new UUID(1, 1), 5)))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED));
    }
  }

  @Test
  void writersWaitAndFailWhenMemoryIsFull() {
    SplittableRandom random = new SplittableRandom(1);
    term++;
    try (HostedChannel channel =
        HostedChannel.open(
            new ChannelSettings(
                "main",
                "test",
                term,
                true,
                SegmentLimits.DEFAULT,
                100_000,
                1 << 20,
                Duration.ofMillis(200)),
            ChannelCheckpoint.EMPTY,
            new SegmentStore(new MemoryObjectStore(), VectorKernels.scalar(), 1, "t"),
            broker,
            clock::incrementAndGet,
            segmentIds::incrementAndGet,
            threads)) {
      var _ =
          channel.decideAndWait(
              owner -> Optional.of(owner.barrier(new ChannelEvent.Schema(TABLE))));
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  long[] keys = random.longs(1000).toArray();
                  var _ = channel.commit(insert(new UUID(9, i), keys));
                }
              })
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.OUT_OF_MEMORY));
    }
  }

  /// A memory broker some of whose appends fail: lost, or landed with the answer lost.
  private static final class FailingBroker implements LogBroker {
    private final MemoryLogBroker broker = new MemoryLogBroker();
    private final Map<LogWriter, Boolean> failed = new ConcurrentHashMap<>();
    private final AtomicLong appends = new AtomicLong();
    volatile long failEvery;

    void append(ByteBuffer record) {
      try (LogWriter writer = broker.openWriter("main")) {
        LogAppend _ = writer.append(record);
      }
    }

    @Override
    public LogWriter openWriter(String channel) {
      LogWriter writer = broker.openWriter(channel);
      return new LogWriter() {
        @Override
        public LogAppend append(ByteBuffer record) {
          if (failed.containsKey(writer)) {
            return CompletableAppend.failed(
                new QuiverException(SqlState.IO_ERROR, "an earlier append failed"));
          }
          long number = appends.incrementAndGet();
          if (failEvery > 0 && number % failEvery == 0) {
            failed.put(writer, true);
            if (number % 2 == 0) {
              LogAppend _ = writer.append(record);
            }
            return CompletableAppend.failed(
                new QuiverException(SqlState.STATEMENT_COMPLETION_UNKNOWN, "answer lost"));
          }
          return writer.append(record);
        }

        @Override
        public void close() {
          writer.close();
        }
      };
    }

    @Override
    public LogReader openReader(String channel, long from) {
      return broker.openReader(channel, from);
    }

    @Override
    public long start(String channel) {
      return broker.start(channel);
    }

    @Override
    public long end(String channel) {
      return broker.end(channel);
    }

    @Override
    public void truncate(String channel, long before) {
      broker.truncate(channel, before);
    }

    @Override
    public void close() {
      broker.close();
    }
  }
}
