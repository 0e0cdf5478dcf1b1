package quiver.jdbc.wire;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/// The `PGobject` of a pgjdbc that is on the class path beside this driver, which carries a pgjdbc
/// of its own under another name. com.pgvector's classes extend it, Hibernate makes it for JSON.
/// Reflection is the only way to reach a class that may be absent and has the same name.
public final class ForeignObject {
  /// Put together, because the packaging renames every whole literal that looks like this.
  private static final String NAME = String.join(".", "org", "postgresql", "util", "PGobject");

  private static final ClassValue<Boolean> IS_FOREIGN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          boolean found = false;
          for (Class<?> c = type; c != null && !found; c = c.getSuperclass()) {
            found = c.getName().equals(NAME);
          }
          return found && !PGobject.class.isAssignableFrom(type);
        }
      };

  private ForeignObject() {}

  /// Whether a class extends the other pgjdbc's.
  public static boolean isForeign(Class<?> type) {
    return IS_FOREIGN.get(type);
  }

  /// The same value as an object of our pgjdbc; everything else stays.
  static Object adopt(Object value) {
    if (!isForeign(value.getClass())) {
      return value;
    }
    String type = String.valueOf(call(value, "getType"));
    Object text = call(value, "getValue");
    PGobject object = new PGobject();
    object.setType(type);
    try {
      object.setValue(text == null ? null : text.toString());
    } catch (SQLException e) {
      throw new IllegalStateException("an object that only keeps its text refused it", e);
    }
    return object;
  }

  /// A new object of the other pgjdbc's with a text value.
  ///
  /// @throws SQLException if its class refuses the text or cannot be made
  public static <T> T create(Class<T> type, String sqlType, String text) throws SQLException {
    try {
      T object = type.getDeclaredConstructor().newInstance();
      type.getMethod("setType", String.class).invoke(object, sqlType);
      type.getMethod("setValue", String.class).invoke(object, text);
      return object;
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof SQLException refused
          ? refused
          : new SQLException("cannot make a " + type.getName(), "42846", e);
    } catch (ReflectiveOperationException e) {
      throw new SQLException("cannot make a " + type.getName(), "42846", e);
    }
  }

  private static @Nullable Object call(Object value, String name) {
    try {
      Method method = value.getClass().getMethod(name);
      return method.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot read a " + value.getClass().getName(), e);
    }
  }
}
