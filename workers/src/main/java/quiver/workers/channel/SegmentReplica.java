package quiver.workers.channel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.record.ChannelPosition;
import quiver.workers.segment.DeleteMap;
import quiver.workers.segment.GrowingRows;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.SegmentView;
import quiver.workers.segment.TableLayout;

/// One segment of a replica. Changed by the replica's thread only.
public final class SegmentReplica {
  private final long segmentId;
  private final long tableId;
  private final int incarnation;
  private final DeleteMap deletes;
  private SegmentState state;
  private ChannelPosition replayFrom;
  private @Nullable GrowingRows growing;
  private @Nullable SealedSegment file;
  private LoadedSegment loaded;
  private SegmentView view;
  private SegmentView.Origin origin = SegmentView.Origin.ROWS;
  private boolean fromCheckpoint;

  private SegmentReplica(
      long segmentId,
      long tableId,
      int incarnation,
      DeleteMap deletes,
      SegmentState state,
      ChannelPosition replayFrom,
      LoadedSegment loaded) {
    this.segmentId = segmentId;
    this.tableId = tableId;
    this.incarnation = incarnation;
    this.deletes = deletes;
    this.state = state;
    this.replayFrom = replayFrom;
    this.loaded = loaded;
    this.view = new SegmentView(segmentId, loaded, deletes, origin);
  }

  static SegmentReplica growing(
      long segmentId, GrowingRows rows, boolean staged, ChannelPosition replayFrom) {
    SegmentReplica segment =
        new SegmentReplica(
            segmentId,
            rows.layout().tableId(),
            rows.layout().incarnation(),
            new DeleteMap(),
            staged ? SegmentState.STAGED : SegmentState.GROWING,
            replayFrom,
            LoadedSegment.of(new Pinned<>(rows, rows::close)));
    segment.growing = rows;
    return segment;
  }

  static SegmentReplica flushed(
      SealedSegment file,
      LoadedSegment loaded,
      DeleteMap deletes,
      ChannelPosition position,
      boolean fromCheckpoint) {
    SegmentReplica segment =
        new SegmentReplica(
            file.segmentId(),
            file.tableId(),
            file.incarnation(),
            deletes,
            SegmentState.FLUSHED,
            position,
            loaded);
    segment.file = file;
    segment.fromCheckpoint = fromCheckpoint;
    return segment;
  }

  /// A merged segment, in the place of others.
  static SegmentReplica merged(
      SealedSegment file,
      LoadedSegment loaded,
      DeleteMap deletes,
      ChannelPosition position,
      SegmentView.Origin origin) {
    SegmentReplica segment = flushed(file, loaded, deletes, position, false);
    segment.origin = origin;
    segment.view = new SegmentView(segment.segmentId, loaded, deletes, origin);
    return segment;
  }

  public long segmentId() {
    return segmentId;
  }

  public long tableId() {
    return tableId;
  }

  public int incarnation() {
    return incarnation;
  }

  public SegmentState state() {
    return state;
  }

  public DeleteMap deletes() {
    return deletes;
  }

  /// The segment with the table's present columns.
  SegmentView view(TableLayout table) {
    view = view.withColumns(table.columns());
    return view;
  }

  /// Rows and indexes in their present form.
  public LoadedSegment loaded() {
    return loaded;
  }

  public SegmentRows rows() {
    return view.rows();
  }

  /// The file of a flushed segment.
  public Optional<SealedSegment> file() {
    return Optional.ofNullable(file);
  }

  /// Whether the segment and its deletes came from the checkpoint the replica started with.
  boolean fromCheckpoint() {
    return fromCheckpoint;
  }

  /// Where a replay has to begin to rebuild the segment, if it is not in a file.
  public ChannelPosition replayFrom() {
    return replayFrom;
  }

  /// The rows of a segment that is not in a file.
  ///
  /// @throws QuiverException `XX001` if it is: the log says otherwise
  GrowingRows growing() {
    GrowingRows rows = growing;
    if (rows == null) {
      throw new QuiverException(
          SqlState.DATA_CORRUPTED, "log record changes segment %d, which is flushed", segmentId);
    }
    return rows;
  }

  /// Rows appended to a segment in memory, or all rows of a flushed one.
  public int appendedCount() {
    GrowingRows rows = growing;
    return rows == null ? rows().rowCount() : rows.appendedCount();
  }

  void replayAlsoFrom(ChannelPosition position) {
    if (position.offset() < replayFrom.offset()) {
      replayFrom = position;
    }
  }

  void become(SegmentState next) {
    state = next;
  }

  /// The same rows from a file. Takes over the caller's pins of `inFile`.
  void installFile(SealedSegment newFile, LoadedSegment inFile) {
    LoadedSegment before = loaded;
    file = newFile;
    growing = null;
    loaded = inFile;
    state = SegmentState.FLUSHED;
    view = new SegmentView(segmentId, inFile, deletes, origin);
    before.unpin();
  }

  /// Gives up the replica's pins; views may hold theirs longer.
  void close() {
    loaded.unpin();
  }
}
