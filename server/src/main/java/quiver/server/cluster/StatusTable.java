package quiver.server.cluster;

import java.util.List;
import java.util.Locale;

/// The members of a cluster, as text.
final class StatusTable {
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int SECONDS_PER_HOUR = 3_600;

  private StatusTable() {}

  static String of(List<Supervised> members) {
    StringBuilder text = new StringBuilder();
    line(text, "process", "state", "pid", "up", "restarts", "address");
    for (Supervised member : members) {
      Supervised.Row row = member.row();
      line(
          text,
          row.name(),
          row.state(),
          row.pid().map(pid -> Long.toString(pid)).orElse(""),
          row.state().equals("ready") ? duration(row.upSeconds()) : "",
          Integer.toString(row.restartCount()),
          row.failure().isEmpty() ? row.address() : row.failure());
    }
    return text.toString();
  }

  private static void line(
      StringBuilder text,
      String name,
      String state,
      String pid,
      String up,
      String restarts,
      String address) {
    text.append(
            String.format(
                    Locale.ROOT,
                    "%-18s %-9s %8s %8s %9s  %s",
                    name,
                    state,
                    pid,
                    up,
                    restarts,
                    address)
                .stripTrailing())
        .append('\n');
  }

  private static String duration(long seconds) {
    if (seconds < SECONDS_PER_MINUTE) {
      return seconds + "s";
    }
    if (seconds < SECONDS_PER_HOUR) {
      return seconds / SECONDS_PER_MINUTE + "m" + seconds % SECONDS_PER_MINUTE + "s";
    }
    return seconds / SECONDS_PER_HOUR + "h" + seconds % SECONDS_PER_HOUR / SECONDS_PER_MINUTE + "m";
  }
}
