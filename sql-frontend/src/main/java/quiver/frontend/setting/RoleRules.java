package quiver.frontend.setting;

import java.util.Map;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// What roles a session may take on.
public interface RoleRules {
  /// Who has logged in.
  String user();

  boolean isSuperuser(String name);

  /// Whether `role` or `session_authorization` may be set to a name.
  ///
  /// @param settings the values in force
  /// @throws QuiverException `22023`, `42501`
  void requireSettable(String parameter, String name, Map<String, String> settings);

  /// A superuser that can be nobody else.
  static RoleRules alone(String user) {
    return new RoleRules() {
      @Override
      public String user() {
        return user;
      }

      @Override
      public boolean isSuperuser(String name) {
        return true;
      }

      @Override
      public void requireSettable(String parameter, String name, Map<String, String> settings) {
        if (!name.equals(user) && !(parameter.equals("role") && name.equals("none"))) {
          throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "role \"%s\" does not exist", name);
        }
      }
    };
  }
}
