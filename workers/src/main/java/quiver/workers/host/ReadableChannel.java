package quiver.workers.host;

import java.util.Optional;
import quiver.rpc.Cancellation;
import quiver.workers.channel.TableReading;

/// What a query node reads of a channel, whether its process owns the channel or follows it.
/// Thread-safe.
public interface ReadableChannel {
  /// The node that hosts this replica, for people to read.
  String node();

  /// Waits until everything at or before `timestamp` can be read of a table: the log is applied up
  /// to it, and it is known of every transaction over several channels whether it committed by
  /// then.
  ///
  /// @throws quiver.common.error.QuiverException `57P03` if that takes too long
  void awaitReadable(long tableId, long timestamp, Cancellation cancellation);

  /// A table as [quiver.workers.channel.ChannelReplica#read] gives it; empty when the channel has
  /// no such table.
  ///
  /// @param addresses of row versions of the table; not modified
  /// @throws quiver.common.error.QuiverException `40001` if it is not known any more what became of
  ///   one of the addresses
  Optional<TableReading> read(long tableId, long[] addresses);
}
