package quiver.workers.file;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import quiver.storage.segment.RowMapReader;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentFiles;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.TableLayout;

/// The files of a query node: those of the segments that are its share stay open, others are opened
/// when somebody asks for them and closed when nobody has for a while. Safe for every thread.
public final class OnDemandFiles implements SegmentFiles {
  private final SegmentStore store;
  private final Set<OnDemandSegment> segments = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<Long, RowMoves> moves = new ConcurrentHashMap<>();
  private volatile Set<Long> kept = Set.of();
  private volatile Set<Long> placed = Set.of();
  private volatile boolean missing;

  public OnDemandFiles(SegmentStore store) {
    this.store = store;
  }

  public SegmentStore store() {
    return store;
  }

  /// Says which segments there is a place for.
  ///
  /// @param here those that stay open from their next opening on
  /// @param anywhere those that some node keeps open
  public void place(Set<Long> here, Set<Long> anywhere) {
    kept = Set.copyOf(here);
    placed = Set.copyOf(anywhere);
  }

  /// Whether a segment is part of this node's share.
  public boolean isKept(long segmentId) {
    return kept.contains(segmentId);
  }

  /// Whether a segment is part of some node's share.
  public boolean isPlaced(long segmentId) {
    return placed.contains(segmentId);
  }

  /// Segments whose files are open.
  public int openCount() {
    return (int) segments.stream().filter(OnDemandSegment::isOpen).count();
  }

  /// A segment of this node's share is opened at once: its files have been fetched before.
  @Override
  public LoadedSegment open(SealedSegment segment, TableLayout table) {
    OnDemandSegment made = new OnDemandSegment(this, segment, table);
    if (isKept(segment.segmentId())) {
      made.open().unpin();
    }
    add(made);
    return made.held();
  }

  void add(OnDemandSegment segment) {
    segments.add(segment);
  }

  void remove(OnDemandSegment segment) {
    segments.remove(segment);
  }

  /// Closes what is not of this node's share and has not been asked for since the last call.
  public void closeIdle() {
    for (OnDemandSegment segment : segments) {
      if (!isKept(segment.segmentId())) {
        segment.closeIfIdle();
      }
    }
  }

  void reportMissing() {
    missing = true;
  }

  /// Whether a file was gone since the last call: what is known here of the channel is too old.
  public boolean takeMissing() {
    boolean was = missing;
    missing = false;
    return was;
  }

  // ---- merges ----

  /// Reads ahead where the rows of a merge have gone, which the record of the merge asks for.
  public void prepareRowMap(long segmentId, String objectName, long sizeBytes) {
    if (!moves.containsKey(segmentId)) {
      moves.put(segmentId, readRowMap(objectName, sizeBytes));
    }
  }

  /// Forgets what was read ahead for other segments.
  public void keepRowMaps(Set<Long> segmentIds) {
    moves.keySet().retainAll(segmentIds);
  }

  private RowMoves readRowMap(String objectName, long sizeBytes) {
    return SegmentStore.moves(
        RowMapReader.read(
            objectName,
            sizeBytes,
            (offset, length) -> store.objects().read(objectName, offset, length)));
  }

  @Override
  public RowMoves rowMap(SealedSegment segment) {
    RowMoves ready = moves.remove(segment.segmentId());
    return ready != null ? ready : readRowMap(segment.objectName(), segment.sizeBytes());
  }
}
