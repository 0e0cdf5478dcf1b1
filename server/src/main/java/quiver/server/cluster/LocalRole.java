package quiver.server.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The roles a local cluster gives a process each, in the order they are started.
enum LocalRole {
  ROOT_COORDINATOR("root-coordinator", false, 4),
  DATA_COORDINATOR("data-coordinator", false, 3),
  QUERY_COORDINATOR("query-coordinator", false, 3),
  DATA_NODE("data-node", true, 10),
  QUERY_NODE("query-node", true, 12),
  INDEX_NODE("index-node", true, 10),
  FRONT_END("front-end", true, 6);

  private final String text;
  private final boolean isNumbered;
  private final int heapPercent;

  LocalRole(String text, boolean isNumbered, int heapPercent) {
    this.text = text;
    this.isNumbered = isNumbered;
    this.heapPercent = heapPercent;
  }

  /// As configuration and commands write it.
  String text() {
    return text;
  }

  /// What the heap of a process may grow to, in percent of the machine's memory.
  int heapPercent() {
    return heapPercent;
  }

  /// Whether processes can be added and taken away while the cluster runs.
  boolean isNumbered() {
    return isNumbered;
  }

  /// The name of a process.
  ///
  /// @param number from 1
  String nodeName(int number) {
    return isNumbered || number > 1 ? text + "-" + number : text;
  }

  static Optional<LocalRole> of(String text) {
    return Arrays.stream(values()).filter(role -> role.text.equals(text)).findFirst();
  }

  static List<String> numberedTexts() {
    return Arrays.stream(values()).filter(LocalRole::isNumbered).map(LocalRole::text).toList();
  }
}
