package quiver.workers.host;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.vector.index.SearcherPool;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentReplica;
import quiver.workers.channel.SegmentState;
import quiver.workers.file.SegmentStore;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.TableLayout;

/// Puts the files that a later checkpoint names in the place of what a follower has: files for rows
/// in memory, and index files. Rows and addresses stay what they are, so it may happen at any
/// moment. Used under the replica's lock.
public final class AdoptedFiles {
  private final ChannelReplica replica;
  private final SegmentStore store;

  /// @param store opens the files
  public AdoptedFiles(ChannelReplica replica, SegmentStore store) {
    this.replica = replica;
    this.store = store;
  }

  /// Takes over what the checkpoint has.
  ///
  /// @return whether the replica has come as far as the checkpoint, so that nothing is left
  public boolean adopt(ChannelCheckpoint checkpoint) {
    for (ChannelCheckpoint.FlushedSegment flushed : checkpoint.segments()) {
      Optional<SegmentReplica> segment = replica.segment(flushed.file().segmentId());
      segment.ifPresent(known -> adopt(known, flushed.file()));
    }
    return replica.appliedTimestamp() >= checkpoint.appliedTimestamp();
  }

  private void adopt(SegmentReplica segment, SealedSegment file) {
    if (segment.state() == SegmentState.SEALED && segment.rows() instanceof GrowingRows rows) {
      boolean _ = replica.installFile(file, store.open(file, rows.layout()));
    } else if (segment.state() == SegmentState.FLUSHED
        && !indexesOf(segment).equals(file.indexes())) {
      replica
          .layout(segment.tableId())
          .ifPresent(table -> {
            boolean _ = replica.installFile(file, withIndexes(segment, file, table));
          });
    }
  }

  private static List<SealedSegment.IndexFile> indexesOf(SegmentReplica segment) {
    return segment.file().map(SealedSegment::indexes).orElse(List.of());
  }

  /// The same rows with the index files of `file`, of which some are open already.
  private LoadedSegment withIndexes(SegmentReplica segment, SealedSegment file, TableLayout table) {
    List<SealedSegment.IndexFile> open = indexesOf(segment);
    Map<Long, Pinned<SearcherPool>> indexes = new HashMap<>();
    try {
      for (SealedSegment.IndexFile index : file.indexes()) {
        Pinned<SearcherPool> present = segment.loaded().indexes().get(index.indexId());
        indexes.put(
            index.indexId(),
            present != null && open.contains(index)
                ? present.pin()
                : store.openIndex(index, segment.loaded().rows().value(), table));
      }
      return new LoadedSegment(segment.loaded().rows().pin(), indexes);
    } catch (RuntimeException e) {
      indexes.values().forEach(Pinned::unpin);
      throw e;
    }
  }
}
