package quiver.workers.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.column.RowAddress;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.object.ObjectStore;
import quiver.storage.segment.RowMap;
import quiver.storage.segment.SegmentReader;
import quiver.vector.index.KeyFile;
import quiver.vector.index.RecallCalibration;
import quiver.vector.index.SearcherPool;
import quiver.vector.index.VectorIndex;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernel;
import quiver.workers.channel.SealedSegment;
import quiver.workers.channel.SegmentFiles;
import quiver.workers.segment.LoadedSegment;
import quiver.workers.segment.Pinned;
import quiver.workers.segment.ReshapedRows;
import quiver.workers.segment.SealedRows;
import quiver.workers.segment.SegmentRows;
import quiver.workers.segment.TableLayout;

/// Opens segment files and index files of one object store and knows which are open: one mapping
/// per file, closed by its last unpin. Safe for every thread.
public final class SegmentStore implements SegmentFiles {
  private static final Logger log = LoggerFactory.getLogger(SegmentStore.class);

  private final ObjectStore objects;
  private final VectorKernel kernel;
  private final int searcherCountMax;
  private final String uniquePrefix;
  private final AtomicLong number = new AtomicLong();
  private final ConcurrentMap<Long, Prepared> prepared = new ConcurrentHashMap<>();
  private final Object lock = new Object();

  private record Prepared(LoadedSegment loaded, SegmentFiles.RowMoves moves) {}

  @GuardedBy("lock")
  private final Map<String, Integer> openCounts = new HashMap<>();

  /// @param searcherCountMax searchers of one index at a time
  /// @param uniquePrefix begins the last part of every object name made here: no other process, and
  ///   no earlier run of this one, uses it
  public SegmentStore(
      ObjectStore objects, VectorKernel kernel, int searcherCountMax, String uniquePrefix) {
    this.objects = objects;
    this.kernel = kernel;
    this.searcherCountMax = searcherCountMax;
    this.uniquePrefix = uniquePrefix;
  }

  public ObjectStore objects() {
    return objects;
  }

  public VectorKernel kernel() {
    return kernel;
  }

  /// A name nobody has used.
  public String newName(String folder) {
    return folder + "/" + uniquePrefix + "-" + number.incrementAndGet();
  }

  /// Opens the files of a segment ahead of the moment when a record names them, which then costs no
  /// more than a look-up.
  public void prepare(SealedSegment segment, TableLayout table) {
    Prepared made = new Prepared(open(segment, table), rowMap(segment));
    Prepared before = prepared.put(segment.segmentId(), made);
    if (before != null) {
      before.loaded.unpin();
    }
  }

  /// Closes what was prepared and not used.
  public void forget(long segmentId) {
    Prepared unused = prepared.remove(segmentId);
    if (unused != null) {
      unused.loaded.unpin();
    }
  }

  @Override
  public LoadedSegment open(SealedSegment segment, TableLayout table) {
    Prepared ready = prepared.remove(segment.segmentId());
    if (ready != null) {
      return ready.loaded;
    }
    Pinned<SealedRows> rows = openRows(segment.objectName());
    Map<Long, Pinned<SearcherPool>> indexes = new HashMap<>();
    try {
      for (SealedSegment.IndexFile index : segment.indexes()) {
        openReadable(index, rows.value(), table, indexes);
      }
    } catch (RuntimeException e) {
      indexes.values().forEach(Pinned::unpin);
      rows.unpin();
      throw e;
    }
    return new LoadedSegment(rows, indexes);
  }

  /// The same rows with the index files of `file`, of which some are open already; the caller gets
  /// the pins.
  ///
  /// @param open the index files of `before`
  public LoadedSegment withIndexes(
      LoadedSegment before,
      List<SealedSegment.IndexFile> open,
      SealedSegment file,
      TableLayout table) {
    Map<Long, Pinned<SearcherPool>> indexes = new HashMap<>();
    try {
      for (SealedSegment.IndexFile index : file.indexes()) {
        Pinned<SearcherPool> present = before.indexes().get(index.indexId());
        if (present != null && open.contains(index)) {
          indexes.put(index.indexId(), present.pin());
        } else {
          openReadable(index, before.rows().value(), table, indexes);
        }
      }
      return new LoadedSegment(before.rows().pin(), indexes);
    } catch (RuntimeException e) {
      indexes.values().forEach(Pinned::unpin);
      throw e;
    }
  }

  /// Opens an index file into `indexes`. One of another format version is left out: its segment is
  /// searched as if it were not there, and the owner of the channel has it built anew.
  private void openReadable(
      SealedSegment.IndexFile index,
      SegmentRows rows,
      TableLayout table,
      Map<Long, Pinned<SearcherPool>> indexes) {
    try {
      indexes.put(index.indexId(), openIndex(index, rows, table));
    } catch (QuiverException e) {
      if (e.state() != SqlState.FEATURE_NOT_SUPPORTED) {
        throw e;
      }
      log.warn(
          "index file cannot be read and is left out: object={} reason={}",
          index.objectName(),
          e.message());
    }
  }

  /// Brings an object to where opening it takes no time, if this store keeps copies.
  public void fetch(String objectName) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment _ = objects.map(objectName, arena);
    }
  }

  /// Maps a segment file; the caller gets the pin.
  public Pinned<SealedRows> openRows(String objectName) {
    Arena arena = opened(objectName);
    try {
      MemorySegment file = objects.map(objectName, arena);
      SealedRows rows = new SealedRows(SegmentReader.open(objectName, file));
      return new Pinned<>(rows, () -> close(objectName, arena));
    } catch (RuntimeException e) {
      close(objectName, arena);
      throw e;
    }
  }

  /// Maps an index file over rows that stay open as long as it does; the caller gets the pin.
  public Pinned<SearcherPool> openIndex(
      SealedSegment.IndexFile index, SegmentRows rows, TableLayout table) {
    Arena arena = opened(index.objectName());
    try {
      MemorySegment image = objects.map(index.objectName(), arena);
      Optional<RecallCalibration> calibration = RecallCalibration.read(image);
      MemorySegment body = RecallCalibration.indexPart(image);
      SearcherPool searchers =
          new SearcherPool(
              open(body, index.objectName(), rows, table), searcherCountMax, calibration);
      return new Pinned<>(searchers, () -> close(index.objectName(), arena));
    } catch (RuntimeException e) {
      close(index.objectName(), arena);
      throw e;
    }
  }

  /// The vectors of a column; none if the rows are older than it.
  ///
  /// @param table has the column if the rows do not
  public static VectorRows vectors(SegmentRows rows, int columnId, TableLayout table) {
    int ordinal = rows.columnIds().indexOf(columnId);
    if (ordinal >= 0) {
      return rows.vectors(ordinal, rows.rowCount());
    }
    SegmentRows reshaped = ReshapedRows.of(rows, table.columns());
    return reshaped.vectors(reshaped.columnIds().indexOf(columnId), rows.rowCount());
  }

  private VectorIndex open(
      MemorySegment image, String objectName, SegmentRows rows, TableLayout table) {
    int columnId = IndexNames.columnIdOf(objectName);
    Optional<VectorRows> column =
        columnId == IndexNames.OWN_KEYS
            ? Optional.empty()
            : Optional.of(vectors(rows, columnId, table));
    return KeyFile.isOne(image)
        ? VectorIndexFiles.open(kernel, KeyFile.open(image), column)
        : VectorIndexFiles.open(kernel, image, column.orElseThrow());
  }

  /// The arena of a file, closed by its last unpin.
  @SuppressWarnings("MustBeClosedChecker")
  private Arena opened(String objectName) {
    synchronized (lock) {
      openCounts.merge(objectName, 1, Integer::sum);
    }
    return Arena.ofShared();
  }

  private void close(String objectName, Arena arena) {
    arena.close();
    synchronized (lock) {
      openCounts.merge(objectName, -1, (now, change) -> now + change == 0 ? null : now + change);
    }
  }

  /// Whether anybody reads the object now.
  public boolean isOpen(String objectName) {
    synchronized (lock) {
      return openCounts.containsKey(objectName);
    }
  }

  @Override
  public SegmentFiles.RowMoves rowMap(SealedSegment segment) {
    Prepared ready = prepared.get(segment.segmentId());
    if (ready != null) {
      return ready.moves;
    }
    Pinned<SealedRows> rows = openRows(segment.objectName());
    try {
      return moves(rows.value().reader().rowMap());
    } finally {
      rows.unpin();
    }
  }

  /// A row map in memory.
  static SegmentFiles.RowMoves moves(Optional<RowMap> stored) {
    Map<Long, List<Integer>> bySegment = new HashMap<>();
    stored.ifPresent(map -> {
      for (int i = 0; i < map.count(); i++) {
        long old = map.oldAddress(i);
        List<Integer> newRows =
            bySegment.computeIfAbsent(RowAddress.segmentId(old), ignored -> new ArrayList<>());
        while (newRows.size() < RowAddress.row(old)) {
          newRows.add(-1);
        }
        newRows.add(RowAddress.row(map.newAddress(i)));
      }
    });
    Map<Long, int[]> arrays = new HashMap<>();
    bySegment.forEach(
        (id, newRows) -> arrays.put(id, newRows.stream().mapToInt(Integer::intValue).toArray()));
    return new SegmentFiles.RowMoves(arrays);
  }
}
