package quiver.server.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a local cluster consists of.
///
/// @param directory where everything is kept
/// @param port of the first front end; the next ones count upwards
/// @param coordinators processes of each of the three roles: one leads, the others stand by
/// @param replicas query nodes that hold each segment
/// @param channels channels of the log
/// @param objects an object store that runs already; empty: one is started
record ClusterPlan(
    Path directory,
    int port,
    int frontEnds,
    int queryNodes,
    int dataNodes,
    int indexNodes,
    int coordinators,
    int replicas,
    int channels,
    Optional<ObjectsAddress> objects) {
  /// Most processes of one role.
  static final int NODE_COUNT_MAX = 64;

  /// An object store.
  ///
  /// @param url `s3://host:port/bucket`
  record ObjectsAddress(String url, String accessKey, Path secretKeyFile) {}

  /// How many processes of a role there are.
  int count(LocalRole role) {
    return switch (role) {
      case ROOT_COORDINATOR, DATA_COORDINATOR, QUERY_COORDINATOR -> coordinators;
      case DATA_NODE -> dataNodes;
      case QUERY_NODE -> queryNodes;
      case INDEX_NODE -> indexNodes;
      case FRONT_END -> frontEnds;
    };
  }

  Path control() {
    return directory.resolve("control");
  }

  Path logs() {
    return directory.resolve("logs");
  }

  Path nodeDirectory(String name) {
    return directory.resolve("nodes").resolve(name);
  }

  /// What is wrong with the numbers.
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (coordinators < 1 || coordinators > NODE_COUNT_MAX) {
      problems.add("--coordinators is from 1 to " + NODE_COUNT_MAX);
    }
    for (LocalRole role : LocalRole.values()) {
      if (!role.isNumbered()) {
        continue;
      }
      if (count(role) < 1 || count(role) > NODE_COUNT_MAX) {
        problems.add("--" + role.text() + "s is from 1 to " + NODE_COUNT_MAX);
      }
    }
    if (replicas < 1 || replicas > queryNodes) {
      problems.add("--replicas is from 1 to the number of query nodes, " + queryNodes);
    }
    if (channels < 1 || channels > NODE_COUNT_MAX) {
      problems.add("--channels is from 1 to " + NODE_COUNT_MAX);
    }
    if (port < 1 || port + frontEnds > 65_536) {
      problems.add("--port needs " + frontEnds + " ports from 1 to 65535");
    }
    return problems;
  }
}
