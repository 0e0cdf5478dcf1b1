package quiver.jdbc.wire;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// A connection as the `PGConnection` of a pgjdbc that is on the class path beside this driver:
/// what `PGvector.registerTypes(connection)` asks for. It registers types and passes on what needs
/// nothing but classes of the JDK. Thread-safe.
public final class ForeignConnection {
  /// Put together, because the packaging renames every whole literal that looks like this.
  private static final String NAME = String.join(".", "org", "postgresql", "PGConnection");

  private final Map<String, Class<?>> types = new ConcurrentHashMap<>();

  /// Without registered types.
  public ForeignConnection() {}

  /// Whether a class is the other pgjdbc's.
  public static boolean isForeign(Class<?> type) {
    return type.isInterface() && type != PGConnection.class && type.getName().equals(NAME);
  }

  /// The classes that have been registered, by the name of the server's type.
  public Map<String, Class<?>> types() {
    return types;
  }

  /// @param type the other pgjdbc's interface
  /// @param connection the present connection
  public <T> T of(Class<T> type, Supplier<? extends PGConnection> connection) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> call(connection.get(), method, arguments));
    return type.cast(proxy);
  }

  private @Nullable Object call(
      PGConnection connection, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("addDataType")
        && arguments != null
        && arguments[0] instanceof String name
        && arguments[1] instanceof Class<?> type) {
      types.put(name, type);
      return null;
    }
    try {
      Method own = connection.getClass().getMethod(method.getName(), method.getParameterTypes());
      if (own.getReturnType() == method.getReturnType()) {
        return own.invoke(connection, arguments);
      }
    } catch (NoSuchMethodException e) {
      // Its parameters are classes of the other pgjdbc.
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    throw new SQLFeatureNotSupportedException(
        "PGConnection." + method.getName() + " is not available through this driver", "0A000");
  }
}
