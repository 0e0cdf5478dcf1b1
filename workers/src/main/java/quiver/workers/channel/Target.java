package quiver.workers.channel;

/// Where the next row of a table goes.
final class Target {
  final long segmentId;
  int nextRow;
  long bytes;

  Target(long segmentId, int nextRow, long bytes) {
    this.segmentId = segmentId;
    this.nextRow = nextRow;
    this.bytes = bytes;
  }
}
