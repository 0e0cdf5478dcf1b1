package quiver.workers.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.IndexMethod;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.graph.CodeGraphIndex;
import quiver.vector.graph.CodeGraphOptions;
import quiver.vector.graph.DiskGraphIndex;
import quiver.vector.index.BuildResources;
import quiver.vector.index.HnswIndex;
import quiver.vector.index.HnswOptions;
import quiver.vector.index.KeyFile;
import quiver.vector.index.KeyGraphIndex;
import quiver.vector.index.KeyRows;
import quiver.vector.index.RecallCalibration;
import quiver.vector.index.RecallMeasurement;
import quiver.vector.index.SearchRequest;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.list.ListIndex;
import quiver.vector.list.ListOptions;

/// Which structure an index method is built as, and which one a file holds.
public final class VectorIndexFiles {
  /// pgvector's default `lists`.
  private static final int LISTS_DEFAULT = 100;

  private static final long SEED = 1;

  /// A graph of codes that finds less with the default effort gives way to a plain one.
  private static final float RECALL_MIN = 0.85f;

  private static final int MAGIC_BYTES = 8;

  private VectorIndexFiles() {}

  /// An index and how to write its file.
  public record Built(VectorIndex index, KeyFile.Image image) {}

  /// Builds an index over float32 rows.
  ///
  /// @param options as in WITH (…)
  public static Built build(
      IndexMethod method,
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      Map<String, String> options,
      BuildResources resources) {
    Built built =
        switch (method) {
          case IVFFLAT -> lists(kernel, rows, metric, options, LISTS_DEFAULT, resources);
          case IVFRABITQ -> lists(kernel, rows, metric, options, ListOptions.LISTS_AUTO, resources);
          case DISKANN -> {
            DiskGraphIndex index =
                DiskGraphIndex.build(rows, metric, codeGraphOptions(options), resources);
            yield new Built(index, index::write);
          }
          default ->
              isOfCodes(options, metric, rows.dimension())
                  ? codeGraph(rows, metric, options, resources)
                  : plainGraph(kernel, rows, metric, options, resources);
        };
    RecallCalibration calibration = measured(kernel, built, rows, resources);
    boolean free = options.getOrDefault("quantization", "auto").equals("auto");
    if (free && built.index() instanceof CodeGraphIndex && recall(calibration) < RECALL_MIN) {
      // Codes do not suit these rows: their neighbours are as far as everything else.
      Built plain = plainGraph(kernel, rows, metric, options, resources);
      RecallCalibration plainCalibration = measured(kernel, plain, rows, resources);
      if (recall(plainCalibration) > recall(calibration)) {
        return calibrated(plain, plainCalibration);
      }
    }
    return calibrated(built, calibration);
  }

  private static RecallCalibration measured(
      VectorKernel kernel, Built built, VectorRows rows, BuildResources resources) {
    return RecallMeasurement.measure(kernel, built.index(), rows, SEED, resources.monitor());
  }

  /// The recall of ten rows with pgvector's default effort; 1 when it was not measured so far.
  private static float recall(RecallCalibration calibration) {
    return calibration.points().stream()
        .filter(point -> point.k() == 10 && point.effort() == SearchRequest.EFFORT_DEFAULT)
        .map(RecallCalibration.Point::recall)
        .findFirst()
        .orElse(1f);
  }

  private static Built calibrated(Built built, RecallCalibration calibration) {
    return new Built(
        built.index(),
        channel -> {
          built.image().write(channel);
          calibration.write(channel);
        });
  }

  private static Built lists(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      Map<String, String> options,
      int listsDefault,
      BuildResources resources) {
    ListOptions lists = new ListOptions(number(options, "lists").orElse(listsDefault), SEED);
    ListIndex index = ListIndex.build(kernel, rows, metric, lists, resources);
    return new Built(index, index::write);
  }

  /// Whether a graph carries codes: when asked for, and by itself where they are worth it.
  private static boolean isOfCodes(
      Map<String, String> options, DistanceMetric metric, int dimension) {
    return switch (options.getOrDefault("quantization", "auto")) {
      case "rabitq" -> true;
      case "none" -> false;
      default -> CodeGraphIndex.suits(metric, dimension);
    };
  }

  private static Built codeGraph(
      VectorRows rows,
      DistanceMetric metric,
      Map<String, String> options,
      BuildResources resources) {
    CodeGraphIndex index = CodeGraphIndex.build(rows, metric, codeGraphOptions(options), resources);
    return new Built(index, index::write);
  }

  private static Built plainGraph(
      VectorKernel kernel,
      VectorRows rows,
      DistanceMetric metric,
      Map<String, String> options,
      BuildResources resources) {
    HnswIndex index = HnswIndex.build(kernel, rows, metric, graphOptions(options), resources);
    return new Built(index, index::write);
  }

  /// Builds an index over half vectors, bits or sparse vectors.
  public static Built build(
      KeyRows rows, DistanceMetric metric, Map<String, String> options, BuildResources resources) {
    KeyGraphIndex index = KeyGraphIndex.build(rows, metric, graphOptions(options), resources);
    return calibrated(
        new Built(index, index::write),
        RecallMeasurement.measure(index, rows, SEED, resources.monitor()));
  }

  /// Opens a file over float32 rows.
  ///
  /// @throws QuiverException `XX002` if it is damaged
  static VectorIndex open(VectorKernel kernel, MemorySegment image, VectorRows rows) {
    return switch (magic(image)) {
      case "QIVCGRPH" -> CodeGraphIndex.open(image, rows);
      case "QUIVDISK" -> DiskGraphIndex.open(image, rows);
      case "QUIVLIST" -> ListIndex.open(kernel, image, rows);
      default -> HnswIndex.open(kernel, image, rows);
    };
  }

  private static String magic(MemorySegment image) {
    int length = (int) Math.min(MAGIC_BYTES, image.byteSize());
    return new String(
        image.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
  }

  /// Opens a file of keys.
  ///
  /// @param column the vectors of the segment's own column, if the file is about them
  static VectorIndex open(VectorKernel kernel, KeyFile file, Optional<VectorRows> column) {
    return switch (file.form()) {
      case COLUMN -> {
        VectorRows all = column.orElseThrow();
        yield open(
            kernel,
            file.index(),
            VectorRows.of(all.dimension(), all.rowCount(), all.block(0), file.present()));
      }
      case FLOATS -> open(kernel, file.index(), file.keys(VectorKernels.keys()).vectors());
      case HALVES, BITS, SPARSE ->
          KeyGraphIndex.open(file.index(), file.keys(VectorKernels.keys()));
    };
  }

  /// pgvector's options of a graph keep their meaning: `m` is half the degree, `ef_construction` is
  /// the beam of the build.
  private static CodeGraphOptions codeGraphOptions(Map<String, String> options) {
    int m = number(options, "m").orElse(HnswOptions.M_DEFAULT);
    int degree = Math.clamp((2 * m + 31) / 32 * 32L, 32, CodeGraphOptions.DEGREE_MAX);
    int beam = number(options, "ef_construction").orElse(CodeGraphOptions.BUILD_BEAM_DEFAULT);
    return new CodeGraphOptions(
        number(options, "degree").orElse(degree), number(options, "build_beam").orElse(beam), SEED);
  }

  private static HnswOptions graphOptions(Map<String, String> options) {
    HnswOptions defaults = HnswOptions.defaults();
    return new HnswOptions(
        number(options, "m").orElse(defaults.m()),
        number(options, "ef_construction").orElse(defaults.efConstruction()),
        defaults.seed());
  }

  static Optional<Integer> number(Map<String, String> options, String name) {
    String text = options.get(name);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "invalid value for integer option \"%s\": %s",
              name,
              text)
          .withCause(e);
    }
  }
}
