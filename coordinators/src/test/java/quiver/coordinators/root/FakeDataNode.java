package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.meta.BarrierCommand;
import quiver.rpc.meta.BarrierResult;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.SegmentReport;
import quiver.storage.meta.MetaEvent;
import quiver.storage.meta.MetaListener;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// Carries out barriers and flushes at once, on the thread that asks for them.
final class FakeDataNode implements MetaListener {
  final List<BarrierCommand> barriers = new ArrayList<>();
  final List<SegmentReport> segments = new ArrayList<>();
  private final MetaStore store;

  FakeDataNode(MetaStore store) {
    this.store = store;
    var _ = store.watch("channel/", store.list("").revision() + 1, this);
  }

  @Override
  public void changed(List<MetaEvent> events) {
    for (MetaEvent event : events) {
      if (!(event instanceof MetaEvent.Written written)) {
        continue;
      }
      String key = event.key();
      if (key.startsWith(MetaKeys.barriers(MetaKeys.STANDALONE_CHANNEL))) {
        barriers.add(BarrierCommand.decode(key, written.entry().value()));
        carryOut(store, key, new CommitResult.Committed(7));
      } else if (key.startsWith(MetaKeys.flushes(MetaKeys.STANDALONE_CHANNEL))) {
        report();
        var _ = store.commit(List.of(), List.of(), List.of(key));
      }
    }
  }

  /// Answers a barrier.
  static void carryOut(MetaStore store, String key, CommitResult result) {
    long id = Long.parseUnsignedLong(key.substring(key.lastIndexOf('/') + 1), 16);
    var _ =
        store.commit(
            List.of(),
            List.of(
                new Put(
                    MetaKeys.barrierResult(MetaKeys.STANDALONE_CHANNEL, id),
                    new BarrierResult(result, List.of()).encode())),
            List.of(key));
  }

  void report() {
    var _ =
        store.commit(
            List.of(),
            List.of(
                new Put(
                    MetaKeys.report(MetaKeys.STANDALONE_CHANNEL), SegmentReport.encode(segments))),
            List.of());
  }

  @Override
  public void lost() {
    throw new IllegalStateException("watch lost");
  }
}
