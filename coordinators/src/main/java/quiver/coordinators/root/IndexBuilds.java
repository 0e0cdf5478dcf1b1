package quiver.coordinators.root;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.Cancellation;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.IndexRules;
import quiver.rpc.meta.IndexTask;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Waits for index builds that the data coordinator and index nodes do.
final class IndexBuilds {
  private static final Duration POLL = Duration.ofMillis(50);

  private final MetaStore store;
  private final ChannelMap channels;

  IndexBuilds(MetaStore store) {
    this.store = store;
    this.channels = ChannelMap.of(store.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
  }

  /// Has the table's growing rows flushed and returns when every flushed segment of the table has
  /// the index.
  ///
  /// @throws QuiverException why the build failed, or what `cancellation` throws
  void await(long tableId, long indexId, long flushId, Cancellation cancellation) {
    String channel = channels.channelOf(tableId);
    String flush = MetaKeys.flush(channel, flushId);
    store.commit(
        List.of(), List.of(new Put(flush, MetaValue.ofLongs(List.of(tableId)))), List.of());
    try (ChangeSignal signal =
        new ChangeSignal(
            store,
            List.of(MetaKeys.flushes(channel), MetaKeys.report(channel), MetaKeys.INDEX_RESULTS))) {
      while (signal.await(POLL)) {
        cancellation.check();
        checkFailure(indexId);
        if (store.get(flush).isEmpty() && isBuilt(channel, tableId, indexId)) {
          return;
        }
      }
      throw new QuiverException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
    } finally {
      store.commit(List.of(), List.of(), List.of(flush));
    }
  }

  private void checkFailure(long indexId) {
    for (KeyValue entry : store.list(MetaKeys.INDEX_RESULTS).entries()) {
      IndexTask.Result result = IndexTask.Result.decode(entry.key(), entry.value());
      if (result.indexId() == indexId && result.failed()) {
        throw QuiverException.ofMessage(
            stateOf(result.failure().getFirst()), result.failure().getLast());
      }
    }
  }

  private static SqlState stateOf(String code) {
    for (SqlState state : SqlState.values()) {
      if (state.code().equals(code)) {
        return state;
      }
    }
    return SqlState.INTERNAL_ERROR;
  }

  private boolean isBuilt(String channel, long tableId, long indexId) {
    String key = MetaKeys.report(channel);
    Optional<KeyValue> report = store.get(key);
    if (report.isEmpty()) {
      return false;
    }
    for (SegmentReport segment : SegmentReport.decode(key, report.get().value())) {
      if (segment.tableId() == tableId
          && segment.isFlushed()
          && segment.rowCount() >= IndexRules.ROWS_MIN
          && !segment.indexIds().contains(indexId)) {
        return false;
      }
    }
    return true;
  }
}
