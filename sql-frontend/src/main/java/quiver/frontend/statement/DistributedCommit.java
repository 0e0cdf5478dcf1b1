package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.DataNodeService;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;

/// One commit over several channels: a promise from each channel but the last one, in the order of
/// their names, so that no two transactions wait for each other; then the commit in the last one,
/// the home, which decides. If this process dies on the way, the channels settle it among
/// themselves. Used by one thread.
final class DistributedCommit {
  private static final Logger log = LoggerFactory.getLogger(DistributedCommit.class);

  private final StatementServices services;
  private final UUID id;
  private final NavigableMap<String, CommitRequest> requests;
  private final List<String> promised = new ArrayList<>();

  /// @param requests by channel, two or more; what is to be staged is staged
  DistributedCommit(
      StatementServices services, UUID id, NavigableMap<String, CommitRequest> requests) {
    this.services = services;
    this.id = id;
    this.requests = requests;
  }

  private DataNodeService owner(String channel) {
    return services.cluster().channelOwner(channel);
  }

  /// Commits or refuses.
  ///
  /// @throws QuiverException `08007` when the outcome cannot be known
  CommitResult run() {
    String home = requests.lastKey();
    long firstPromise = Long.MAX_VALUE;
    for (Map.Entry<String, CommitRequest> each : requests.headMap(home).entrySet()) {
      CommitResult result = promise(each.getKey(), each.getValue().as(new Part.Participant(home)));
      if (!(result instanceof CommitResult.Committed(long timestamp))) {
        takeBack();
        return result;
      }
      firstPromise = Math.min(firstPromise, timestamp);
      promised.add(each.getKey());
    }
    CommitRequest last = requests.lastEntry().getValue();
    return decide(home, last.as(new Part.Home(promised, firstPromise)));
  }

  private CommitResult promise(String channel, CommitRequest request) {
    try {
      return owner(channel).commit(request);
    } catch (RuntimeException e) {
      // Nobody has asked the home to commit, and nobody will.
      promised.add(channel);
      takeBack();
      throw e;
    }
  }

  private CommitResult decide(String home, CommitRequest request) {
    CommitResult result;
    try {
      result = Committer.send(owner(home), request);
    } catch (RuntimeException e) {
      inBackground(() -> finish(owner(home).resolve(id)));
      throw e;
    }
    Resolution resolution =
        result instanceof CommitResult.Committed(long timestamp)
            ? new Resolution(timestamp)
            : Resolution.ABORTED;
    inBackground(() -> finish(resolution));
    return result;
  }

  /// Lets go of what was promised and staged before the home was asked.
  private void takeBack() {
    inBackground(() -> {
      finish(Resolution.ABORTED);
      requests.forEach((channel, request) -> {
        if (request.stagedCount() > 0 && !promised.contains(channel)) {
          owner(channel).abandon(id);
        }
      });
    });
  }

  private void finish(Resolution resolution) {
    for (String channel : promised) {
      owner(channel).finish(Map.of(id, resolution));
    }
  }

  /// Whatever fails here the channels do themselves, a little later.
  private void inBackground(Runnable task) {
    services
        .fanOutThreads()
        .newThread(() -> {
          try {
            task.run();
          } catch (QuiverException e) {
            log.debug("transaction left to its channels: transaction={}", id, e);
          }
        })
        .start();
  }
}
