package quiver.storage.log.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.DirectoryLock;
import quiver.storage.file.Disk;
import quiver.storage.log.ChannelNames;
import quiver.storage.log.LogAppend;
import quiver.storage.log.LogBroker;
import quiver.storage.log.LogReader;
import quiver.storage.log.LogWriter;

/// The log broker of one machine: a directory of channels, each a directory of files, and one
/// thread that forces them. All appends that gather while a force is under way share the next one.
///
/// A full disk fails the appends of that moment and nothing else. A failed force halts the channel:
/// reading goes on, appending does not, until the server is restarted.
public final class LocalLogBroker implements LogBroker {
  private final Disk disk;
  private final Path root;
  private final LocalLogOptions options;
  private final Executor committer;
  private final Runnable stopCommitter;
  private final DirectoryLock directoryLock;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final Map<String, LocalChannel> channels = new HashMap<>();

  @GuardedBy("lock")
  private boolean closed;

  private LocalLogBroker(
      Disk disk, Path root, LocalLogOptions options, Executor committer, Runnable stopCommitter) {
    this.disk = disk;
    this.root = root;
    this.options = options;
    this.committer = committer;
    this.stopCommitter = stopCommitter;
    disk.createDirectories(root);
    this.directoryLock = disk.lock(root);
  }

  /// Opens or creates the log in `root`.
  ///
  /// @param threads makes the one thread that writes and forces; give it a name
  /// @throws QuiverException `55006` if another broker has the directory
  public static LocalLogBroker open(
      Disk disk, Path root, LocalLogOptions options, ThreadFactory threads) {
    ExecutorService committer = Executors.newSingleThreadExecutor(threads);
    try {
      return new LocalLogBroker(disk, root, options, committer, committer::close);
    } catch (QuiverException e) {
      committer.close();
      throw e;
    }
  }

  /// Opens or creates the log in `root`; every append is written and forced by the appending
  /// thread. For simulations.
  public static LocalLogBroker openInline(Disk disk, Path root, LocalLogOptions options) {
    return new LocalLogBroker(disk, root, options, Runnable::run, () -> {});
  }

  @Override
  public LogWriter openWriter(String channel) {
    LocalChannel opened = channel(channel);
    opened.checkWritable();
    return new Writer(opened);
  }

  @Override
  public LogReader openReader(String channel, long from) {
    LocalChannel opened = channel(channel);
    opened.checkPosition(from);
    return new LocalLogReader(opened, from);
  }

  @Override
  public long start(String channel) {
    return channel(channel).start();
  }

  @Override
  public long end(String channel) {
    return channel(channel).end();
  }

  @Override
  public void truncate(String channel, long before) {
    channel(channel).truncate(before);
  }

  private LocalChannel channel(String name) {
    ChannelNames.check(name);
    synchronized (lock) {
      if (closed) {
        throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log broker is closed");
      }
      LocalChannel channel = channels.get(name);
      if (channel == null) {
        channel = new LocalChannel(disk, root.resolve(name), name, options, committer);
        channels.put(name, channel);
      }
      return channel;
    }
  }

  @Override
  public void close() {
    List<LocalChannel> open;
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      open = List.copyOf(channels.values());
    }
    open.forEach(LocalChannel::close);
    stopCommitter.run();
    directoryLock.close();
  }

  private static final class Writer implements LogWriter {
    private final LocalChannel channel;
    private final LocalChannel.Writer state = new LocalChannel.Writer();
    private volatile boolean closed;

    Writer(LocalChannel channel) {
      this.channel = channel;
    }

    @Override
    public LogAppend append(ByteBuffer record) {
      if (closed) {
        throw new QuiverException(SqlState.ADMIN_SHUTDOWN, "log writer is closed");
      }
      return channel.append(state, record);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
