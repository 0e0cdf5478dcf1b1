package quiver.storage.object.memory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectNames;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;

/// An object store that keeps its objects in memory; each is limited to 2 GiB.
public final class MemoryObjectStore implements ObjectStore {
  private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private volatile boolean closed;

  @Override
  public boolean putIfAbsent(String name, ObjectSource source) {
    checkOpen();
    ObjectNames.check(name);
    if (objects.containsKey(name)) {
      return false;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      source.writeTo(Channels.newChannel(bytes));
    } catch (IOException e) {
      throw new QuiverException(SqlState.IO_ERROR, "could not write object \"%s\"", name)
          .withCause(e);
    }
    return objects.putIfAbsent(name, bytes.toByteArray()) == null;
  }

  @Override
  public void read(String name, long offset, ByteBuffer target) {
    checkOpen();
    byte[] bytes = objects.get(name);
    if (bytes == null) {
      throw new QuiverException(SqlState.UNDEFINED_FILE, "object \"%s\" does not exist", name);
    }
    if (offset < 0 || offset > bytes.length || target.remaining() > bytes.length - offset) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED,
          "object \"%s\" has %d bytes, cannot read %d bytes at %d",
          name,
          bytes.length,
          target.remaining(),
          offset);
    }
    target.put(bytes, (int) offset, target.remaining());
  }

  @Override
  public Optional<ObjectStat> stat(String name) {
    checkOpen();
    return Optional.ofNullable(objects.get(name)).map(bytes -> new ObjectStat(name, bytes.length));
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    checkOpen();
    return objects.tailMap(prefix, true).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(prefix))
        .map(entry -> new ObjectStat(entry.getKey(), entry.getValue().length))
        .toList();
  }

  @Override
  public boolean delete(String name) {
    checkOpen();
    return objects.remove(name) != null;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "object store is closed");
    }
  }
}
