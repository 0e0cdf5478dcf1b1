package quiver.common.function;

/// What a function is called as.
public enum FunctionKind {
  SCALAR,
  AGGREGATE,
  /// Only with OVER.
  WINDOW,
  /// Returns rows; usable in FROM and as a select item.
  SET_RETURNING
}
