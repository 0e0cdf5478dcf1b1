package quiver.common.function;

/// PostgreSQL's `provolatile`.
public enum Volatility {
  IMMUTABLE,
  STABLE,
  VOLATILE
}
