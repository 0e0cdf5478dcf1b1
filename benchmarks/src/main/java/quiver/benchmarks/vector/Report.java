package quiver.benchmarks.vector;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import quiver.benchmarks.report.JsonLines;
import quiver.benchmarks.vector.engine.EngineName;
import quiver.benchmarks.vector.engine.EngineProcess;

/// Where an index benchmark puts its results: progress and the closing table on the terminal, JSON
/// lines in the file. Used by one thread.
final class Report {
  private final PrintWriter out;
  private final JsonLines json;
  private final List<String[]> table = new ArrayList<>();

  Report(PrintWriter out, JsonLines json) {
    this.out = out;
    this.json = json;
  }

  @FormatMethod
  void progress(@FormatString String format, Object... values) {
    out.printf(Locale.ROOT, format + "%n", values);
    out.flush();
  }

  void build(
      String dataset, EngineName engine, int threads, EngineProcess.Build build, String phase) {
    progress(
        "%-10s %-8s %s in %.2f s cpu, %.2f s wall by %d threads, %.1f MB",
        engine.engine(),
        engine.index(),
        phase,
        build.cpuSeconds(),
        build.wallSeconds(),
        threads,
        build.indexBytes() / 1e6);
    Map<String, Object> fields = head(dataset, engine, phase);
    fields.put("threads", threads);
    fields.put("build_cpu_s", build.cpuSeconds());
    fields.put("build_wall_s", build.wallSeconds());
    fields.put("index_bytes", build.indexBytes());
    json.write(fields);
  }

  /// One point of a curve.
  ///
  /// @param more further fields of the line
  void search(
      String dataset,
      EngineName engine,
      String phase,
      String filter,
      Measurement measured,
      Map<String, Object> more) {
    var point = measured.point();
    String parameter = engine.parameter() + "=" + point.effort();
    progress(
        "%-10s %-8s %-28s %-10s recall %.4f %8.0f/s p50 %8.1f us p99 %8.1f us cpu %8.1f us",
        engine.engine(),
        engine.index(),
        filter,
        parameter,
        point.recall(),
        point.queriesPerSecond(),
        point.p50Micros(),
        point.p99Micros(),
        point.cpuMicros());
    Map<String, Object> fields = head(dataset, engine, phase);
    fields.put("filter", filter);
    fields.put("param", parameter);
    fields.put("recall", point.recall());
    fields.put("qps", point.queriesPerSecond());
    fields.put("p50_us", point.p50Micros());
    fields.put("p99_us", point.p99Micros());
    fields.put("cpu_us", point.cpuMicros());
    fields.putAll(more);
    json.write(fields);
  }

  /// A line of another phase.
  void line(String dataset, EngineName engine, String phase, Map<String, Object> figures) {
    Map<String, Object> fields = head(dataset, engine, phase);
    fields.putAll(figures);
    json.write(fields);
  }

  private static Map<String, Object> head(String dataset, EngineName engine, String phase) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("engine", engine.engine());
    fields.put("dataset", dataset);
    fields.put("phase", phase);
    fields.put("index", engine.index());
    return fields;
  }

  /// A row of the closing table.
  ///
  /// @param ratio how many times better ours is
  void compare(
      String dataset,
      String index,
      String figure,
      String ours,
      String rival,
      String theirs,
      String ratio) {
    table.add(new String[] {dataset, index, figure, ours, rival, theirs, ratio});
  }

  /// Prints the table.
  void close() {
    if (table.isEmpty()) {
      return;
    }
    String[] titles = {"dataset", "index", "figure", "ours", "against", "theirs", "ratio"};
    int[] widths = new int[titles.length];
    table.addFirst(titles);
    for (String[] row : table) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    out.println();
    for (String[] row : table) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        boolean number = i == 3 || i > 4;
        line.append(
            String.format(Locale.ROOT, "%" + (number ? "" : "-") + widths[i] + "s  ", row[i]));
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}
