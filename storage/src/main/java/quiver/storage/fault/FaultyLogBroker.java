package quiver.storage.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// A log broker whose appends are refused, get lost, land although their answer got lost, or land
/// much later, behind the records of the next owner. As a real broker's do, a writer fails for good
/// with its first failure.
public final class FaultyLogBroker implements LogBroker {
  private final LogBroker broker;
  private final Faults faults;
  private final Object lock = new Object();

  /// Records that were given up by their writers and are still on their way.
  @GuardedBy("lock")
  private final Map<String, Deque<ByteBuffer>> underWay = new HashMap<>();

  /// @param broker does the work; closed with this one
  public FaultyLogBroker(LogBroker broker, Faults faults) {
    this.broker = broker;
    this.faults = faults;
  }

  @Override
  public LogWriter openWriter(String channel) {
    return new Writer(channel, broker.openWriter(channel));
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

  /// Lets everything that is still on its way land.
  public void landAll() {
    Map<String, Deque<ByteBuffer>> landing;
    synchronized (lock) {
      landing = new HashMap<>(underWay);
      underWay.clear();
    }
    landing.forEach((channel, records) -> {
      try (LogWriter writer = broker.openWriter(channel)) {
        for (ByteBuffer record : records) {
          var _ = writer.append(record).await(Duration.ofMinutes(1));
        }
      }
    });
  }

  private void landOne(String channel) {
    ByteBuffer record;
    synchronized (lock) {
      Deque<ByteBuffer> records = underWay.get(channel);
      record = records == null ? null : records.poll();
    }
    if (record != null) {
      try (LogWriter writer = broker.openWriter(channel)) {
        var _ = writer.append(record);
      }
    }
  }

  private final class Writer implements LogWriter {
    private final String channel;
    private final LogWriter writer;

    @GuardedBy("this")
    private @Nullable QuiverException failure;

    Writer(String channel, LogWriter writer) {
      this.channel = channel;
      this.writer = writer;
    }

    @Override
    public synchronized LogAppend append(ByteBuffer record) {
      QuiverException before = failure;
      if (before != null) {
        return CompletableAppend.failed(before);
      }
      LogAppend append = faults.happens() ? fail(record) : writer.append(record);
      if (faults.happens()) {
        landOne(channel);
      }
      return append;
    }

    @GuardedBy("this")
    private LogAppend fail(ByteBuffer record) {
      QuiverException unknown =
          new QuiverException(
              SqlState.STATEMENT_COMPLETION_UNKNOWN,
              "outcome of a log append is unknown: injected fault");
      QuiverException thrown =
          switch (faults.choose(4)) {
            case 0 -> new QuiverException(SqlState.IO_ERROR, "log append refused: injected fault");
            case 1 -> {
              var _ = writer.append(record);
              yield unknown;
            }
            case 2 -> {
              synchronized (lock) {
                underWay.computeIfAbsent(channel, _ -> new ArrayDeque<>()).add(record.duplicate());
              }
              yield unknown;
            }
            default -> unknown;
          };
      failure = thrown;
      return CompletableAppend.failed(thrown);
    }

    @Override
    public void close() {
      writer.close();
    }
  }
}
