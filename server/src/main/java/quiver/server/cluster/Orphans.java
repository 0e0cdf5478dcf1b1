package quiver.server.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what a supervisor that was killed has left running over a directory.
final class Orphans {
  private static final Logger log = LoggerFactory.getLogger(Orphans.class);
  private static final long PATIENCE_SECONDS = 10;

  private Orphans() {}

  static void end(Path directory) {
    List<String> marks =
        List.of(
            directory + "/nodes/",
            directory + "/etcd",
            directory + "/kafka.properties",
            directory + "/s3.properties");
    List<ProcessHandle> found =
        ProcessHandle.allProcesses()
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .filter(process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> marks.stream().anyMatch(line::contains))
                    .isPresent())
            .toList();
    for (ProcessHandle process : found) {
      log.warn("ending a process of an earlier run: pid={}", process.pid());
      process.destroyForcibly();
    }
    found.forEach(Orphans::await);
  }

  private static void await(ProcessHandle process) {
    try {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("a process of an earlier run does not end: pid={}", process.pid(), e);
    }
  }
}
