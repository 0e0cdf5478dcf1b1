package quiver.execution.function;

/// What functions may know of the session and the statement that calls them.
public interface FunctionContext {
  SessionContext session();
}
