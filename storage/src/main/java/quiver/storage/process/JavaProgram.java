package quiver.storage.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The command line of a Java program in a folder of jars, on this process's JDK: small heap, quick
/// start.
final class JavaProgram {
  private JavaProgram() {}

  /// @param libraries the folder with the program's jars
  static List<String> command(
      Path libraries, int heapMegabytes, List<String> options, String mainClass) {
    if (!Files.isDirectory(libraries)) {
      throw new QuiverException(
          SqlState.UNDEFINED_FILE,
          "folder \"%s\" with the jars of %s is missing",
          libraries,
          mainClass);
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", libraries.toAbsolutePath() + "/*", mainClass));
    return command;
  }
}
