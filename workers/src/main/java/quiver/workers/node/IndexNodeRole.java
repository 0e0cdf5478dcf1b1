package quiver.workers.node;

import quiver.workers.file.SegmentStore;
import quiver.workers.indexnode.IndexNode;

/// An index node in a process of its own. Several may run: each task is taken by one of them.
public final class IndexNodeRole implements AutoCloseable {
  private final IndexNode node;

  private IndexNodeRole(IndexNode node) {
    this.node = node;
  }

  /// Begins to take tasks.
  public static IndexNodeRole start(WorkerSettings settings, WorkerEnvironment environment) {
    return new IndexNodeRole(
        new IndexNode(
            environment.meta(),
            new SegmentStore(
                environment.objects(),
                environment.kernel(),
                1,
                settings.node() + "-" + QueryNodeRole.run(environment) + "i"),
            environment.functions(),
            settings.indexThreadCount(),
            environment.threads()));
  }

  @Override
  public void close() {
    node.close();
  }
}
