package quiver.server.roles;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;
import quiver.storage.meta.MetaStore;
import quiver.storage.object.ObjectStore;

/// The stores as one process of a cluster reaches them, until it dies or is cut off from the meta
/// store.
final class ProcessStores {
  final MetaStore meta;
  final LogBroker broker;
  final ObjectStore objects;
  private volatile boolean metaLost;
  private volatile boolean dead;
  private volatile String lastCall = "";

  ProcessStores(MetaStore meta, LogBroker broker, ObjectStore objects) {
    this.meta = wrap(MetaStore.class, meta);
    this.broker = wrap(LogBroker.class, broker);
    this.objects = wrap(ObjectStore.class, objects);
  }

  /// Nothing the process does from now on reaches a store.
  void die() {
    dead = true;
  }

  /// Nothing the process does reaches a store from its next call of this name on.
  void dieAt(String methodName) {
    lastCall = methodName;
  }

  boolean isDead() {
    return dead;
  }

  /// The process goes on, and does not learn what others decide.
  void loseMeta() {
    metaLost = true;
  }

  private <T> T wrap(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(type, target, method, arguments)));
  }

  private Object call(Class<?> type, Object target, Method method, Object[] arguments)
      throws Throwable {
    dead |= method.getName().equals(lastCall);
    boolean lost = dead || (metaLost && type == MetaStore.class);
    if (lost && !method.getName().equals("close")) {
      throw new QuiverException(SqlState.IO_ERROR, "the store cannot be reached");
    }
    try {
      Object result = method.invoke(target, arguments);
      return switch (result) {
        case LogReader reader -> wrap(LogReader.class, reader);
        case LogWriter writer -> wrap(LogWriter.class, writer);
        case null, default -> result;
      };
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
