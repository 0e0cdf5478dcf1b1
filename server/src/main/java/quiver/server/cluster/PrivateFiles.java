package quiver.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Files that only their owner can read.
final class PrivateFiles {
  private PrivateFiles() {}

  /// Replaces a file as a whole.
  static void write(Path file, String text) throws IOException {
    Path made =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            String.valueOf(file.getFileName()),
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(made, text);
    Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
