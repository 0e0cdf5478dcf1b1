package quiver.storage.fault;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectSource;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;

/// An object store that fails, whose answers get lost after an object was stored or was not, and
/// that flips a bit of what it reads. Objects are mapped by reading them, so that mapped memory can
/// be damaged too.
public final class FaultyObjectStore implements ObjectStore {
  private final ObjectStore store;
  private final Faults faults;

  /// @param store does the work; closed with this one
  public FaultyObjectStore(ObjectStore store, Faults faults) {
    this.store = store;
    this.faults = faults;
  }

  @Override
  public boolean putIfAbsent(String name, ObjectSource source) {
    if (!faults.happens()) {
      return store.putIfAbsent(name, source);
    }
    switch (faults.choose(3)) {
      case 0 -> throw failed("store", name);
      case 1 -> {
        var _ = store.putIfAbsent(name, source);
        throw unknown(name);
      }
      default -> throw unknown(name);
    }
  }

  private static QuiverException failed(String action, String name) {
    return new QuiverException(
        SqlState.IO_ERROR, "could not %s object \"%s\": injected fault", action, name);
  }

  private static QuiverException unknown(String name) {
    return new QuiverException(
        SqlState.STATEMENT_COMPLETION_UNKNOWN,
        "object \"%s\" may or may not be stored: injected fault",
        name);
  }

  @Override
  public void read(String name, long offset, ByteBuffer target) {
    int from = target.position();
    boolean damage = false;
    if (faults.happens()) {
      if (faults.choose(2) == 0) {
        throw failed("read", name);
      }
      damage = true;
    }
    store.read(name, offset, target);
    int length = target.position() - from;
    if (damage && length > 0) {
      int at = from + faults.choose(length);
      target.put(at, (byte) (target.get(at) ^ (1 << faults.choose(8))));
    }
  }

  @Override
  public Optional<ObjectStat> stat(String name) {
    if (faults.happens()) {
      throw failed("stat", name);
    }
    return store.stat(name);
  }

  @Override
  public List<ObjectStat> list(String prefix) {
    if (faults.happens()) {
      throw failed("list", prefix);
    }
    return store.list(prefix);
  }

  @Override
  public boolean delete(String name) {
    if (!faults.happens()) {
      return store.delete(name);
    }
    if (faults.choose(2) == 0) {
      store.delete(name);
    }
    throw failed("remove", name);
  }

  @Override
  public void close() {
    store.close();
  }
}
