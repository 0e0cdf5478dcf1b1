package quiver.vector.index;

/// Watches an index build.
public interface BuildMonitor {
  /// Neither watches nor cancels.
  BuildMonitor NONE =
      new BuildMonitor() {
        @Override
        public void progress(int rowsDone, int rowsTotal) {}

        @Override
        public void checkCancelled() {}
      };

  /// Called by the building thread, often, with growing `rowsDone`.
  void progress(int rowsDone, int rowsTotal);

  /// Called by every thread of the build, every few rows; throws to end the build, which then
  /// throws the same exception.
  void checkCancelled();
}
