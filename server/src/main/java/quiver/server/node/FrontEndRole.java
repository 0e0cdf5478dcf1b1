package quiver.server.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import quiver.coordinators.query.PlacedCluster;
import quiver.frontend.FrontEnd;
import quiver.frontend.FrontEndBackend;
import quiver.rpc.CatalogCache;
import quiver.server.access.Listening;
import quiver.server.access.RootFragments;

/// The front end of a process of a cluster.
final class FrontEndRole implements AutoCloseable {
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final FrontEnd frontEnd;

  /// @param process what this process is registered as
  FrontEndRole(NodeContext node, UUID process) {
    RootFragments cpu = new RootFragments(node.processors());
    opened.push(cpu::close);
    PlacedCluster cluster =
        new PlacedCluster(node.directory(), node.stores().meta(), node.threads());
    opened.push(cluster::close);
    frontEnd =
        Listening.start(
            node.config(),
            node.spill(),
            node.version(),
            new FrontEndBackend(
                new CatalogCache(node.directory().root()),
                cluster,
                node.functions(),
                cpu.pool(),
                node.clock(),
                node.seeds(),
                process));
    opened.push(frontEnd::close);
  }

  /// Lets sessions end what they are about.
  void drain() {
    frontEnd.drain();
  }

  int port() {
    return frontEnd.port();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
