package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A control group with a limit on memory: heap, code and page cache of the processes started in
/// it. Needs the right to make one.
public final class MemoryLimit implements AutoCloseable {
  private static final Path UNIFIED = Path.of("/sys/fs/cgroup");
  private static final Path MEMORY = UNIFIED.resolve("memory");

  private final Path group;
  private final String usageFile;

  private MemoryLimit(Path group, String usageFile) {
    this.group = group;
    this.usageFile = usageFile;
  }

  /// Makes a group.
  ///
  /// @throws IOException if the system does not let us
  public static MemoryLimit of(String name, long bytes) throws IOException {
    boolean old = Files.isDirectory(MEMORY);
    Path group = (old ? MEMORY : UNIFIED).resolve(name);
    try {
      if (!Files.isDirectory(group)) {
        Files.createDirectory(group);
      }
      Files.writeString(
          group.resolve(old ? "memory.limit_in_bytes" : "memory.max"), String.valueOf(bytes));
    } catch (IOException e) {
      throw new IOException("a memory limit needs the right to make a control group", e);
    }
    return new MemoryLimit(group, old ? "memory.max_usage_in_bytes" : "memory.peak");
  }

  /// The command, started inside the group.
  List<String> wrap(List<String> command) {
    List<String> wrapped =
        new java.util.ArrayList<>(
            List.of("sh", "-c", "echo $$ > '" + group + "/cgroup.procs' && exec \"$@\"", "sh"));
    wrapped.addAll(command);
    return wrapped;
  }

  /// The most memory that was used at once.
  public long peakBytes() throws IOException {
    Path file = group.resolve(usageFile);
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  /// Removes the group; its processes have ended.
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(group);
  }
}
