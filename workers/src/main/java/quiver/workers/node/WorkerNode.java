package quiver.workers.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.ChannelMap;
import quiver.workers.file.SegmentStore;
import quiver.workers.host.HostedChannel;
import quiver.workers.indexnode.IndexNode;
import quiver.workers.querynode.QueryNode;

/// The data nodes of all channels, a query node and an index node in one process. They share one
/// replica of each channel.
public final class WorkerNode implements AutoCloseable {
  private final Deque<Runnable> opened = new ArrayDeque<>();
  private final ChannelMap channels;
  private final Map<String, OwnedChannel> owned = new ConcurrentHashMap<>();
  private final QueryNode queryNode;

  private WorkerNode(WorkerSettings settings, WorkerEnvironment environment) {
    this.channels = environment.channels();
    WorkerEnvironment ownEnvironment = environment.withOwners(this::dataNode);
    try {
      for (String channel : channels.names()) {
        open(settings.withChannel(channel), ownEnvironment);
      }
      Map<String, HostedChannel> hosted = new HashMap<>();
      owned.forEach((name, channel) -> hosted.put(name, channel.channel()));
      this.queryNode =
          new QueryNode(
              settings.node(),
              tableId -> Objects.requireNonNull(hosted.get(channels.channelOf(tableId))),
              environment.executor(),
              settings.queryNode(),
              environment.catalog(),
              environment.clock(),
              environment.random(),
              environment.threads());
      opened.push(queryNode::close);
      IndexNode indexNode =
          new IndexNode(
              environment.meta(),
              new SegmentStore(
                  environment.objects(),
                  environment.kernel(),
                  1,
                  settings.channel() + "-" + first().term() + "i"),
              environment.functions(),
              settings.indexThreadCount(),
              environment.threads());
      opened.push(indexNode::close);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void open(WorkerSettings settings, WorkerEnvironment environment) {
    Ownership ownership = new Ownership(environment.meta(), settings.channel(), settings.node());
    OwnedChannel channel =
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
    owned.put(settings.channel(), channel);
    opened.push(channel::close);
  }

  /// Takes the channels over, recovers them, and serves.
  public static WorkerNode start(WorkerSettings settings, WorkerEnvironment environment) {
    return new WorkerNode(settings, environment);
  }

  private OwnedChannel first() {
    return Objects.requireNonNull(owned.get(ChannelMap.FIRST));
  }

  /// The owner of a channel.
  public DataNodeService dataNode(String channel) {
    @Nullable OwnedChannel found = owned.get(channel);
    if (found == null) {
      throw Unavailable.because("log channel \"%s\" is not open yet", channel);
    }
    return found.dataNode();
  }

  /// The log channels there are.
  public ChannelMap channels() {
    return channels;
  }

  public QueryNodeService queryNode() {
    return queryNode;
  }

  /// Why a channel has stopped, if one has.
  public Optional<QuiverException> halted() {
    return owned.values().stream().flatMap(channel -> channel.halted().stream()).findFirst();
  }

  /// Stops the roles in reverse order of their start. Everything acknowledged is in the log.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
  }
}
