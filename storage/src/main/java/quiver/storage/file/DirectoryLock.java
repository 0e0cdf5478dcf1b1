package quiver.storage.file;

/// The exclusive lock of a directory; it ends with [#close()] or with the process.
public interface DirectoryLock extends AutoCloseable {
  /// Name of the file that is locked.
  String FILE_NAME = "LOCK";

  @Override
  void close();
}
