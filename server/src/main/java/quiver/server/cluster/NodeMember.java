package quiver.server.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.process.ChildProcess;

/// A process of Quiver with one role.
final class NodeMember implements Member {
  /// What a process prints when it serves.
  private static final String READY = "quiver ready:";

  private final String name;
  private final String address;
  private final List<String> command;
  private final Path log;
  private volatile @Nullable ChildProcess process;

  NodeMember(String name, String address, List<String> command, Path log) {
    this.name = name;
    this.address = address;
    this.command = List.copyOf(command);
    this.log = log;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void start() {
    long from = logSize();
    ChildProcess started = ChildProcess.start(name, command, log, ChildProcess.Session.OWN);
    process = started;
    started.awaitStart(() -> logSince(from).contains(READY));
  }

  @Override
  public Optional<ChildProcess> process() {
    return Optional.ofNullable(process);
  }

  private long logSize() {
    try {
      return Files.exists(log) ? Files.size(log) : 0;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private String logSince(long from) {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(file.length() - from)];
      file.seek(from);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private QuiverException unreadable(IOException e) {
    return new QuiverException(SqlState.IO_ERROR, "could not read %s", log).withCause(e);
  }
}
