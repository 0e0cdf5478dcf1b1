package quiver.storage.meta;

/// A running watch. After [#close()] returns no new call to the listener starts.
public interface Watch extends AutoCloseable {
  @Override
  void close();
}
