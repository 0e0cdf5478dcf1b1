package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Compiles our small driver against hnswlib's headers: those of an installed `libhnswlib-dev`, or
/// else those in npm's `hnswlib-node`, which needs no administrator.
final class HnswlibProgram {
  private static final List<Path> INSTALLED =
      List.of(Path.of("/usr/include"), Path.of("/usr/local/include"));
  private static final String HEADER = "hnswlib/hnswlib.h";

  private HnswlibProgram() {}

  /// Compiles the driver in `folder` and returns it.
  ///
  /// @throws IOException saying which program or package to install
  static Path compile(Path folder) throws IOException {
    Path include = headers(folder);
    Path source = folder.resolve("hnswlib_engine.cpp");
    Path program = folder.resolve("hnswlib_engine");
    try (InputStream stream = HnswlibProgram.class.getResourceAsStream("hnswlib_engine.cpp")) {
      if (stream == null) {
        throw new IOException("hnswlib_engine.cpp is not on the class path");
      }
      Files.copy(stream, source, StandardCopyOption.REPLACE_EXISTING);
    }
    run(
        folder,
        "install g++ (Debian: apt-get install g++)",
        List.of(
            "g++",
            "-O3",
            "-march=native",
            "-std=c++17",
            "-pthread",
            "-I",
            include.toString(),
            "-o",
            program.toString(),
            source.toString()));
    return program;
  }

  private static Path headers(Path folder) throws IOException {
    for (Path include : INSTALLED) {
      if (Files.exists(include.resolve(HEADER))) {
        return include;
      }
    }
    Optional<Path> fetched = fetched(folder);
    if (fetched.isEmpty()) {
      String advice = "install libhnswlib-dev (Debian) or npm";
      run(folder, advice, List.of("npm", "pack", "--silent", "hnswlib-node"));
      List<String> unpack = new ArrayList<>(List.of("tar", "-xzf"));
      try (var packs = Files.newDirectoryStream(folder, "hnswlib-node-*.tgz")) {
        packs.forEach(pack -> unpack.add(pack.getFileName().toString()));
      }
      run(folder, "install tar", unpack);
      fetched = fetched(folder);
    }
    return fetched.orElseThrow(
        () -> new IOException("hnswlib-node has no " + HEADER + "; install libhnswlib-dev"));
  }

  private static Optional<Path> fetched(Path folder) throws IOException {
    if (!Files.isDirectory(folder.resolve("package"))) {
      return Optional.empty();
    }
    try (var files = Files.walk(folder.resolve("package"))) {
      return files
          .filter(file -> file.endsWith(HEADER))
          .map(file -> file.resolve("../..").normalize())
          .findFirst();
    }
  }

  private static void run(Path folder, String advice, List<String> command) throws IOException {
    Path log = folder.resolve(command.getFirst() + ".log");
    int exit;
    try {
      exit =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
    } catch (IOException e) {
      throw new IOException("hnswlib needs " + command.getFirst() + ": " + advice, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command.getFirst(), e);
    }
    if (exit != 0) {
      throw new IOException(
          command.getFirst() + " failed (" + exit + "): " + advice + "; its output is in " + log);
    }
  }
}
