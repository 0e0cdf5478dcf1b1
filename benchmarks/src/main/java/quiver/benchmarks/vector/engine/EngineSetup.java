package quiver.benchmarks.vector.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import quiver.common.vector.DistanceMetric;

/// What an engine is started with.
///
/// @param core the processor that searches are pinned to
/// @param threads threads of a build
/// @param m neighbours of a graph node
/// @param efConstruction candidates of a graph build
/// @param lists of a list index, 0 for its own choice
/// @param segments how many equal parts our own engines split the rows into
public record EngineSetup(
    VectorFile base,
    VectorFile queries,
    DistanceMetric metric,
    int core,
    int threads,
    int m,
    int efConstruction,
    int lists,
    int segments) {

  /// Where the index on disk is.
  public Path diskIndex() {
    return Path.of(base.path() + ".diskann");
  }

  /// As command line arguments, in the order [#parse] and the C++ driver read them.
  List<String> arguments() {
    return List.of(
        base.path().toString(),
        String.valueOf(base.rowCount()),
        queries.path().toString(),
        String.valueOf(queries.rowCount()),
        String.valueOf(base.dimension()),
        metric.name().toLowerCase(Locale.ROOT),
        String.valueOf(core),
        String.valueOf(threads),
        String.valueOf(m),
        String.valueOf(efConstruction),
        String.valueOf(lists),
        String.valueOf(segments));
  }

  static EngineSetup parse(List<String> arguments) {
    int dimension = Integer.parseInt(arguments.get(4));
    return new EngineSetup(
        new VectorFile(Path.of(arguments.get(0)), dimension, Integer.parseInt(arguments.get(1))),
        new VectorFile(Path.of(arguments.get(2)), dimension, Integer.parseInt(arguments.get(3))),
        DistanceMetric.valueOf(arguments.get(5).toUpperCase(Locale.ROOT)),
        Integer.parseInt(arguments.get(6)),
        Integer.parseInt(arguments.get(7)),
        Integer.parseInt(arguments.get(8)),
        Integer.parseInt(arguments.get(9)),
        Integer.parseInt(arguments.get(10)),
        Integer.parseInt(arguments.get(11)));
  }

  /// The same with the rows split into parts.
  public EngineSetup withSegments(int newSegments) {
    return new EngineSetup(
        base, queries, metric, core, threads, m, efConstruction, lists, newSegments);
  }
}
