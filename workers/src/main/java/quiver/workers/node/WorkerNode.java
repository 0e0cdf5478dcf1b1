package quiver.workers.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.workers.file.SegmentStore;
import quiver.workers.indexnode.IndexNode;
import quiver.workers.querynode.QueryNode;

/// A data node, a query node and an index node over one channel, in one process. They share one
/// replica.
public final class WorkerNode implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final QueryNode queryNode;
  private final OwnedChannel owned;

  private WorkerNode(WorkerSettings settings, WorkerEnvironment environment) {
    Ownership ownership = new Ownership(environment.meta(), settings.channel(), settings.node());
    this.owned =
        new OwnedChannel(
            settings,
            environment,
            ownership
                .take(ownership.read())
                .orElseThrow(() ->
                    new QuiverException(
                        SqlState.OBJECT_IN_USE,
                        "log channel \"%s\" is being taken over by another process",
                        settings.channel())));
    opened.push(owned);
    this.queryNode =
        new QueryNode(
            owned.channel(),
            environment.executor(),
            settings.queryNode(),
            environment.catalog(),
            environment.clock(),
            environment.random(),
            environment.threads());
    opened.push(queryNode);
  }

  /// Takes the channel over, recovers it, and serves.
  public static WorkerNode start(WorkerSettings settings, WorkerEnvironment environment) {
    WorkerNode node = new WorkerNode(settings, environment);
    try {
      node.opened.push(
          new IndexNode(
              environment.meta(),
              new SegmentStore(
                  environment.objects(),
                  environment.kernel(),
                  1,
                  settings.channel() + "-" + node.owned.term() + "i"),
              environment.functions(),
              settings.indexThreadCount(),
              environment.threads()));
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  public DataNodeService dataNode() {
    return owned.dataNode();
  }

  public QueryNodeService queryNode() {
    return queryNode;
  }

  /// Why the channel has stopped, if it has.
  public Optional<QuiverException> halted() {
    return owned.halted();
  }

  /// Stops the roles in reverse order of their start. Everything acknowledged is in the log.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable role = opened.pop();
      switch (role) {
        case OwnedChannel each -> each.close();
        case QueryNode each -> each.close();
        case IndexNode each -> each.close();
        default -> throw new IllegalStateException(role.toString());
      }
    }
  }
}
