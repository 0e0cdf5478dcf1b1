package quiver.benchmarks.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where progress is reported.
final class ProgressLog {
  static final Logger LOG = LoggerFactory.getLogger("bench");

  private ProgressLog() {}
}
