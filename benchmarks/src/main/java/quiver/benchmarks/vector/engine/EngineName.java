package quiver.benchmarks.vector.engine;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The engines there are.
public enum EngineName {
  FLAT("quiver", "flat", "rows", "1"),
  IVFFLAT("quiver", "ivfflat", "probes", "4,8,12,16,24,32,48,64,96,128,192,256,384,512,768"),
  GRAPH("quiver", "graph", "ef", "2,4,6,10,16,24,32,48,64,96,128,192,256,400,640"),
  DISKANN("quiver", "diskann", "ef", "10,16,24,32,48,64,96,128,192,256,400,640"),
  HNSW("quiver", "hnsw", "ef", "10,16,24,32,48,64,96,128,192,256,400,640"),
  HNSWLIB("hnswlib", "hnsw", "ef", "10,16,24,32,48,64,96,128,192,256,400,640"),
  LUCENE("lucene", "hnsw", "k", "10,16,24,32,48,64,96,128,192,256,400,640"),
  JVECTOR("jvector", "vamana", "k", "10,16,24,32,48,64,96,128,192,256,400,640");

  private final String engine;
  private final String index;
  private final String parameter;
  private final String efforts;

  EngineName(String engine, String index, String parameter, String efforts) {
    this.engine = engine;
    this.index = index;
    this.parameter = parameter;
    this.efforts = efforts;
  }

  static EngineName of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /// The one of our own index kinds.
  public static Optional<EngineName> ours(String kind) {
    return Arrays.stream(values()).filter(n -> n.isOurs() && n.index.equals(kind)).findFirst();
  }

  /// The one of other people's engines.
  public static Optional<EngineName> rival(String name) {
    return Arrays.stream(values()).filter(n -> !n.isOurs() && n.engine.equals(name)).findFirst();
  }

  /// What may be asked for, for an error message.
  public static String choices(boolean ours) {
    return Stream.of(values())
        .filter(name -> name.isOurs() == ours)
        .map(name -> ours ? name.index : name.engine)
        .collect(Collectors.joining(", "));
  }

  public boolean isOurs() {
    return engine.equals("quiver");
  }

  /// Who made it.
  public String engine() {
    return engine;
  }

  /// What kind of index it is.
  public String index() {
    return index;
  }

  /// What the engine calls its search effort.
  public String parameter() {
    return parameter;
  }

  /// Efforts to measure, rising.
  public int[] efforts() {
    return Stream.of(efforts.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  /// Opens the engine in this process.
  Engine open(EngineSetup setup) throws IOException {
    return switch (this) {
      case FLAT -> new FlatEngine(setup);
      case IVFFLAT -> new QuiverEngine(setup, QuiverEngine::buildLists);
      case GRAPH -> new QuiverEngine(setup, QuiverEngine::buildGraph);
      case DISKANN -> new DiskEngine(setup);
      case HNSW -> new QuiverEngine(setup, QuiverEngine::buildHnsw);
      case LUCENE -> new LuceneEngine(setup);
      case JVECTOR -> new JVectorEngine(setup);
      case HNSWLIB -> throw new IOException("hnswlib runs in its own program");
    };
  }
}
