package quiver.rpc.meta;

/// When a segment gets its own index files.
public final class IndexRules {
  /// Smaller segments are scanned: a graph over so few rows is not faster.
  public static final long ROWS_MIN = 1000;

  private IndexRules() {}
}
