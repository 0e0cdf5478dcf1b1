package quiver.workers.querynode;

import java.util.ArrayList;
import java.util.List;
import quiver.execution.runtime.OperatorStatistics;

/// Figures of a fragment as lines: the holder's name, then one line per plan node in pre-order with
/// tab-separated `rows`, `batches`, `nanos`, `startupNanos`, `loops`, `memoryBytesMax`,
/// `spilledBytes` and `name=value` details.
final class FragmentReport {
  private FragmentReport() {}

  static List<String> lines(String holder, List<OperatorStatistics> operators) {
    List<String> lines = new ArrayList<>(operators.size() + 1);
    lines.add(holder);
    for (OperatorStatistics operator : operators) {
      StringBuilder line = new StringBuilder();
      line.append(operator.rows())
          .append('\t')
          .append(operator.batches())
          .append('\t')
          .append(operator.nanos())
          .append('\t')
          .append(operator.startupNanos())
          .append('\t')
          .append(operator.loops())
          .append('\t')
          .append(operator.memoryBytesMax())
          .append('\t')
          .append(operator.spilledBytes());
      operator
          .details()
          .forEach(
              detail -> line.append('\t').append(detail.name()).append('=').append(detail.value()));
      lines.add(line.toString());
    }
    return lines;
  }
}
