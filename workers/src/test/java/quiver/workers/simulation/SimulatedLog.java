package quiver.workers.simulation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// One channel whose appends become durable when the simulation says so: some fail and are lost,
/// some fail and land all the same, some land long after their writer died.
final class SimulatedLog implements LogBroker {
  private final RandomGenerator random;
  private final double faultRate;
  private final List<ByteBuffer> durable = new ArrayList<>();
  private final List<OnTheWay> onTheWay = new ArrayList<>();
  private long start;

  private record OnTheWay(Writer writer, ByteBuffer record, CompletableAppend append) {}

  SimulatedLog(RandomGenerator random, double faultRate) {
    this.random = random;
    this.faultRate = faultRate;
  }

  /// Makes the oldest records on their way durable.
  void deliver(int count) {
    for (int i = 0; i < count && !onTheWay.isEmpty(); i++) {
      OnTheWay next = onTheWay.removeFirst();
      durable.add(next.record);
      next.append.complete(durable.size() - 1);
    }
  }

  boolean isQuiet() {
    return onTheWay.isEmpty();
  }

  /// The writer's process dies: of what it has sent, any first part still arrives.
  void abandon(LogWriter writer) {
    boolean lost = false;
    Iterator<OnTheWay> each = onTheWay.iterator();
    while (each.hasNext()) {
      OnTheWay record = each.next();
      if (record.writer == writer) {
        lost |= random.nextInt(3) == 0;
        if (lost) {
          each.remove();
        }
      }
    }
  }

  @Override
  public LogWriter openWriter(String channel) {
    return new Writer();
  }

  private final class Writer implements LogWriter {
    private boolean failed;

    @Override
    public LogAppend append(ByteBuffer record) {
      if (failed) {
        return CompletableAppend.failed(
            new QuiverException(SqlState.IO_ERROR, "an earlier append failed"));
      }
      CompletableAppend append = new CompletableAppend();
      if (random.nextDouble() < faultRate) {
        failed = true;
        switch (random.nextInt(3)) {
          case 0 ->
              append.fail(new QuiverException(SqlState.DISK_FULL, "rejected: nothing written"));
          case 1 ->
              append.fail(
                  new QuiverException(SqlState.STATEMENT_COMPLETION_UNKNOWN, "lost on the way"));
          default -> {
            onTheWay.add(new OnTheWay(this, record, new CompletableAppend()));
            append.fail(new QuiverException(SqlState.STATEMENT_COMPLETION_UNKNOWN, "lost answer"));
          }
        }
      } else {
        onTheWay.add(new OnTheWay(this, record, append));
      }
      return append;
    }

    @Override
    public void close() {}
  }

  @Override
  public LogReader openReader(String channel, long from) {
    if (from < start) {
      throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "log starts at %d, not %d", start, from);
    }
    return new Reader(from);
  }

  private final class Reader implements LogReader {
    private long position;

    Reader(long position) {
      this.position = position;
    }

    @Override
    public Optional<LogEntry> poll() {
      if (position < start) {
        throw new QuiverException(SqlState.SNAPSHOT_TOO_OLD, "truncated away: %d", position);
      }
      if (position >= durable.size()) {
        return Optional.empty();
      }
      ByteBuffer record = durable.get((int) position).duplicate().order(ByteOrder.LITTLE_ENDIAN);
      return Optional.of(new LogEntry(position++, record));
    }

    @Override
    public Optional<LogEntry> next(Duration timeout) {
      return poll();
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void close() {}
  }

  @Override
  public long start(String channel) {
    return start;
  }

  @Override
  public long end(String channel) {
    return durable.size();
  }

  @Override
  public void truncate(String channel, long before) {
    start = Math.max(start, before);
  }

  @Override
  public void close() {}
}
