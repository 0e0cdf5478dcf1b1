package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import quiver.execution.runtime.FragmentStatistics;
import quiver.execution.runtime.OperatorStatistics;
import quiver.execution.runtime.OperatorStatistics.Detail;

/// Reads the figures query nodes send with an analysed fragment: the holder's name, then one line
/// per plan node in pre-order with tab-separated `rows`, `batches`, `nanos`, `loops`,
/// `memoryBytesMax`, `spilledBytes` and `name=value` details.
final class FragmentReports {
  private static final int FIGURE_COUNT = 7;

  private FragmentReports() {}

  /// @param lines empty without a report
  static List<FragmentStatistics> parse(List<String> lines) {
    if (lines.isEmpty()) {
      return List.of();
    }
    List<OperatorStatistics> operators = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split("\t", -1);
      long[] figures = new long[FIGURE_COUNT];
      for (int i = 0; i < FIGURE_COUNT; i++) {
        figures[i] = Long.parseLong(parts[i]);
      }
      List<Detail> details = new ArrayList<>();
      for (int i = FIGURE_COUNT; i < parts.length; i++) {
        int equals = parts[i].indexOf('=');
        details.add(new Detail(parts[i].substring(0, equals), parts[i].substring(equals + 1)));
      }
      operators.add(
          new OperatorStatistics(
              figures[0],
              figures[1],
              figures[2],
              figures[3],
              figures[4],
              figures[5],
              figures[6],
              details));
    }
    return List.of(new FragmentStatistics(lines.getFirst(), operators));
  }
}
