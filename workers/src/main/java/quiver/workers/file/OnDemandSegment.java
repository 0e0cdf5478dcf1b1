package quiver.workers.file;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Unavailable;
import quiver.workers.channel.SealedSegment;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.TableLayout;
import quiver.workers.segment.UnopenedRows;

/// One segment of [OnDemandFiles]. Safe for every thread.
public final class OnDemandSegment extends UnopenedRows {
  private final OnDemandFiles files;
  private final SealedSegment file;
  private final TableLayout table;

  /// Held while the files are fetched: who wants them too waits for the same.
  private final ReentrantLock lock = new ReentrantLock();

  /// Null while they are not open. Changed under the lock.
  private volatile @Nullable LoadedSegment opened;

  private volatile boolean used;
  private boolean closed;

  OnDemandSegment(OnDemandFiles files, SealedSegment file, TableLayout table) {
    this.files = files;
    this.file = file;
    this.table = table;
  }

  @Override
  public int rowCount() {
    return file.rowCount();
  }

  @Override
  public long maxCommitTimestamp() {
    return file.maxCommitTimestamp();
  }

  long segmentId() {
    return file.segmentId();
  }

  boolean isOpen() {
    return opened != null;
  }

  /// @throws QuiverException `57P03` if the files are gone: this node is too far behind, others are
  ///   not
  @Override
  public LoadedSegment open() {
    used = true;
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the segment was given up");
      }
      LoadedSegment now = opened;
      if (now == null) {
        now = files.store().open(file, table);
        opened = now;
      }
      now.pin();
      return now;
    } catch (QuiverException e) {
      if (e.state() == SqlState.UNDEFINED_FILE) {
        files.reportMissing();
        throw Unavailable.because("%s", e.message());
      }
      throw e;
    } finally {
      lock.unlock();
    }
  }

  /// As a replica holds it: the files are closed when the replica and its readers let go.
  LoadedSegment held() {
    return LoadedSegment.of(new Pinned<>(this, this::close));
  }

  /// The same segment with other index files, as a replica holds it. If it is open and to stay so,
  /// the new one is too, with the rows of this one.
  public LoadedSegment withIndexes(SealedSegment newFile, TableLayout newTable) {
    OnDemandSegment next = new OnDemandSegment(files, newFile, newTable);
    if (files.isKept(segmentId())) {
      lock.lock();
      try {
        LoadedSegment now = opened;
        if (now != null) {
          next.opened = files.store().withIndexes(now, file.indexes(), newFile, newTable);
        }
      } finally {
        lock.unlock();
      }
    }
    files.add(next);
    return next.held();
  }

  /// Closes the files unless somebody has asked for them since the last call.
  void closeIfIdle() {
    if (used) {
      used = false;
      return;
    }
    // Whoever holds the lock is about to use them.
    if (lock.tryLock()) {
      try {
        closeFiles();
      } finally {
        lock.unlock();
      }
    }
  }

  private void closeFiles() {
    LoadedSegment now = opened;
    if (now != null) {
      opened = null;
      now.unpin();
    }
  }

  private void close() {
    lock.lock();
    try {
      closed = true;
      closeFiles();
    } finally {
      lock.unlock();
    }
    files.remove(this);
  }
}
