package quiver.workers.host;

import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import quiver.workers.channel.ChannelCheckpoint;
import quiver.workers.channel.ChannelReplica;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentFiles;
import quiver.workers.channel.SegmentReplica;
import quiver.workers.channel.SegmentState;
import quiver.workers.file.OnDemandSegment;
import quiver.workers.file.SegmentStore;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.TableLayout;

/// Puts the files that a later checkpoint names in the place of what a follower has: files for rows
/// in memory, and index files. Rows and addresses stay what they are, so it may happen at any
/// moment. Used under the replica's lock.
public final class AdoptedFiles {
  private final ChannelReplica replica;
  private final SegmentFiles files;
  private final SegmentStore store;
  private final LongPredicate ready;

  /// @param files of the replica
  /// @param store opens index files
  /// @param ready whether a segment's rows in memory may go
  public AdoptedFiles(
      ChannelReplica replica, SegmentFiles files, SegmentStore store, LongPredicate ready) {
    this.replica = replica;
    this.files = files;
    this.store = store;
    this.ready = ready;
  }

  /// Takes over what the checkpoint has.
  ///
  /// @return whether nothing is left: the replica has come as far as the checkpoint, and all
  ///   segments were ready
  public boolean adopt(ChannelCheckpoint checkpoint) {
    boolean complete = replica.appliedTimestamp() >= checkpoint.appliedTimestamp();
    for (ChannelCheckpoint.FlushedSegment flushed : checkpoint.segments()) {
      Optional<SegmentReplica> segment = replica.segment(flushed.file().segmentId());
      if (segment.isPresent()) {
        complete &= adopt(segment.get(), flushed.file());
      }
    }
    return complete;
  }

  private boolean adopt(SegmentReplica segment, SealedSegment file) {
    if (segment.state() == SegmentState.SEALED
        && segment.loaded().rows().value() instanceof GrowingRows rows) {
      if (!ready.test(segment.segmentId())) {
        return false;
      }
      boolean _ = replica.installFile(file, files.open(file, rows.layout()));
    } else if (segment.state() == SegmentState.FLUSHED
        && !indexesOf(segment).equals(file.indexes())) {
      replica
          .layout(segment.tableId())
          .ifPresent(table -> {
            boolean _ = replica.installFile(file, withIndexes(segment, file, table));
          });
    }
    return true;
  }

  private static List<SealedSegment.IndexFile> indexesOf(SegmentReplica segment) {
    return segment.file().map(SealedSegment::indexes).orElse(List.of());
  }

  /// The same rows with the index files of `file`, of which some are open already.
  private LoadedSegment withIndexes(SegmentReplica segment, SealedSegment file, TableLayout table) {
    return segment.loaded().rows().value() instanceof OnDemandSegment unopened
        ? unopened.withIndexes(file, table)
        : store.withIndexes(segment.loaded(), indexesOf(segment), file, table);
  }
}
