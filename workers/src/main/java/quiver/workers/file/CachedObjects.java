package quiver.workers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.storage.file.Disk;
import quiver.storage.file.DiskFile;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;

/// An object store elsewhere, with copies on a local disk of the objects that were mapped here.
///
/// A copy is the object's bytes and a trailer: `QVC1`, CRC32C of the bytes, int64 size, all little
/// endian. Copies stay over a restart and are checked before their first use after it; those used
/// longest ago go when there are too many bytes. A copy that is deleted while it is mapped takes up
/// space until it is unmapped. Safe for every thread.
public final class CachedObjects implements ObjectStore {
  private static final Logger log = LoggerFactory.getLogger(CachedObjects.class);

  private static final int MAGIC = 0x31435651;
  private static final int TRAILER_BYTES = 16;

  /// Bytes fetched with one request.
  private static final int PART_BYTES = 8 << 20;

  private static final String TEMPORARY = ".part";

  private final ObjectStore remote;
  private final Disk disk;
  private final Path directory;
  private final long sizeBytesMax;
  private final ConcurrentMap<String, Object> fetching = new ConcurrentHashMap<>();

  private final AtomicLong parts = new AtomicLong();

  /// Copies, the one used longest ago first.
  @GuardedBy("this")
  private final LinkedHashMap<String, Copy> copies = new LinkedHashMap<>(16, 0.75f, true);

  @GuardedBy("this")
  private long sizeBytes;

  private record Copy(long sizeBytes, boolean checked) {}

  /// @param directory of this cache alone
  /// @param sizeBytesMax of copies
  public CachedObjects(ObjectStore remote, Disk disk, Path directory, long sizeBytesMax) {
    this.remote = remote;
    this.disk = disk;
    this.directory = directory;
    this.sizeBytesMax = sizeBytesMax;
    disk.createDirectories(directory);
    for (String name : disk.list(directory)) {
      if (name.endsWith(TEMPORARY)) {
        boolean _ = disk.delete(directory.resolve(name));
      } else {
        try (DiskFile file = disk.openForReading(directory.resolve(name))) {
          add(name, new Copy(file.sizeBytes(), false));
        }
      }
    }
  }

  private static String fileName(String objectName) {
    return objectName.replace('/', '~');
  }

  private synchronized void add(String name, Copy copy) {
    Copy before = copies.put(name, copy);
    sizeBytes += copy.sizeBytes - (before == null ? 0 : before.sizeBytes);
    Iterator<Map.Entry<String, Copy>> oldest = copies.entrySet().iterator();
    while (sizeBytes > sizeBytesMax && copies.size() > 1) {
      Map.Entry<String, Copy> each = oldest.next();
      sizeBytes -= each.getValue().sizeBytes;
      oldest.remove();
      boolean _ = disk.delete(directory.resolve(each.getKey()));
    }
  }

  private synchronized Optional<Copy> find(String name) {
    return Optional.ofNullable(copies.get(name));
  }

  private synchronized void remove(String name) {
    Copy gone = copies.remove(name);
    if (gone != null) {
      sizeBytes -= gone.sizeBytes;
      boolean _ = disk.delete(directory.resolve(name));
    }
  }

  /// Bytes of all copies.
  public synchronized long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public MemorySegment map(String objectName, Arena arena) {
    String name = fileName(objectName);
    Object one = fetching.computeIfAbsent(name, ignored -> new Object());
    try {
      synchronized (one) {
        Optional<MemorySegment> present = mapCopy(name, arena);
        return present.isPresent() ? present.get() : fetch(objectName, name, arena);
      }
    } finally {
      fetching.remove(name, one);
    }
  }

  private Optional<MemorySegment> mapCopy(String name, Arena arena) {
    Optional<Copy> copy = find(name);
    if (copy.isEmpty() || !disk.exists(directory.resolve(name))) {
      return Optional.empty();
    }
    MemorySegment file;
    try (DiskFile open = disk.openForReading(directory.resolve(name))) {
      file = open.map(arena);
    }
    if (!copy.get().checked && !isIntact(file)) {
      log.warn("damaged copy of an object, fetched again: name={}", name);
      remove(name);
      return Optional.empty();
    }
    add(name, new Copy(file.byteSize(), true));
    return Optional.of(content(file));
  }

  private static MemorySegment content(MemorySegment file) {
    return file.asSlice(0, file.byteSize() - TRAILER_BYTES).asReadOnly();
  }

  private static boolean isIntact(MemorySegment file) {
    long length = file.byteSize() - TRAILER_BYTES;
    if (length < 0) {
      return false;
    }
    ByteBuffer trailer =
        file.asSlice(length, TRAILER_BYTES).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int magic = trailer.getInt();
    int expected = trailer.getInt();
    CRC32C sum = new CRC32C();
    for (long at = 0; at < length; at += PART_BYTES) {
      sum.update(file.asSlice(at, Math.min(PART_BYTES, length - at)).asByteBuffer());
    }
    return magic == MAGIC && trailer.getLong() == length && expected == (int) sum.getValue();
  }

  private MemorySegment fetch(String objectName, String name, Arena arena) {
    Optional<ObjectStat> stat = remote.stat(objectName);
    if (stat.isEmpty() || stat.get().sizeBytes() + TRAILER_BYTES > sizeBytesMax) {
      // Missing, which it says in its own words, or larger than the whole cache.
      return remote.map(objectName, arena);
    }
    long length = stat.get().sizeBytes();
    Path temporary = directory.resolve(name + "." + parts.incrementAndGet() + TEMPORARY);
    try (DiskFile file = disk.create(temporary)) {
      CRC32C sum = new CRC32C();
      for (long at = 0; at < length; at += PART_BYTES) {
        byte[] part = remote.read(objectName, at, (int) Math.min(PART_BYTES, length - at));
        sum.update(part);
        file.write(ByteBuffer.wrap(part), at);
      }
      ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      trailer.putInt(MAGIC).putInt((int) sum.getValue()).putLong(length).flip();
      file.write(trailer, length);
    } catch (RuntimeException e) {
      boolean _ = disk.delete(temporary);
      throw e;
    }
    disk.rename(temporary, directory.resolve(name));
    MemorySegment file;
    try (DiskFile open = disk.openForReading(directory.resolve(name))) {
      file = open.map(arena);
    }
    add(name, new Copy(length + TRAILER_BYTES, true));
    return content(file);
  }

  @Override
  public boolean putIfAbsent(String name, ObjectSource source) {
    return remote.putIfAbsent(name, source);
  }

  @Override
  public void read(String name, long offset, ByteBuffer target) {
    remote.read(name, offset, target);
  }

  @Override
  public Optional<ObjectStat> stat(String name) {
    return remote.stat(name);
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    return remote.list(prefix);
  }

  @Override
  public boolean delete(String name) {
    remove(fileName(name));
    return remote.delete(name);
  }

  /// Leaves the store and the copies where they are.
  @Override
  public void close() {}
}
