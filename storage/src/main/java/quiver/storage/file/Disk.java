package quiver.storage.file;

import java.nio.file.Path;
import java.util.List;

/// The few things the stores ask of a file system, so that tests can put a disk under them that
/// loses power or fails. What is not forced may be lost; a created, renamed or deleted name is
/// durable once its directory is synced.
///
/// Failures are `QuiverException`s: `53100` when the disk is full, `58P01` for a missing file,
/// `57014` when the calling thread was interrupted, `58030` for everything else. Safe for use by
/// many threads.
public interface Disk {
  /// Creates an empty file for reading and writing.
  ///
  /// @throws quiver.common.error.QuiverException `58030` if it exists
  DiskFile create(Path file);

  /// Opens an existing file for reading and writing.
  DiskFile open(Path file);

  /// Opens an existing file for reading.
  DiskFile openForReading(Path file);

  /// Names in a directory, sorted; empty if it does not exist.
  List<String> list(Path directory);

  /// Whether the path is a directory.
  boolean isDirectory(Path path);

  /// Whether there is a file or directory of this name.
  boolean exists(Path path);

  /// Creates a directory and its missing parents, durably.
  void createDirectories(Path directory);

  /// Renames a file; a file that has the new name is replaced in the same step.
  void rename(Path from, Path to);

  /// Deletes a file.
  ///
  /// @return false if there was none
  boolean delete(Path file);

  /// Makes all changes of names in a directory durable.
  void syncDirectory(Path directory);

  /// Takes the exclusive lock of a directory, held in its file `LOCK`, against other processes and
  /// against this one.
  ///
  /// @throws quiver.common.error.QuiverException `55006` if it is taken
  DirectoryLock lock(Path directory);
}
