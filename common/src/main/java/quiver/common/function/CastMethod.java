package quiver.common.function;

/// How a value of one type becomes a value of another.
public enum CastMethod {
  /// By a function.
  FUNCTION,
  /// The values are the same.
  BINARY,
  /// Out through the text output of the source and in through the text input of the target.
  INOUT,
  /// Element by element, arrays only.
  ARRAY
}
