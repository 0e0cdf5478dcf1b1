package quiver.storage.log.memory;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.ChannelNames;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// A log broker that keeps its channels in memory. Appends are done when [LogWriter#append]
/// returns; no threads are used.
public final class MemoryLogBroker implements LogBroker {
  private final Map<String, Channel> channels = new ConcurrentHashMap<>();
  private volatile boolean closed;

  @Override
  public LogWriter openWriter(String channel) {
    return new Writer(channel(channel));
  }

  @Override
  public LogReader openReader(String channel, long from) {
    Channel opened = channel(channel);
    opened.check(from);
    return new Reader(opened, from);
  }

  @Override
  public long start(String channel) {
    return channel(channel).start();
  }

  @Override
  public long end(String channel) {
    return channel(channel).end();
  }

  @Override
  public void truncate(String channel, long before) {
    channel(channel).truncate(before);
  }

  @Override
  public void close() {
    closed = true;
    channels.values().forEach(Channel::wake);
  }

  private Channel channel(String name) {
    checkOpen();
    return channels.computeIfAbsent(ChannelNames.check(name), Channel::new);
  }

  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log broker is closed");
    }
  }

  private static final class Channel {
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final List<ByteBuffer> records = new ArrayList<>();

    @GuardedBy("lock")
    private long start;

    Channel(String name) {
      this.name = name;
    }

    long append(ByteBuffer record) {
      lock.lock();
      try {
        records.add(record);
        changed.signalAll();
        return start + records.size() - 1;
      } finally {
        lock.unlock();
      }
    }

    long start() {
      lock.lock();
      try {
        return start;
      } finally {
        lock.unlock();
      }
    }

    long end() {
      lock.lock();
      try {
        return start + records.size();
      } finally {
        lock.unlock();
      }
    }

    void truncate(long before) {
      lock.lock();
      try {
        long end = start + records.size();
        if (before > end) {
          throw new QuiverException(
              SqlState.INTERNAL_ERROR,
              "cannot truncate log channel \"%s\" before %d, it ends at %d",
              name,
              before,
              end);
        }
        if (before > start) {
          records.subList(0, (int) (before - start)).clear();
          start = before;
        }
      } finally {
        lock.unlock();
      }
    }

    void check(long from) {
      lock.lock();
      try {
        if (from < start) {
          throw new QuiverException(
              SqlState.SNAPSHOT_TOO_OLD,
              "log channel \"%s\" starts at %d, position %d was truncated",
              name,
              start,
              from);
        }
        if (from > start + records.size()) {
          throw new QuiverException(
              SqlState.DATA_CORRUPTED,
              "log channel \"%s\" ends at %d, position %d lies beyond the end",
              name,
              start + records.size(),
              from);
        }
      } finally {
        lock.unlock();
      }
    }

    /// The record at `position`, if it exists.
    Optional<LogEntry> read(long position) {
      lock.lock();
      try {
        check(position);
        int index = (int) (position - start);
        return index == records.size()
            ? Optional.empty()
            : Optional.of(
                new LogEntry(
                    position, records.get(index).duplicate().order(ByteOrder.LITTLE_ENDIAN)));
      } finally {
        lock.unlock();
      }
    }

    /// Waits until there is a record at `position`, `stop` says so, or the time is over.
    ///
    /// @return the nanoseconds left
    long awaitRecord(long position, long nanos, BooleanSupplier stop) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        while (start + records.size() <= position && !stop.getAsBoolean() && left > 0) {
          left = changed.awaitNanos(left);
        }
        return left;
      } finally {
        lock.unlock();
      }
    }

    void wake() {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Writer implements LogWriter {
    private final Channel channel;
    private volatile boolean writerClosed;

    Writer(Channel channel) {
      this.channel = channel;
    }

    @Override
    public LogAppend append(ByteBuffer record) {
      checkOpen();
      if (writerClosed) {
        throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log writer is closed");
      }
      if (!record.hasRemaining() || record.remaining() > MAX_RECORD_BYTES) {
        throw new QuiverException(
            SqlState.PROGRAM_LIMIT_EXCEEDED,
            "log record of %d bytes is not within 1 and %d bytes",
            record.remaining(),
            MAX_RECORD_BYTES);
      }
      return CompletableAppend.completed(channel.append(record.slice().asReadOnlyBuffer()));
    }

    @Override
    public void close() {
      writerClosed = true;
    }
  }

  private final class Reader implements LogReader {
    private final Channel channel;
    private long position;
    private volatile boolean readerClosed;

    Reader(Channel channel, long position) {
      this.channel = channel;
      this.position = position;
    }

    @Override
    public Optional<LogEntry> poll() {
      checkOpen();
      if (readerClosed) {
        throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log reader is closed");
      }
      Optional<LogEntry> entry = channel.read(position);
      entry.ifPresent(found -> position = found.offset() + 1);
      return entry;
    }

    @Override
    public Optional<LogEntry> next(Duration timeout) {
      long nanos = TimeUnit.NANOSECONDS.convert(timeout);
      while (true) {
        Optional<LogEntry> entry = poll();
        if (entry.isPresent() || nanos <= 0) {
          return entry;
        }
        try {
          nanos = channel.awaitRecord(position, nanos, () -> closed || readerClosed);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new QuiverException(
                  SqlState.QUERY_CANCELED, "interrupted while waiting for a log record")
              .withCause(e);
        }
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void close() {
      readerClosed = true;
      channel.wake();
    }
  }
}
