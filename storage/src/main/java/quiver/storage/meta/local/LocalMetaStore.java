package quiver.storage.meta.local;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.storage.file.DirectoryLock;
import quiver.storage.file.Disk;
import quiver.storage.meta.JournaledMetaStore;
import quiver.storage.meta.MetaJournal;
import quiver.storage.meta.MetaState;

/// The meta store of one machine: everything in memory, every commit forced to one file before it
/// is seen. One process may have a directory open; leases of an earlier process have ended.
///
/// A full disk fails the commit of that moment and nothing else. A failed force halts the store:
/// reading goes on, commits fail, until the server is restarted.
public final class LocalMetaStore extends JournaledMetaStore {
  private final Journal journal;
  private final List<ExecutorService> executors;
  private final DirectoryLock directoryLock;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LocalMetaStore(
      MetaState state,
      Journal journal,
      InstantSource clock,
      Executor delivery,
      List<ExecutorService> executors,
      DirectoryLock directoryLock) {
    super(state, journal, clock, delivery);
    this.journal = journal;
    this.executors = executors;
    this.directoryLock = directoryLock;
    end(state.leases());
  }

  /// Opens or creates the store in `directory`.
  ///
  /// @param clock decides when leases end
  /// @param threads makes two threads, one that writes and one that calls listeners
  /// @throws QuiverException `55006` if the directory is in use, `XX001` if its file is damaged
  public static LocalMetaStore open(
      Disk disk, Path directory, InstantSource clock, ThreadFactory threads) {
    ExecutorService writing = Executors.newSingleThreadExecutor(threads);
    ExecutorService delivery = Executors.newSingleThreadExecutor(threads);
    List<ExecutorService> executors = List.of(delivery, writing);
    try {
      return open(
          disk, directory, clock, writing, delivery, executors, MetaFile.COMPACT_AFTER_BYTES);
    } catch (QuiverException e) {
      executors.forEach(ExecutorService::close);
      throw e;
    }
  }

  /// Opens or creates the store in `directory`; everything happens on the calling threads. For
  /// simulations.
  public static LocalMetaStore openInline(Disk disk, Path directory, InstantSource clock) {
    return openInline(disk, directory, clock, MetaFile.COMPACT_AFTER_BYTES);
  }

  static LocalMetaStore openInline(
      Disk disk, Path directory, InstantSource clock, long compactAfterBytes) {
    return open(disk, directory, clock, Runnable::run, Runnable::run, List.of(), compactAfterBytes);
  }

  private static LocalMetaStore open(
      Disk disk,
      Path directory,
      InstantSource clock,
      Executor writing,
      Executor delivery,
      List<ExecutorService> executors,
      long compactAfterBytes) {
    disk.createDirectories(directory);
    DirectoryLock lock = disk.lock(directory);
    try {
      MetaFile.Opened opened = MetaFile.open(disk, directory, compactAfterBytes);
      try {
        return new LocalMetaStore(
            opened.state(), new Journal(opened.file(), writing), clock, delivery, executors, lock);
      } catch (QuiverException e) {
        opened.file().close();
        throw e;
      }
    } catch (QuiverException e) {
      lock.close();
      throw e;
    }
  }

  /// Waits for a commit under way, then closes.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    super.close();
    journal.close();
    executors.forEach(ExecutorService::close);
    directoryLock.close();
  }

  /// Hands changes to the writing thread: a committing thread may be interrupted, and an interrupt
  /// in the middle of a write would close the file.
  private static final class Journal implements MetaJournal {
    private final MetaFile file;
    private final Executor writing;

    Journal(MetaFile file, Executor writing) {
      this.file = file;
      this.writing = writing;
    }

    @Override
    public void append(MetaState.Change change) {
      run(() -> file.append(change));
    }

    @Override
    public void applied(MetaState state) {
      run(() -> file.compactIfLong(state));
    }

    void close() {
      run(file::close);
    }

    private void run(Runnable step) {
      Step running = new Step(step);
      writing.execute(running);
      running.await();
    }
  }

  private static final class Step implements Runnable {
    private final Runnable step;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();
    private boolean isDone;
    private @Nullable QuiverException failure;

    Step(Runnable step) {
      this.step = step;
    }

    @Override
    public void run() {
      Optional<QuiverException> thrown = Optional.empty();
      try {
        step.run();
      } catch (QuiverException e) {
        thrown = Optional.of(e);
      } finally {
        lock.lock();
        try {
          failure = thrown.orElse(null);
          isDone = true;
          done.signalAll();
        } finally {
          lock.unlock();
        }
      }
    }

    void await() {
      lock.lock();
      try {
        while (!isDone) {
          done.awaitUninterruptibly();
        }
        if (failure != null) {
          throw failure;
        }
      } finally {
        lock.unlock();
      }
    }
  }
}
