package quiver.storage.log.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.Disk;
import quiver.storage.file.DiskFile;
import quiver.storage.file.FrameFile;
import quiver.storage.file.FrameReader;
import quiver.storage.file.FrameReader.Item;
import quiver.storage.log.CompletableAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogEntry;

/// One channel: files named by the offset of their first record, of which the last is written.
///
/// Appenders put records into a queue; [#commitBatch] takes what has gathered, writes it, forces it
/// once, and only then shows it to readers and completes the appends. It runs on one thread at a
/// time, the only one that touches the writing side.
final class LocalChannel {
  /// Bytes that may wait to be written; appenders block above it.
  static final long PENDING_BYTES_MAX = 64L << 20;

  /// Bytes that share one force. Larger batches would only delay the first of them.
  private static final long BATCH_BYTES_MAX = 16L << 20;

  private static final int STAGING_BYTES = 1 << 20;
  private static final String SUFFIX = ".qlog";
  private static final Logger log = LoggerFactory.getLogger(LocalChannel.class);

  private record Pending(Writer writer, ByteBuffer record, int crc, CompletableAppend append) {}

  /// The failure state of one writer, kept here because a batch of several writers fails together.
  static final class Writer {
    // Guarded by the channel's lock.
    private @Nullable QuiverException failure;
  }

  /// Where a reader finds the bytes of a record.
  ///
  /// @param base first offset of the file
  /// @param limit file position behind the last durable byte
  record Place(long base, Path file, long limit, boolean isLast) {}

  private final Disk disk;
  private final Path directory;
  private final String name;
  private final LocalLogOptions options;
  private final Executor committer;

  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock truncating = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition drained = lock.newCondition();

  /// Files by their first offset.
  @GuardedBy("lock")
  private final NavigableMap<Long, Path> files = new TreeMap<>();

  @GuardedBy("lock")
  private final Deque<Pending> pending = new ArrayDeque<>();

  @GuardedBy("lock")
  private long pendingBytes;

  @GuardedBy("lock")
  private boolean isScheduled;

  @GuardedBy("lock")
  private final RecentRecords recent;

  /// One past the last durable record.
  @GuardedBy("lock")
  private long end;

  /// Size of the durable part of the last file.
  @GuardedBy("lock")
  private long durableBytes;

  @GuardedBy("lock")
  private @Nullable QuiverException halted;

  @GuardedBy("lock")
  private boolean closed;

  // The writing side: only for the thread in commitBatch, and for the opener before.
  private DiskFile current;
  private ByteBuffer staging = ByteBuffer.allocate(0);

  /// Opens or creates a channel: cuts off a tail that was never acknowledged and makes the rest
  /// durable before anyone sees it.
  LocalChannel(
      Disk disk, Path directory, String name, LocalLogOptions options, Executor committer) {
    this.disk = disk;
    this.directory = directory;
    this.name = name;
    this.options = options;
    this.committer = committer;
    disk.createDirectories(directory);
    NavigableMap<Long, Path> found = findFiles();
    long nextOffset = 0;
    long sizeBytes = 0;
    DiskFile last = null;
    if (!found.isEmpty()) {
      long base = found.lastKey();
      nextOffset = base;
      last = openLast(found.lastEntry().getValue(), base);
      if (last == null) {
        found.remove(base);
      }
    }
    if (last == null) {
      last = createFile(nextOffset);
      sizeBytes = FrameFile.FILE_HEADER_BYTES;
      found.put(nextOffset, last.path());
    } else {
      try {
        FrameReader reader = recover(last, nextOffset);
        nextOffset = reader.nextOffset();
        sizeBytes = reader.position();
        disk.syncDirectory(directory);
      } catch (QuiverException e) {
        last.close();
        throw e;
      }
    }
    current = last;
    files.putAll(found);
    end = nextOffset;
    durableBytes = sizeBytes;
    recent = new RecentRecords(options.recentBytesMax(), nextOffset);
  }

  private NavigableMap<Long, Path> findFiles() {
    NavigableMap<Long, Path> found = new TreeMap<>();
    for (String file : disk.list(directory)) {
      if (file.endsWith(SUFFIX)) {
        try {
          found.put(
              Long.parseUnsignedLong(file.substring(0, file.length() - SUFFIX.length())),
              directory.resolve(file));
        } catch (NumberFormatException e) {
          throw new QuiverException(
                  SqlState.DATA_CORRUPTED,
                  "file \"%s\" does not belong to a log channel",
                  directory.resolve(file))
              .withCause(e);
        }
      }
    }
    return found;
  }

  private Path path(long base) {
    return directory.resolve(String.format(Locale.ROOT, "%020d", base) + SUFFIX);
  }

  /// Opens the last file; a file without a whole header never held a record and is deleted.
  private @Nullable DiskFile openLast(Path path, long base) {
    DiskFile file = disk.open(path);
    try {
      if (file.sizeBytes() <= FrameFile.FILE_HEADER_BYTES && !hasHeader(file, base)) {
        log.warn("unfinished log file removed: file={}", path);
        file.close();
        disk.delete(path);
        return null;
      }
      FrameFile.checkFileHeader(file, FrameFile.Kind.CHANNEL_LOG, name, base);
      return file;
    } catch (QuiverException e) {
      file.close();
      throw e;
    }
  }

  private boolean hasHeader(DiskFile file, long base) {
    try {
      FrameFile.checkFileHeader(file, FrameFile.Kind.CHANNEL_LOG, name, base);
      return true;
    } catch (QuiverException e) {
      if (e.state() == SqlState.DATA_CORRUPTED) {
        return false;
      }
      throw e;
    }
  }

  private static FrameReader recover(DiskFile file, long base) {
    FrameReader reader = new FrameReader(file, base, LogBroker.MAX_RECORD_BYTES);
    long sizeBytes = file.sizeBytes();
    while (true) {
      switch (reader.next(sizeBytes)) {
        case Item.Frame _ -> {}
        case Item.End _ -> {
          // What was written before a crash may not have been forced.
          file.force();
          return reader;
        }
        case Item.Damage damage -> {
          if (reader.wasDurable(damage, sizeBytes)) {
            throw FrameFile.damaged(file.path(), damage.position(), damage.reason());
          }
          log.warn(
              "unfinished end of log cut off: file={} position={} bytes={} reason={}",
              file.path(),
              damage.position(),
              sizeBytes - damage.position(),
              damage.reason());
          file.truncate(damage.position());
          file.force();
          return reader;
        }
      }
    }
  }

  private DiskFile createFile(long base) {
    Path path = path(base);
    // Left over from an attempt that failed half way; it never held a durable record.
    disk.delete(path);
    DiskFile file = disk.create(path);
    try {
      file.write(FrameFile.fileHeader(FrameFile.Kind.CHANNEL_LOG, name, base), 0);
      file.force();
      disk.syncDirectory(directory);
    } catch (QuiverException e) {
      file.close();
      throw e;
    }
    return file;
  }

  String name() {
    return name;
  }

  Disk disk() {
    return disk;
  }

  long start() {
    lock.lock();
    try {
      return files.firstKey();
    } finally {
      lock.unlock();
    }
  }

  long end() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  CompletableAppend append(Writer writer, ByteBuffer record) {
    int length = record.remaining();
    if (length == 0 || length > LogBroker.MAX_RECORD_BYTES) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "log record of %d bytes is not within 1 and %d bytes",
          length,
          LogBroker.MAX_RECORD_BYTES);
    }
    ByteBuffer slice = record.slice();
    int crc = FrameFile.crc(slice);
    CompletableAppend append = new CompletableAppend();
    boolean schedule;
    lock.lock();
    try {
      while (pendingBytes > PENDING_BYTES_MAX && halted == null && !closed) {
        drained.awaitUninterruptibly();
      }
      checkOpen();
      QuiverException failure = halted != null ? halted : writer.failure;
      if (failure != null) {
        return CompletableAppend.failed(failure);
      }
      pending.addLast(new Pending(writer, slice, crc, append));
      pendingBytes += length;
      schedule = !isScheduled;
      isScheduled = true;
    } finally {
      lock.unlock();
    }
    if (schedule) {
      committer.execute(this::commitBatch);
    }
    return append;
  }

  private void commitBatch() {
    List<Pending> batch = new ArrayList<>();
    List<Pending> refused = new ArrayList<>();
    long offset;
    long position;
    lock.lock();
    try {
      long bytes = 0;
      while (!pending.isEmpty() && bytes < BATCH_BYTES_MAX) {
        Pending next = pending.removeFirst();
        pendingBytes -= next.record().remaining();
        if (next.writer().failure != null) {
          refused.add(next);
          continue;
        }
        batch.add(next);
        bytes += next.record().remaining();
      }
      offset = end;
      position = durableBytes;
      drained.signalAll();
    } finally {
      lock.unlock();
    }
    refused.forEach(each -> each.append().fail(failureOf(each.writer())));
    if (!batch.isEmpty()) {
      write(batch, offset, position);
    }
    boolean again;
    lock.lock();
    try {
      again = !pending.isEmpty();
      isScheduled = again;
      drained.signalAll();
    } finally {
      lock.unlock();
    }
    if (again) {
      committer.execute(this::commitBatch);
    }
  }

  private void write(List<Pending> batch, long offset, long position) {
    long from = position;
    try {
      if (position >= options.fileBytesMax() && offset > lastBase()) {
        DiskFile next = createFile(offset);
        current.close();
        current = next;
        from = FrameFile.FILE_HEADER_BYTES;
        lock.lock();
        try {
          files.put(offset, next.path());
          durableBytes = from;
          // A reader at the tail has to look at the new file.
          changed.signalAll();
        } finally {
          lock.unlock();
        }
      }
    } catch (QuiverException e) {
      fail(batch, e);
      return;
    }
    long to;
    try {
      to = writeFrames(batch, offset, from);
    } catch (QuiverException e) {
      takeBack(batch, from, e);
      return;
    }
    try {
      current.force();
    } catch (QuiverException e) {
      halt(batch, from, e);
      return;
    }
    lock.lock();
    try {
      end = offset + batch.size();
      durableBytes = to;
      for (Pending each : batch) {
        recent.add(each.record());
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    long each = offset;
    for (Pending done : batch) {
      done.append().complete(each++);
    }
  }

  private QuiverException failureOf(Writer writer) {
    lock.lock();
    try {
      return Objects.requireNonNull(writer.failure);
    } finally {
      lock.unlock();
    }
  }

  private long lastBase() {
    lock.lock();
    try {
      return files.lastKey();
    } finally {
      lock.unlock();
    }
  }

  /// Writes the frames through one staging buffer.
  ///
  /// @return file position behind them
  private long writeFrames(List<Pending> batch, long offset, long from) {
    long position = from;
    long frameOffset = offset;
    if (staging.capacity() == 0) {
      staging = ByteBuffer.allocateDirect(STAGING_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
    staging.clear();
    for (Pending each : batch) {
      if (staging.remaining() < FrameFile.FRAME_HEADER_BYTES) {
        position = flush(position);
      }
      ByteBuffer record = each.record().duplicate();
      int length = record.remaining();
      FrameFile.putFrameHeader(staging, frameOffset++, offset, length, each.crc());
      while (record.hasRemaining()) {
        if (!staging.hasRemaining()) {
          position = flush(position);
        }
        int count = Math.min(staging.remaining(), record.remaining());
        int at = record.position();
        staging.put(record.slice(at, count));
        record.position(at + count);
      }
      for (int i = FrameFile.padding(length); i > 0; i--) {
        if (!staging.hasRemaining()) {
          position = flush(position);
        }
        staging.put((byte) 0);
      }
    }
    return flush(position);
  }

  private long flush(long position) {
    staging.flip();
    long to = position + staging.remaining();
    current.write(staging, position);
    staging.clear();
    return to;
  }

  /// A write failed: cuts off what was written of the batch. If that works, none of it can ever be
  /// read and the channel goes on once there is room again; if not, the channel stops.
  private void takeBack(List<Pending> batch, long from, QuiverException failure) {
    try {
      current.truncate(from);
      current.force();
    } catch (QuiverException e) {
      failure.addSuppressed(e);
      halt(batch, from, failure);
      return;
    }
    log.warn("log append failed: channel={} reason={}", name, failure.message());
    fail(batch, failure);
  }

  private void fail(List<Pending> batch, QuiverException failure) {
    lock.lock();
    try {
      for (Pending each : batch) {
        each.writer().failure = failure;
      }
    } finally {
      lock.unlock();
    }
    for (Pending each : batch) {
      each.append().fail(failure);
    }
  }

  /// Nobody knows what of the batch is durable: nothing may be appended behind it any more.
  private void halt(List<Pending> batch, long from, QuiverException failure) {
    log.error(
        "log channel halted, the server must be restarted: channel={} reason={}",
        name,
        failure.message());
    try {
      // The failed pages may look written when the file is read again; better they are gone.
      current.truncate(from);
    } catch (QuiverException e) {
      failure.addSuppressed(e);
    }
    QuiverException unknown =
        new QuiverException(
                SqlState.STATEMENT_COMPLETION_UNKNOWN,
                "log append failed and its outcome is unknown: %s",
                failure.message())
            .withCause(failure);
    QuiverException stopped =
        new QuiverException(
                failure.state(), "log channel \"%s\" is halted: %s", name, failure.message())
            .withCause(failure)
            .withHint("Check the disk and restart the server.");
    List<Pending> waiting;
    lock.lock();
    try {
      halted = stopped;
      waiting = List.copyOf(pending);
      pending.clear();
      pendingBytes = 0;
      for (Pending each : batch) {
        each.writer().failure = unknown;
      }
    } finally {
      lock.unlock();
    }
    batch.forEach(each -> each.append().fail(unknown));
    waiting.forEach(each -> each.append().fail(stopped));
  }

  /// Refuses a channel that is halted.
  void checkWritable() {
    lock.lock();
    try {
      checkOpen();
      if (halted != null) {
        throw QuiverException.ofMessage(halted.state(), halted.message()).withCause(halted);
      }
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log broker is closed");
    }
  }

  void checkPosition(long from) {
    lock.lock();
    try {
      checkOpen();
      if (from < files.firstKey()) {
        throw new QuiverException(
            SqlState.SNAPSHOT_TOO_OLD,
            "log channel \"%s\" starts at %d, position %d was truncated",
            name,
            files.firstKey(),
            from);
      }
      if (from > end) {
        throw new QuiverException(
            SqlState.DATA_CORRUPTED,
            "log channel \"%s\" ends at %d, position %d lies beyond the end",
            name,
            end,
            from);
      }
    } finally {
      lock.unlock();
    }
  }

  /// The record at `position` if it is in memory.
  Optional<LogEntry> recent(long position) {
    lock.lock();
    try {
      checkPosition(position);
      return recent
          .get(position)
          .map(record ->
              new LogEntry(position, record.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN)));
    } finally {
      lock.unlock();
    }
  }

  /// Where the record at `position` is stored, if there is one.
  Optional<Place> place(long position) {
    lock.lock();
    try {
      checkPosition(position);
      if (position == end) {
        return Optional.empty();
      }
      var file = files.floorEntry(position);
      boolean isLast = files.lastKey().equals(file.getKey());
      return Optional.of(
          new Place(
              file.getKey(), file.getValue(), isLast ? durableBytes : Long.MAX_VALUE, isLast));
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
      while (end <= position && !stop.getAsBoolean() && !closed && left > 0) {
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

  /// Deletes the files all of whose records lie below `before`, oldest first. Each deletion is made
  /// durable before the next, so that a crash never leaves a hole.
  void truncate(long before) {
    truncating.lock();
    try {
      truncateFiles(before);
    } finally {
      truncating.unlock();
    }
  }

  private void truncateFiles(long before) {
    boolean isSynced = false;
    while (true) {
      Path oldest;
      lock.lock();
      try {
        checkOpen();
        if (before > end) {
          throw new QuiverException(
              SqlState.INTERNAL_ERROR,
              "cannot truncate log channel \"%s\" before %d, it ends at %d",
              name,
              before,
              end);
        }
        Long second = files.higherKey(files.firstKey());
        if (second == null || second > before) {
          return;
        }
        oldest = files.pollFirstEntry().getValue();
        recent.truncate(second);
      } finally {
        lock.unlock();
      }
      if (!isSynced) {
        // An earlier truncation may have been interrupted between the two.
        disk.syncDirectory(directory);
        isSynced = true;
      }
      disk.delete(oldest);
      disk.syncDirectory(directory);
    }
  }

  /// Takes no more appends, finishes those under way, and closes the file.
  void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
      drained.signalAll();
      while (isScheduled) {
        drained.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
    current.close();
  }
}
