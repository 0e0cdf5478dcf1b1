package quiver.storage.object;

import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The one rule for object names: `/`-separated parts of letters, digits, `.`, `_` and `-`, no part
/// longer than 201 characters or starting with a dot, so that a name is a valid relative path and a
/// valid S3 key.
public final class ObjectNames {
  private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}";
  private static final Pattern VALID = Pattern.compile(PART + "(/" + PART + ")*");

  private ObjectNames() {}

  /// Refuses an invalid name.
  ///
  /// @return `name`
  /// @throws QuiverException `42602` if it is not a valid name
  public static String check(String name) {
    if (name.length() > ObjectStore.MAX_NAME_CHARACTERS || !VALID.matcher(name).matches()) {
      throw new QuiverException(SqlState.INVALID_NAME, "invalid object name \"%s\"", name);
    }
    return name;
  }
}
