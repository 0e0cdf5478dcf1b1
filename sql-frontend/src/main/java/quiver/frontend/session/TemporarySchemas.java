package quiver.frontend.session;

import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.DdlCommand;
import quiver.common.error.QuiverException;
import quiver.planner.parser.node.Statement;
import quiver.rpc.Cancellation;
import quiver.rpc.RootCoordinatorService;

/// The schemas that hold the temporary objects of a front end's sessions. What a process that dies
/// leaves behind, the root coordinator drops. Safe for every thread.
public final class TemporarySchemas {
  private static final Logger log = LoggerFactory.getLogger(TemporarySchemas.class);

  private final RootCoordinatorService root;
  private final UUID process;

  /// Schemas of sessions that have ended while the root coordinator was away.
  private final Queue<String> leftBehind = new ConcurrentLinkedQueue<>();

  /// @param process the process of the front end, as it is registered
  public TemporarySchemas(RootCoordinatorService root, UUID process) {
    this.root = root;
    this.process = process;
  }

  /// A name that no other session has.
  String newName() {
    return root.newTemporarySchema();
  }

  /// What makes a session's schema.
  DdlCommand.CreateTemporarySchema creation(String name) {
    return new DdlCommand.CreateTemporarySchema(name, process);
  }

  /// Whether a statement may make something temporary.
  static boolean mayBeMadeBy(Statement statement) {
    return switch (statement) {
      case Statement.CreateTable _,
          Statement.CreateTableAs _,
          Statement.CreateView _,
          Statement.CreateSequence _ ->
          true;
      case Statement.Explain explain -> mayBeMadeBy(explain.statement());
      default -> false;
    };
  }

  /// Drops what a session that has ended has made, and what others could not drop.
  void drop(String name) {
    leftBehind.add(name);
    for (String next = leftBehind.poll(); next != null; next = leftBehind.poll()) {
      try {
        var _ = root.execute(new DdlCommand.DropTemporarySchema(next), Cancellation.NEVER);
      } catch (QuiverException e) {
        log.warn("temporary objects not dropped, will be tried again: schema={}", next, e);
        leftBehind.add(next);
        return;
      }
    }
  }
}
