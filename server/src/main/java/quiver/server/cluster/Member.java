package quiver.server.cluster;

import java.util.Optional;
import quiver.storage.process.ChildProcess;

/// A process that a cluster consists of. Used by one thread at a time, apart from [#process].
interface Member {
  String name();

  /// Where it is reached, for people.
  String address();

  /// Starts it and returns when it is ready.
  ///
  /// @throws quiver.common.error.QuiverException if it is not
  void start();

  /// The process of the last start.
  Optional<ChildProcess> process();
}
