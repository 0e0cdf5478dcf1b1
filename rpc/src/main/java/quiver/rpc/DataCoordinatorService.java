package quiver.rpc;

import java.util.List;
import quiver.rpc.ClusterService.IndexProgress;
import quiver.rpc.ClusterService.SegmentStatus;

/// The data coordinator as front ends see it. Thread-safe; calls block.
public interface DataCoordinatorService {
  /// Writes all growing rows of the tables (all tables when empty) to sealed segments and merges
  /// small segments; returns when done.
  @Idempotent
  void flush(List<Long> tableIds, Cancellation cancellation);

  /// Segments as `quiver_segments` shows them.
  @Idempotent
  List<SegmentStatus> segments();

  /// Running index builds as `pg_stat_progress_create_index` shows them.
  @Idempotent
  List<IndexProgress> indexProgress();
}
