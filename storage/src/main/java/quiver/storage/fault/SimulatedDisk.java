package quiver.storage.fault;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.DirectoryLock;
import quiver.storage.file.Disk;
import quiver.storage.file.DiskFile;

/// A disk in memory that remembers every change and whether it was forced, so that a test can ask
/// what would be left if power failed at any moment, and that fails on request. Directories are
/// durable as soon as they are created; names of files are durable once their directory is synced.
public final class SimulatedDisk implements Disk {
  /// What happens to the operation that fails. Operations are numbered from 1: creating, writing,
  /// truncating, forcing, renaming, deleting a file and syncing a directory each count as one.
  ///
  /// @param operation number of the first operation that fails
  /// @param persistent whether all later ones fail too, until [#heal()]
  /// @param state `53100` or `58030`
  public record Failure(long operation, boolean persistent, SqlState state) {}

  private sealed interface Event {
    record Write(int file, int position, byte[] bytes) implements Event {}

    record Truncate(int file, int sizeBytes) implements Event {}

    record Link(Path name, int file) implements Event {}

    record Unlink(Path name) implements Event {}

    record Rename(Path from, Path to, int file) implements Event {}

    record Force(int file) implements Event {}

    record SyncDirectory(Path directory) implements Event {}
  }

  private final Object lock = new Object();

  @GuardedBy("lock")
  private final List<Event> events = new ArrayList<>();

  @GuardedBy("lock")
  private final Image image = new Image();

  @GuardedBy("lock")
  private final Set<Path> directories = new TreeSet<>();

  @GuardedBy("lock")
  private final Set<Path> locks = new HashSet<>();

  @GuardedBy("lock")
  private int files;

  @GuardedBy("lock")
  private long operations;

  @GuardedBy("lock")
  private boolean hasFailed;

  @GuardedBy("lock")
  private Failure failure = new Failure(Long.MAX_VALUE, false, SqlState.IO_ERROR);

  /// The names and contents at one moment.
  private static final class Image {
    final Map<Path, Integer> names = new TreeMap<>();
    final Map<Integer, byte[]> contents = new HashMap<>();

    void apply(Event event) {
      switch (event) {
        case Event.Write(int file, int position, byte[] bytes) -> {
          byte[] old = contents.getOrDefault(file, new byte[0]);
          byte[] grown = Arrays.copyOf(old, Math.max(old.length, position + bytes.length));
          System.arraycopy(bytes, 0, grown, position, bytes.length);
          contents.put(file, grown);
        }
        case Event.Truncate(int file, int sizeBytes) ->
            contents.computeIfPresent(
                file, (_, old) -> Arrays.copyOf(old, Math.min(old.length, sizeBytes)));
        case Event.Link(Path name, int file) -> names.put(name, file);
        case Event.Unlink(Path name) -> names.remove(name);
        case Event.Rename(Path from, Path to, int file) -> {
          names.remove(from);
          names.put(to, file);
        }
        case Event.Force _, Event.SyncDirectory _ -> {}
      }
    }
  }

  /// From now on this failure happens.
  public void failWith(Failure newFailure) {
    synchronized (lock) {
      failure = newFailure;
    }
  }

  /// No more failures.
  public void heal() {
    failWith(new Failure(Long.MAX_VALUE, false, SqlState.IO_ERROR));
  }

  /// How many operations were asked for, failed ones included.
  public long operations() {
    synchronized (lock) {
      return operations;
    }
  }

  /// Whether an operation has failed since this disk was made.
  public boolean hasFailed() {
    synchronized (lock) {
      return hasFailed;
    }
  }

  /// How many changes have happened: the moments [#crashed] can go back to.
  public int moments() {
    synchronized (lock) {
      return events.size();
    }
  }

  /// How much was not yet forced at a moment: one for each byte written and for each other change.
  public int unforced(int moment) {
    synchronized (lock) {
      int units = 0;
      boolean[] isDurable = durableAt(moment);
      for (int i = 0; i < moment; i++) {
        units += isDurable[i] ? 0 : units(events.get(i));
      }
      return units;
    }
  }

  /// The disk after power failed at a moment, with the first `keptUnits` of what was not forced.
  public SimulatedDisk crashed(int moment, int keptUnits) {
    synchronized (lock) {
      boolean[] isDurable = durableAt(moment);
      SimulatedDisk after = new SimulatedDisk();
      int left = keptUnits;
      for (int i = 0; i < moment; i++) {
        Event event = events.get(i);
        if (isDurable[i]) {
          after.replay(event);
        } else if (left > 0) {
          after.replay(first(event, left));
          left -= units(event);
        }
      }
      return after.started(this);
    }
  }

  /// The disk after power failed at a moment, with a random choice of the 512-byte blocks and
  /// changes of names that were not forced.
  public SimulatedDisk crashed(int moment, RandomGenerator random) {
    synchronized (lock) {
      boolean[] isDurable = durableAt(moment);
      SimulatedDisk after = new SimulatedDisk();
      for (int i = 0; i < moment; i++) {
        Event event = events.get(i);
        if (isDurable[i]) {
          after.replay(event);
        } else if (event instanceof Event.Write(int file, int position, byte[] bytes)) {
          int blockBytes = 512;
          for (int at = 0; at < bytes.length; ) {
            int end =
                Math.min(bytes.length, ((position + at) / blockBytes + 1) * blockBytes - position);
            if (random.nextBoolean()) {
              after.replay(
                  new Event.Write(file, position + at, Arrays.copyOfRange(bytes, at, end)));
            }
            at = end;
          }
        } else if (random.nextBoolean()) {
          after.replay(event);
        }
      }
      return after.started(this);
    }
  }

  /// The disk after power failed now.
  public SimulatedDisk crashed(RandomGenerator random) {
    return crashed(moments(), random);
  }

  private void replay(Event event) {
    synchronized (lock) {
      image.apply(event);
    }
  }

  /// Makes what is left the durable beginning of a new history.
  @SuppressWarnings("GuardedBy")
  private SimulatedDisk started(SimulatedDisk before) {
    synchronized (lock) {
      directories.addAll(before.directories);
      files = before.files;
      image.names.forEach((name, file) -> {
        events.add(new Event.Link(name, file));
        byte[] content = image.contents.get(file);
        if (content != null) {
          events.add(new Event.Write(file, 0, content.clone()));
        }
        events.add(new Event.Force(file));
      });
      directories.forEach(directory -> events.add(new Event.SyncDirectory(directory)));
      return this;
    }
  }

  /// Flips one bit of a file.
  public void flip(Path name, long bit) {
    synchronized (lock) {
      byte[] content = content(name);
      content[(int) (bit >> 3)] ^= (byte) (1 << (bit & 7));
    }
  }

  /// The present content of a file.
  public byte[] read(Path name) {
    synchronized (lock) {
      return content(name).clone();
    }
  }

  @GuardedBy("lock")
  private byte[] content(Path name) {
    Integer file = image.names.get(name);
    byte[] content = file == null ? null : image.contents.get(file);
    if (content == null) {
      throw missing(name);
    }
    return content;
  }

  private static int units(Event event) {
    return event instanceof Event.Write(_, _, byte[] bytes) ? bytes.length : 1;
  }

  private static Event first(Event event, int count) {
    return event instanceof Event.Write(int file, int position, byte[] bytes)
            && bytes.length > count
        ? new Event.Write(file, position, Arrays.copyOf(bytes, count))
        : event;
  }

  @GuardedBy("lock")
  private boolean[] durableAt(int moment) {
    boolean[] isDurable = new boolean[moment];
    Set<Integer> forced = new HashSet<>();
    Set<Path> synced = new HashSet<>();
    for (int i = moment - 1; i >= 0; i--) {
      isDurable[i] =
          switch (events.get(i)) {
            case Event.Write(int file, _, _) -> forced.contains(file);
            case Event.Truncate(int file, _) -> forced.contains(file);
            case Event.Link(Path name, _) -> isSynced(synced, name);
            case Event.Unlink(Path name) -> isSynced(synced, name);
            case Event.Rename(_, Path to, _) -> isSynced(synced, to);
            case Event.Force(int file) -> {
              forced.add(file);
              yield true;
            }
            case Event.SyncDirectory(Path directory) -> {
              synced.add(directory);
              yield true;
            }
          };
    }
    return isDurable;
  }

  private static boolean isSynced(Set<Path> synced, Path name) {
    Path parent = name.getParent();
    return parent != null && synced.contains(parent);
  }

  /// Counts an operation.
  ///
  /// @return the failure it must end with, or null
  @GuardedBy("lock")
  private boolean mustFail() {
    operations++;
    boolean fails =
        failure.persistent()
            ? operations >= failure.operation()
            : operations == failure.operation();
    hasFailed |= fails;
    return fails;
  }

  @GuardedBy("lock")
  private QuiverException failed(String action, Path path) {
    return new QuiverException(
        failure.state(), "could not %s file \"%s\": simulated failure", action, path);
  }

  private static QuiverException missing(Path file) {
    return new QuiverException(
        SqlState.UNDEFINED_FILE, "could not open file \"%s\": No such file or directory", file);
  }

  @GuardedBy("lock")
  private void change(String action, Path path, Event event) {
    if (mustFail()) {
      throw failed(action, path);
    }
    events.add(event);
    image.apply(event);
  }

  @Override
  public DiskFile create(Path file) {
    synchronized (lock) {
      if (image.names.containsKey(file)) {
        throw new QuiverException(
            SqlState.IO_ERROR, "could not create file \"%s\": File exists", file);
      }
      int number = files++;
      change("create", file, new Event.Link(file, number));
      image.contents.put(number, new byte[0]);
      return new SimulatedFile(file, number);
    }
  }

  @Override
  public DiskFile open(Path file) {
    synchronized (lock) {
      Integer number = image.names.get(file);
      if (number == null) {
        throw missing(file);
      }
      image.contents.putIfAbsent(number, new byte[0]);
      return new SimulatedFile(file, number);
    }
  }

  @Override
  public DiskFile openForReading(Path file) {
    return open(file);
  }

  @Override
  public List<String> list(Path directory) {
    synchronized (lock) {
      Set<String> names = new TreeSet<>();
      for (Set<Path> paths : List.of(image.names.keySet(), directories)) {
        for (Path path : paths) {
          if (directory.equals(path.getParent())) {
            names.add(String.valueOf(path.getFileName()));
          }
        }
      }
      return List.copyOf(names);
    }
  }

  @Override
  public boolean isDirectory(Path path) {
    synchronized (lock) {
      return directories.contains(path);
    }
  }

  @Override
  public boolean exists(Path path) {
    synchronized (lock) {
      return image.names.containsKey(path) || directories.contains(path);
    }
  }

  @Override
  public void createDirectories(Path directory) {
    synchronized (lock) {
      for (Path path = directory; path != null; path = path.getParent()) {
        directories.add(path);
      }
    }
  }

  @Override
  public void rename(Path from, Path to) {
    synchronized (lock) {
      Integer file = image.names.get(from);
      if (file == null) {
        throw missing(from);
      }
      change("rename", from, new Event.Rename(from, to, file));
    }
  }

  @Override
  public boolean delete(Path file) {
    synchronized (lock) {
      if (!image.names.containsKey(file)) {
        return false;
      }
      change("remove", file, new Event.Unlink(file));
      return true;
    }
  }

  @Override
  public void syncDirectory(Path directory) {
    synchronized (lock) {
      change("fsync", directory, new Event.SyncDirectory(directory));
    }
  }

  @Override
  public DirectoryLock lock(Path directory) {
    synchronized (lock) {
      if (!locks.add(directory)) {
        throw new QuiverException(
            SqlState.OBJECT_IN_USE, "directory \"%s\" is in use by another server", directory);
      }
    }
    return () -> {
      synchronized (lock) {
        locks.remove(directory);
      }
    };
  }

  private final class SimulatedFile implements DiskFile {
    private final Path path;
    private final int number;

    SimulatedFile(Path path, int number) {
      this.path = path;
      this.number = number;
    }

    private <T> T withContent(java.util.function.Function<byte[], T> reading) {
      synchronized (lock) {
        return reading.apply(image.contents.getOrDefault(number, new byte[0]));
      }
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public long sizeBytes() {
      return withContent(content -> (long) content.length);
    }

    @Override
    public int read(ByteBuffer target, long position) {
      return withContent(content -> {
        int count = (int) Math.max(0, Math.min(target.remaining(), content.length - position));
        if (count > 0) {
          target.put(content, (int) position, count);
        }
        return count;
      });
    }

    @Override
    public void write(ByteBuffer source, long position) {
      synchronized (lock) {
        LongFunction<Event> write =
            count -> {
              byte[] bytes = new byte[(int) count];
              source.get(bytes);
              return new Event.Write(number, (int) position, bytes);
            };
        if (mustFail()) {
          // The half that was written before the disk refused more.
          Event half = write.apply(source.remaining() / 2);
          events.add(half);
          image.apply(half);
          throw failed("write", path);
        }
        Event whole = write.apply(source.remaining());
        events.add(whole);
        image.apply(whole);
      }
    }

    @Override
    public void truncate(long sizeBytes) {
      synchronized (lock) {
        change("truncate", path, new Event.Truncate(number, (int) sizeBytes));
      }
    }

    @Override
    public void force() {
      synchronized (lock) {
        change("fsync", path, new Event.Force(number));
      }
    }

    @Override
    public MemorySegment map(Arena arena) {
      return withContent(content -> {
        MemorySegment memory = arena.allocate(content.length, 64);
        memory.copyFrom(MemorySegment.ofArray(content));
        return memory.asReadOnly();
      });
    }

    @Override
    public void close() {}
  }
}
