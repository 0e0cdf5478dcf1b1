package quiver.storage.object.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.DirectoryLock;
import quiver.storage.file.Disk;
import quiver.storage.file.DiskFile;
import quiver.storage.object.ObjectNames;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;

/// The object store of one machine: one file an object, the name's parts as directories. An object
/// is written to a temporary file, forced, renamed, and its directory synced, so that it is there
/// whole or not at all. One process may have a directory open.
public final class LocalObjectStore implements ObjectStore {
  private static final String TEMPORARY = ".tmp";
  private static final Logger log = LoggerFactory.getLogger(LocalObjectStore.class);

  private final Disk disk;
  private final Path root;
  private final Path temporary;
  private final DirectoryLock directoryLock;
  private final AtomicLong nextTemporary = new AtomicLong();
  private final Object lock = new Object();

  /// Names that are just being stored: the second to come waits for the first one's outcome.
  @GuardedBy("lock")
  private final Set<String> storing = new HashSet<>();

  private volatile boolean closed;

  /// Opens or creates the store in `root`; what an earlier process left half written is removed.
  ///
  /// @throws QuiverException `55006` if another store has the directory
  public LocalObjectStore(Disk disk, Path root) {
    this.disk = disk;
    this.root = root;
    this.temporary = root.resolve(TEMPORARY);
    disk.createDirectories(temporary);
    this.directoryLock = disk.lock(temporary);
    for (String leftOver : disk.list(temporary)) {
      if (leftOver.equals(DirectoryLock.FILE_NAME)) {
        continue;
      }
      log.info("unfinished object removed: file={}", leftOver);
      disk.delete(temporary.resolve(leftOver));
    }
  }

  @Override
  public boolean putIfAbsent(String name, ObjectSource source) {
    checkOpen();
    ObjectNames.check(name);
    claim(name);
    try {
      Path target = root.resolve(name);
      if (disk.exists(target)) {
        if (disk.isDirectory(target)) {
          throw new QuiverException(
              SqlState.INVALID_NAME, "object name \"%s\" is a prefix of other objects", name);
        }
        return false;
      }
      store(name, target, source);
      return true;
    } finally {
      release(name);
    }
  }

  private void claim(String name) {
    boolean interrupted = false;
    synchronized (lock) {
      while (!storing.add(name)) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void release(String name) {
    synchronized (lock) {
      storing.remove(name);
      lock.notifyAll();
    }
  }

  private void store(String name, Path target, ObjectSource source) {
    Path written = temporary.resolve(Long.toString(nextTemporary.incrementAndGet()));
    try {
      try (DiskFile file = disk.create(written);
          FileTarget channel = new FileTarget(file)) {
        source.writeTo(channel);
        file.force();
      } catch (IOException e) {
        throw new QuiverException(SqlState.IO_ERROR, "could not write object \"%s\"", name)
            .withCause(e);
      }
      Path directory = parent(target);
      disk.createDirectories(directory);
      disk.rename(written, target);
    } catch (QuiverException e) {
      removeQuietly(written, e);
      throw e;
    }
    try {
      disk.syncDirectory(parent(target));
    } catch (QuiverException e) {
      // The object can be read now and may be gone after a crash.
      throw new QuiverException(
              SqlState.STATEMENT_COMPLETION_UNKNOWN,
              "object \"%s\" may or may not be stored: %s",
              name,
              e.message())
          .withCause(e);
    }
  }

  private void removeQuietly(Path written, QuiverException failure) {
    try {
      disk.delete(written);
    } catch (QuiverException e) {
      failure.addSuppressed(e);
    }
  }

  private static Path parent(Path file) {
    Path parent = file.getParent();
    assert parent != null : file;
    return parent == null ? file : parent;
  }

  @Override
  public void read(String name, long offset, ByteBuffer target) {
    checkOpen();
    try (DiskFile file = openFile(name)) {
      int wanted = target.remaining();
      long sizeBytes = file.sizeBytes();
      if (offset < 0
          || offset > sizeBytes
          || wanted > sizeBytes - offset
          || file.read(target, offset) < wanted) {
        throw new QuiverException(
            SqlState.DATA_CORRUPTED,
            "object \"%s\" has %d bytes, cannot read %d bytes at %d",
            name,
            sizeBytes,
            wanted,
            offset);
      }
    }
  }

  private DiskFile openFile(String name) {
    Path path = root.resolve(ObjectNames.check(name));
    if (!disk.exists(path) || disk.isDirectory(path)) {
      throw missing(name);
    }
    try {
      return disk.openForReading(path);
    } catch (QuiverException e) {
      throw e.state() == SqlState.UNDEFINED_FILE ? missing(name).withCause(e) : e;
    }
  }

  private static QuiverException missing(String name) {
    return new QuiverException(SqlState.UNDEFINED_FILE, "object \"%s\" does not exist", name);
  }

  @Override
  public Optional<ObjectStat> stat(String name) {
    checkOpen();
    Path path = root.resolve(ObjectNames.check(name));
    if (!disk.exists(path) || disk.isDirectory(path)) {
      return Optional.empty();
    }
    try (DiskFile file = openFile(name)) {
      return Optional.of(new ObjectStat(name, file.sizeBytes()));
    } catch (QuiverException e) {
      if (e.state() == SqlState.UNDEFINED_FILE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    checkOpen();
    int slash = prefix.lastIndexOf('/');
    String directory = prefix.substring(0, slash + 1);
    List<String> names = new ArrayList<>();
    if (slash < 0 || isValidDirectory(directory)) {
      collect(directory, prefix, names);
    }
    return names.stream().sorted().map(this::stat).flatMap(Optional::stream).toList();
  }

  private static boolean isValidDirectory(String directory) {
    try {
      var _ = ObjectNames.check(directory.substring(0, directory.length() - 1));
      return true;
    } catch (QuiverException e) {
      // No object has a name that starts like this.
      return false;
    }
  }

  private void collect(String directory, String prefix, List<String> names) {
    for (String part : disk.list(root.resolve(directory))) {
      String name = directory + part;
      if (part.startsWith(".") || !(name.startsWith(prefix) || prefix.startsWith(name + "/"))) {
        continue;
      }
      if (disk.isDirectory(root.resolve(name))) {
        collect(name + "/", prefix, names);
      } else {
        names.add(name);
      }
    }
  }

  @Override
  public boolean delete(String name) {
    checkOpen();
    Path path = root.resolve(ObjectNames.check(name));
    if (!disk.exists(path) || disk.isDirectory(path)) {
      return false;
    }
    boolean deleted = disk.delete(path);
    disk.syncDirectory(parent(path));
    return deleted;
  }

  /// The file itself, mapped; deleting the object does not disturb the mapping.
  @Override
  public MemorySegment map(String name, Arena arena) {
    checkOpen();
    try (DiskFile file = openFile(name)) {
      return file.map(arena);
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      directoryLock.close();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "object store is closed");
    }
  }

  /// Writes a source's bytes behind each other.
  private static final class FileTarget implements WritableByteChannel {
    private final DiskFile file;
    private long position;

    FileTarget(DiskFile file) {
      this.file = file;
    }

    @Override
    public int write(ByteBuffer source) {
      int length = source.remaining();
      file.write(source, position);
      position += length;
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    /// The file is closed by who opened it.
    @Override
    public void close() {}
  }
}
