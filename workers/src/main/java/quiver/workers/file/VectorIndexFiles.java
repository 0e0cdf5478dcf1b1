package quiver.workers.file;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import quiver.common.catalog.IndexMethod;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.vector.DistanceMetric;
import quiver.vector.index.BuildResources;
import quiver.vector.index.HnswIndex;
import quiver.vector.index.HnswOptions;
import quiver.vector.index.KeyFile;
import quiver.vector.index.KeyGraphIndex;
import quiver.vector.index.KeyRows;
import quiver.vector.index.RecallCalibration;
import quiver.vector.index.RecallMeasurement;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.vector.kernel.VectorKernels;

/// Which structure an index method is built as, and which one a file holds.
public final class VectorIndexFiles {
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
    HnswOptions graph = graphOptions(options);
    HnswIndex index = HnswIndex.build(kernel, rows, metric, graph, resources);
    RecallCalibration calibration =
        RecallMeasurement.measure(kernel, index, rows, graph.seed(), resources.monitor());
    return new Built(
        index,
        channel -> {
          index.write(channel);
          calibration.write(channel);
        });
  }

  /// Builds an index over half vectors, bits or sparse vectors.
  public static Built build(
      KeyRows rows, DistanceMetric metric, Map<String, String> options, BuildResources resources) {
    KeyGraphIndex index = KeyGraphIndex.build(rows, metric, graphOptions(options), resources);
    return new Built(index, index::write);
  }

  /// Opens a file over float32 rows.
  ///
  /// @throws QuiverException `XX002` if it is damaged
  static VectorIndex open(VectorKernel kernel, MemorySegment image, VectorRows rows) {
    return HnswIndex.open(kernel, image, rows);
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
