package quiver.workers.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import quiver.rpc.QueryNodeService.Progress;
import quiver.rpc.meta.ChannelMap;
import quiver.workers.file.OnDemandFiles;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.ChannelNudge;
import quiver.workers.host.ChannelSettings;
import quiver.workers.host.FollowerChannel;
import quiver.workers.host.ReadableChannels;

/// All channels, as a process follows them that owns none.
final class FollowedChannels implements ReadableChannels, AutoCloseable {
  private final ChannelMap map;
  private final Map<String, FollowerChannel> channels = new TreeMap<>();
  private final Map<String, OnDemandFiles> files = new TreeMap<>();

  /// Begins to follow.
  FollowedChannels(WorkerSettings settings, WorkerEnvironment environment, ChannelNudge nudge) {
    this.map = environment.channels();
    long run = QueryNodeRole.run(environment);
    try {
      for (String channel : map.names()) {
        OnDemandFiles ofChannel =
            new OnDemandFiles(
                new SegmentStore(
                    environment.objects(),
                    environment.kernel(),
                    settings.queryNode().threadCount() * OwnedChannel.SEARCHERS_PER_THREAD,
                    settings.node() + "-" + run));
        files.put(channel, ofChannel);
        channels.put(
            channel,
            FollowerChannel.start(
                channel,
                settings.node(),
                ChannelSettings.PATIENCE,
                environment.meta(),
                ofChannel,
                environment.broker(),
                nudge,
                environment.threads()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public FollowerChannel of(long tableId) {
    return Objects.requireNonNull(channels.get(map.channelOf(tableId)));
  }

  /// The files of a table's channel.
  OnDemandFiles files(long tableId) {
    return Objects.requireNonNull(files.get(map.channelOf(tableId)));
  }

  /// As [OnDemandFiles#place].
  void place(Set<Long> here, Set<Long> anywhere) {
    files.values().forEach(each -> each.place(here, anywhere));
  }

  /// As [OnDemandFiles#keepRowMaps].
  void keepRowMaps(Set<Long> segmentIds) {
    files.values().forEach(each -> each.keepRowMaps(segmentIds));
  }

  /// Segments whose files are open.
  int openCount() {
    return files.values().stream().mapToInt(OnDemandFiles::openCount).sum();
  }

  /// Whether all logs have been read up to where they ended when this process began to follow.
  boolean isCaughtUp() {
    return channels.values().stream().allMatch(FollowerChannel::isCaughtUp);
  }

  /// Everything at or before this timestamp has been read.
  long readableTimestamp() {
    return channels.values().stream().mapToLong(FollowerChannel::readableTimestamp).min().orElse(0);
  }

  @Override
  public List<Progress> progress() {
    List<Progress> all = new ArrayList<>();
    channels.forEach((name, channel) ->
        all.add(new Progress(name, channel.readableTimestamp(), channel.unreadCount())));
    return all;
  }

  @Override
  public void close() {
    channels.values().forEach(FollowerChannel::close);
  }
}
