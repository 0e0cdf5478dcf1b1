package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import quiver.common.column.RowMask;
import quiver.vector.index.BuildResources;
import quiver.vector.index.VectorRows;
import quiver.vector.list.ListFile.Header;
import quiver.vector.list.ListFile.Section;
import quiver.vector.parallel.ParallelLoop;

/// Builds a [ListIndex]: rotates, assigns and encodes each row once, in row order, then copies the
/// codes into their lists. Every row is handled by itself, so the result does not depend on the
/// number of threads.
final class ListBuilder {
  /// Whole blocks, so that two threads never write to one.
  private static final int CHUNK_ROWS = 512;

  private static final int CHUNK_LISTS = 8;

  private final VectorRows rows;
  private final ListCodebook codebook;
  private final BuildResources resources;
  private final ParallelLoop loop;

  ListBuilder(VectorRows rows, ListCodebook codebook, BuildResources resources) {
    if (rows.dimension() != codebook.dimension()) {
      throw new IllegalArgumentException(
          "a codebook of dimension " + codebook.dimension() + " for " + rows.dimension());
    }
    this.rows = rows;
    this.codebook = codebook;
    this.resources = resources;
    this.loop = new ParallelLoop(resources.executor(), resources.threadCount());
  }

  ListIndex build() {
    try (Arena scratch = Arena.ofShared()) {
      EncodedRows encoded = new EncodedRows(codebook, rows.rowCount(), scratch);
      encode(encoded);
      ListFile file = arrange(encoded);
      file.seal();
      return new ListIndex(codebook, rows, file);
    }
  }

  private void encode(EncodedRows encoded) {
    AtomicInteger done = new AtomicInteger();
    RowMask present = rows.present();
    loop.run(
        rows.rowCount(),
        CHUNK_ROWS,
        (slot, from, to) -> {
          resources.monitor().checkCancelled();
          RowEncoder encoder = new RowEncoder(codebook, CHUNK_ROWS);
          float[] vector = new float[rows.dimension()];
          for (int row = from; row < to; row++) {
            if (present.contains(row)) {
              rows.copyRow(row, vector);
              encoder.add(row, vector);
            }
          }
          encoder.flush(encoded);
          int rowsDone = done.addAndGet(to - from);
          if (slot == 0) {
            resources.monitor().progress(rowsDone, rows.rowCount());
          }
        });
  }

  /// Lays the rows out by list, ascending inside each.
  private ListFile arrange(EncodedRows encoded) {
    int listCount = codebook.listCount();
    int[] starts = new int[listCount + 1];
    int uncoded = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      int list = encoded.list(row);
      if (list >= 0) {
        starts[list + 1]++;
      } else if (list == EncodedRows.UNCODED) {
        uncoded++;
      }
    }
    for (int list = 0; list < listCount; list++) {
      starts[list + 1] += starts[list];
    }
    int[] order = new int[starts[listCount]];
    int[] next = starts.clone();
    for (int row = 0; row < rows.rowCount(); row++) {
      int list = encoded.list(row);
      if (list >= 0) {
        order[next[list]++] = row;
      }
    }
    ListFile file = ListFile.create(header(encoded, starts, uncoded), resources.arena());
    new ListWriter(file, starts).writeCentroids(codebook);
    writeUncoded(encoded, file.section(Section.UNCODED));
    ListWriter writer = new ListWriter(file, starts);
    loop.run(
        listCount,
        CHUNK_LISTS,
        (slot, from, to) -> {
          for (int list = from; list < to; list++) {
            writer.begin(list);
            for (int at = starts[list]; at < starts[list + 1]; at++) {
              writer.copy(list, at, order[at], encoded, order[at]);
            }
          }
        });
    return file;
  }

  private Header header(EncodedRows encoded, int[] starts, int uncoded) {
    int listCount = codebook.listCount();
    double steps = 0;
    double norms = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      if (encoded.list(row) >= 0) {
        steps += encoded.step(row);
        norms += Math.sqrt(encoded.squaredNorm(row));
      }
    }
    int coded = Math.max(1, starts[listCount]);
    return new Header(
        codebook.metric(),
        codebook.dimension(),
        rows.rowCount(),
        starts[listCount],
        uncoded,
        listCount,
        codebook.isCoded() ? ListWriter.blockCount(starts) : 0,
        codebook.isCoded(),
        codebook.id(),
        (float) (steps / coded),
        (float) (norms / coded));
  }

  private void writeUncoded(EncodedRows encoded, MemorySegment section) {
    int count = 0;
    for (int row = 0; row < rows.rowCount(); row++) {
      if (encoded.list(row) == EncodedRows.UNCODED) {
        section.setAtIndex(quiver.vector.index.LittleEndian.INT, count++, row);
      }
    }
  }
}
