package quiver.storage.log.local;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.DiskFile;
import quiver.storage.file.FrameFile;
import quiver.storage.file.FrameReader;
import quiver.storage.file.FrameReader.Item;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;
import quiver.storage.log.LogReader;

/// Reads a channel: from memory near its end, from its files before. Each reader has its own file
/// handle, so that an interrupt of its thread harms no other.
final class LocalLogReader implements LogReader {
  private final LocalChannel channel;
  private final ReentrantLock reading = new ReentrantLock();
  private long position;
  private @Nullable OpenFile open;
  private volatile boolean closed;

  private record OpenFile(long base, DiskFile file, FrameReader frames) {}

  LocalLogReader(LocalChannel channel, long position) {
    this.channel = channel;
    this.position = position;
  }

  @Override
  public Optional<LogEntry> poll() {
    reading.lock();
    try {
      return read();
    } finally {
      reading.unlock();
      closeFileIfClosed();
    }
  }

  private Optional<LogEntry> read() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log reader is closed");
    }
    Optional<LogEntry> entry = channel.recent(position);
    if (entry.isPresent()) {
      closeFile();
    } else {
      Optional<LocalChannel.Place> place = channel.place(position);
      if (place.isEmpty()) {
        return Optional.empty();
      }
      entry = Optional.of(read(place.get()));
    }
    position++;
    return entry;
  }

  private LogEntry read(LocalChannel.Place place) {
    try {
      OpenFile file = openAt(place);
      long limit = place.isLast() ? place.limit() : file.file().sizeBytes();
      while (file.frames().nextOffset() < position) {
        Optional<Item.Damage> damage = file.frames().skip(limit);
        if (damage.isPresent()) {
          throw FrameFile.damaged(
              file.file().path(), damage.get().position(), damage.get().reason());
        }
      }
      return switch (file.frames().next(limit)) {
        case Item.Frame(long offset, _, var payload) ->
            new LogEntry(offset, payload.asReadOnlyBuffer().order(payload.order()));
        case Item.End _ ->
            throw FrameFile.damaged(
                file.file().path(), limit, "file ends before record " + position);
        case Item.Damage(long at, String reason) ->
            throw FrameFile.damaged(file.file().path(), at, reason);
      };
    } catch (QuiverException e) {
      closeFile();
      // The file may have been truncated away meanwhile; then this says so.
      channel.checkPosition(position);
      throw e;
    }
  }

  private OpenFile openAt(LocalChannel.Place place) {
    OpenFile file = open;
    if (file != null && file.base() == place.base() && file.frames().nextOffset() <= position) {
      return file;
    }
    closeFile();
    DiskFile opened = channel.disk().openForReading(place.file());
    OpenFile fresh =
        new OpenFile(
            place.base(),
            opened,
            new FrameReader(opened, place.base(), LogBroker.MAX_RECORD_BYTES));
    open = fresh;
    FrameFile.checkFileHeader(opened, FrameFile.Kind.CHANNEL_LOG, channel.name(), place.base());
    return fresh;
  }

  private void closeFile() {
    OpenFile file = open;
    if (file != null) {
      open = null;
      file.file().close();
    }
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
        nanos = channel.awaitRecord(position, nanos, () -> closed);
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
    closed = true;
    channel.wake();
    closeFileIfClosed();
  }

  /// Closes the file unless a call of the reading thread is under way: then that call does it.
  private void closeFileIfClosed() {
    if (closed && reading.tryLock()) {
      try {
        closeFile();
      } finally {
        reading.unlock();
      }
    }
  }
}
