package quiver.benchmarks.vector;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import quiver.benchmarks.vector.engine.EngineProcess;
import quiver.benchmarks.vector.engine.SearchPass;

/// Exact search against the memory bandwidth of the same thread.
final class ScanPhase {
  private final VectorDataset dataset;
  private final RunOptions options;
  private final Report report;

  ScanPhase(VectorDataset dataset, RunOptions options, Report report) {
    this.dataset = dataset;
    this.options = options;
    this.report = report;
  }

  /// @param flat built already
  void run(EngineProcess flat) throws IOException {
    double read = 0;
    double copy = 0;
    double scan = 0;
    double bytes = (double) dataset.base().rowCount() * dataset.base().dimension() * Float.BYTES;
    flat.search(1, options.k());
    for (int round = 0; round < options.rounds(); round++) {
      double[] bandwidth = flat.bandwidth();
      read = Math.max(read, bandwidth[0]);
      copy = Math.max(copy, bandwidth[1]);
      SearchPass pass = flat.search(1, options.k());
      scan = Math.max(scan, bytes * pass.nanos().length * 1e9 / pass.wallNanos());
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("scan_bytes_per_s", scan);
    figures.put("read_bytes_per_s", read);
    figures.put("copy_bytes_per_s", copy);
    report.line(dataset.name(), flat.name(), "scan", figures);
    report.compare(
        dataset.name(),
        flat.name().index(),
        String.format(Locale.ROOT, "exact scan GB/s (rows of %.0f MB)", bytes / 1e6),
        String.format(Locale.ROOT, "%.1f", scan / 1e9),
        "memory read",
        String.format(Locale.ROOT, "%.1f", read / 1e9),
        String.format(Locale.ROOT, "%.2fx", scan / read));
  }
}
