package quiver.workers.datanode;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.rpc.DataNodeService;
import quiver.rpc.DataNodeService.Resolution;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.host.HostedChannel;

/// Brings transactions over several channels to their end when the front end that began them does
/// not: asks the homes of those that are prepared here, and tells the participants of those that
/// were committed here. Front ends are given a moment to do it themselves. Used by one thread.
final class Settlement implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  /// How often a prepared transaction is seen before its home is asked, which aborts it if it is
  /// not decided: the front end may be on its way there.
  private static final int PATIENCE_ROUNDS = 8;

  private final HostedChannel channel;
  private final Function<String, DataNodeService> owners;
  private Map<UUID, Integer> roundsPrepared = new HashMap<>();
  private Set<UUID> decidedBefore = new HashSet<>();

  /// @param owners finds the owners of other channels
  Settlement(HostedChannel channel, Function<String, DataNodeService> owners) {
    this.channel = channel;
    this.owners = owners;
  }

  /// One round.
  @Override
  public void run() {
    askHomes();
    tellParticipants();
  }

  private void askHomes() {
    Map<UUID, Integer> rounds = new HashMap<>();
    Map<String, List<UUID>> due = new TreeMap<>();
    for (ChannelReplica.Undecided each : channel.withReplica(ChannelReplica::undecided)) {
      int seen = roundsPrepared.getOrDefault(each.transaction(), 0) + 1;
      rounds.put(each.transaction(), seen);
      if (seen > PATIENCE_ROUNDS) {
        due.computeIfAbsent(each.home(), ignored -> new ArrayList<>()).add(each.transaction());
      }
    }
    roundsPrepared = rounds;
    due.forEach((home, transactions) -> {
      try {
        DataNodeService owner = owners.apply(home);
        Map<UUID, Resolution> resolutions = new HashMap<>();
        transactions.forEach(each -> resolutions.put(each, owner.resolve(each)));
        channel.finish(resolutions);
        log.info("transactions settled: home={} count={}", home, resolutions.size());
      } catch (QuiverException e) {
        log.warn("transactions not settled yet: home={} count={}", home, transactions.size(), e);
      }
    });
  }

  private void tellParticipants() {
    List<ChannelCheckpoint.Unfinished> all = channel.withReplica(ChannelReplica::unfinished);
    Map<String, Map<UUID, Resolution>> byChannel = new TreeMap<>();
    Set<UUID> done = new HashSet<>();
    for (ChannelCheckpoint.Unfinished each : all) {
      if (decidedBefore.contains(each.transaction())) {
        done.add(each.transaction());
        for (String participant : each.participants()) {
          byChannel
              .computeIfAbsent(participant, ignored -> new HashMap<>())
              .put(each.transaction(), new Resolution(each.timestamp()));
        }
      }
    }
    byChannel.forEach((participant, resolutions) -> {
      try {
        owners.apply(participant).finish(resolutions);
      } catch (QuiverException e) {
        done.removeAll(resolutions.keySet());
        log.warn(
            "participant not told yet: channel={} count={}", participant, resolutions.size(), e);
      }
    });
    if (!done.isEmpty()) {
      List<UUID> forgotten = List.copyOf(done);
      var _ = channel.decideAndWait(owner -> owner.forget(forgotten));
    }
    decidedBefore = new HashSet<>();
    all.forEach(each -> decidedBefore.add(each.transaction()));
  }
}
