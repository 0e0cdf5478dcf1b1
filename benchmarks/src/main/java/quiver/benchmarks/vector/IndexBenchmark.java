package quiver.benchmarks.vector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import quiver.benchmarks.report.JsonLines;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.benchmarks.vector.engine.EngineSetup;
import quiver.vector.kernel.VectorKernels;

/// `bench index`: builds our indexes and the rivals' over the same vectors, each in a process of
/// its own, and measures them in turns on one pinned thread.
@Command(
    name = "index",
    description = "Measures index builds and searches in process, against rivals.",
    mixinStandardHelpOptions = true)
public final class IndexBenchmark implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--data",
      description = "Directory with wordnet-minilm-384.f16 or base.u8, or with a folder bigann10k.")
  private Path data = Path.of("");

  @Option(
      names = "--generate",
      split = ",",
      description = "Generated clustered sets, ROWSxDIMENSION, for example 1000000x128,1000000x768")
  private List<String> generated = List.of();

  @Option(
      names = "--datasets",
      split = ",",
      description = "Only these sets of the directory, by name.")
  private List<String> datasets = List.of();

  @Option(
      names = "--indexes",
      split = ",",
      description = "Our index kinds to measure (${DEFAULT-VALUE}).")
  private List<String> indexes = List.of("hnsw", "ivfflat");

  @Option(names = "--rivals", split = ",", description = "Other engines: hnswlib, jvector, lucene.")
  private List<String> rivals = List.of();

  @Option(
      names = "--phases",
      split = ",",
      description = "What to measure: ${COMPLETION-CANDIDATES}; all but memory by default.")
  private Set<Phase> phases = EnumSet.complementOf(EnumSet.of(Phase.memory));

  @Option(names = "--threads", description = "Threads of a build (${DEFAULT-VALUE}).")
  private int threads = 1;

  @Option(names = "--core", description = "Processor that searches run on; the last by default.")
  private int core = Runtime.getRuntime().availableProcessors() - 1;

  @Option(names = "--json", description = "Appends one JSON object a line to this file.")
  private Path json = Path.of("");

  @Option(names = "--k", description = "Rows a query asks for (${DEFAULT-VALUE}).")
  private int k = 10;

  @Option(names = "--rounds", description = "Turns of each engine (${DEFAULT-VALUE}).")
  private int rounds = 3;

  @Option(
      names = "--warm-up",
      description = "Queries before the first measured one (${DEFAULT-VALUE}).")
  private int warmUpQueries = 6_000;

  @Option(
      names = "--stop-recall",
      description = "The effort rises until this recall (${DEFAULT-VALUE}).")
  private double stopRecall = 0.9925;

  @Option(names = "--m", description = "Neighbours of a graph node (${DEFAULT-VALUE}).")
  private int m = 16;

  @Option(
      names = "--ef-construction",
      description = "Candidates of a graph build (${DEFAULT-VALUE}).")
  private int efConstruction = 200;

  @Option(names = "--lists", description = "Lists of a list index; 0, the default, lets it choose.")
  private int lists;

  @Option(
      names = "--rebuild",
      description = "Build our indexes a second time: what a build costs in a running server.")
  private boolean rebuild;

  @Option(
      names = "--work",
      description = "Folder for decoded and generated data (${DEFAULT-VALUE}).")
  private Path work = Path.of(System.getProperty("java.io.tmpdir"), "quiver-bench");

  /// What is measured.
  enum Phase {
    /// Builds, recall and speed.
    search,
    /// Searches under filters.
    filter,
    /// Several segments against one.
    segments,
    /// Exact scan against memory bandwidth.
    scan,
    /// The index on disk with little memory; only when asked for, it needs the right to limit it.
    memory
  }

  @Override
  public Integer call() throws IOException {
    List<EngineName> engines = engines();
    List<ClusteredVectors> shapes = shapes();
    checkNumbers();
    Files.createDirectories(work);
    work = work.toRealPath();
    List<VectorDataset> sets = new ArrayList<>();
    if (!data.toString().isEmpty()) {
      sets.addAll(named(VectorDataset.load(data, work)));
    }
    for (ClusteredVectors shape : shapes) {
      spec.commandLine().getOut().println("preparing " + shape.name());
      sets.add(shape.load(work));
    }
    try (JsonLines lines = JsonLines.append(json)) {
      Report report = new Report(spec.commandLine().getOut(), lines);
      RunOptions options =
          new RunOptions(
              k,
              rounds,
              warmUpQueries,
              core,
              threads,
              m,
              efConstruction,
              lists,
              stopRecall,
              rebuild,
              work);
      for (VectorDataset set : sets) {
        measure(set, engines, options, report);
      }
      report.close();
    }
    return 0;
  }

  private ParameterException bad(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private List<EngineName> engines() {
    Set<EngineName> engines = new LinkedHashSet<>();
    for (String index : indexes) {
      engines.add(
          EngineName.ours(index)
              .orElseThrow(() ->
                  bad("no index kind \"" + index + "\"; there are " + EngineName.choices(true))));
    }
    for (String rival : rivals) {
      engines.add(
          EngineName.rival(rival)
              .orElseThrow(
                  () -> bad("no rival \"" + rival + "\"; there are " + EngineName.choices(false))));
    }
    return List.copyOf(engines);
  }

  private List<ClusteredVectors> shapes() {
    try {
      return generated.stream().map(ClusteredVectors::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--generate: " + e.getMessage(), e);
    }
  }

  private void checkNumbers() {
    int cores = Runtime.getRuntime().availableProcessors();
    if (data.toString().isEmpty() && generated.isEmpty()) {
      throw bad("name a directory with --data or a set with --generate");
    }
    if (!data.toString().isEmpty() && !Files.isDirectory(data)) {
      throw bad("--data: " + data + " is not a directory");
    }
    if (threads < 1 || rounds < 1 || warmUpQueries < 0) {
      throw bad("--threads and --rounds are at least 1, --warm-up is at least 0");
    }
    if (k < 1 || k > 100) {
      throw bad("--k is between 1 and 100");
    }
    if (core < 0 || core >= cores) {
      throw bad("--core is between 0 and " + (cores - 1));
    }
  }

  private List<VectorDataset> named(List<VectorDataset> found) {
    if (datasets.isEmpty()) {
      return found;
    }
    List<VectorDataset> chosen = new ArrayList<>();
    for (String name : datasets) {
      Optional<VectorDataset> set = found.stream().filter(s -> s.name().equals(name)).findFirst();
      chosen.add(
          set.orElseThrow(() ->
              bad(
                  "no set \""
                      + name
                      + "\" in "
                      + data
                      + "; there are "
                      + found.stream().map(VectorDataset::name).toList())));
    }
    return chosen;
  }

  private void measure(
      VectorDataset set, List<EngineName> engines, RunOptions options, Report report)
      throws IOException {
    report.progress(
        "%s: %d rows of %d dimensions, %s; kernel %s; searches on core %d",
        set.name(),
        set.base().rowCount(),
        set.base().dimension(),
        set.metric().operatorClass("vector"),
        VectorKernels.best().name(),
        options.core());
    EngineSetup setup =
        new EngineSetup(
            set.base(),
            set.queries(),
            set.metric(),
            options.core(),
            options.threads(),
            options.m(),
            options.efConstruction(),
            options.lists(),
            1);
    try (Processes processes = new Processes(setup, options)) {
      if (phases.contains(Phase.search)) {
        for (EngineName engine : engines) {
          processes.start(engine);
        }
        new Comparison(set, options, report).run(processes.all());
        processes.stopRivals();
      }
      ourPhases(set, engines, processes, options, report);
      if (phases.contains(Phase.memory)) {
        processes.built(EngineName.DISKANN);
      }
    }
    if (phases.contains(Phase.memory)) {
      new MemoryPhase(set, options, report).run(setup);
    }
  }

  private void ourPhases(
      VectorDataset set,
      List<EngineName> engines,
      Processes processes,
      RunOptions options,
      Report report)
      throws IOException {
    if (phases.contains(Phase.scan)) {
      new ScanPhase(set, options, report).run(processes.built(EngineName.FLAT));
    }
    for (EngineName engine : engines) {
      if (!engine.isOurs() || engine == EngineName.FLAT) {
        continue;
      }
      if (phases.contains(Phase.filter)) {
        new FilterPhase(set, options, report)
            .run(processes.built(engine), processes.built(EngineName.FLAT));
      }
      if (phases.contains(Phase.segments)) {
        try (EngineProcess several = processes.segmented(engine, SegmentPhase.SEGMENT_COUNT)) {
          new SegmentPhase(set, options, report).run(processes.built(engine), several);
        }
      }
    }
  }
}
