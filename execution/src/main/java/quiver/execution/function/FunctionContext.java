package quiver.execution.function;

import quiver.common.format.FormatSettings;

/// What functions may know of the session and the statement that calls them.
public interface FunctionContext {
  SessionContext session();

  /// The settings text forms depend on. Implementations keep the object; this default makes it anew
  /// at each call.
  default FormatSettings format() {
    return SessionFormats.of(session());
  }
}
