package quiver.benchmarks.vector;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.benchmarks.vector.engine.EngineSetup;

/// The engine processes of one set, each with one index. Used by one thread.
final class Processes implements AutoCloseable {
  private final EngineSetup setup;
  private final RunOptions options;
  private final Map<EngineName, EngineProcess> running = new EnumMap<>(EngineName.class);
  private final Set<EngineName> built = new HashSet<>();

  Processes(EngineSetup setup, RunOptions options) {
    this.setup = setup;
    this.options = options;
  }

  void start(EngineName name) throws IOException {
    running.put(name, new EngineProcess(name, setup, options.work()));
  }

  /// Every process; whoever asks builds their indexes.
  List<EngineProcess> all() {
    built.addAll(running.keySet());
    return new ArrayList<>(running.values());
  }

  /// A process with its index built, started when there is none.
  EngineProcess built(EngineName name) throws IOException {
    if (!running.containsKey(name)) {
      start(name);
    }
    EngineProcess process = running.get(name);
    if (process == null) {
      throw new IllegalStateException("no process of " + name);
    }
    if (built.add(name)) {
      process.build();
    }
    return process;
  }

  /// A new process whose index is split into segments, built.
  EngineProcess segmented(EngineName name, int segments) throws IOException {
    EngineProcess process = new EngineProcess(name, setup.withSegments(segments), options.work());
    process.build();
    return process;
  }

  void stopRivals() {
    running
        .entrySet()
        .removeIf(entry -> {
          if (entry.getKey().isOurs()) {
            return false;
          }
          entry.getValue().close();
          return true;
        });
  }

  @Override
  public void close() {
    running.values().forEach(EngineProcess::close);
    running.clear();
  }
}
