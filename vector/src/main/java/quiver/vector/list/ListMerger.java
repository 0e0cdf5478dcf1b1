package quiver.vector.list;

import java.util.Arrays;
import java.util.List;
import quiver.vector.index.BuildResources;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.VectorRows;
import quiver.vector.list.ListFile.Header;
import quiver.vector.list.ListFile.Section;
import quiver.vector.parallel.ParallelLoop;

/// Merges list indexes with one codebook by joining their lists: no row is rotated, assigned or
/// encoded again.
public final class ListMerger {
  private static final int CHUNK_LISTS = 8;

  /// The new number of a row that is left out.
  public static final int DROPPED = -1;

  private ListMerger() {}

  /// One index to merge.
  ///
  /// @param newRows the row's number in the merged segment for each of its rows, or [#DROPPED]; not
  ///   changed
  public record Part(ListIndex index, int[] newRows) {
    public Part {
      if (newRows.length != index.rowCount()) {
        throw new IllegalArgumentException(
            newRows.length + " numbers for " + index.rowCount() + " rows");
      }
    }
  }

  /// Whether indexes can be merged: all have the same centroids and metric.
  public static boolean canMerge(List<ListIndex> indexes) {
    ListCodebook first = indexes.getFirst().codebook();
    return indexes.stream()
        .map(ListIndex::codebook)
        .allMatch(codebook ->
            codebook.id() == first.id()
                && codebook.metric() == first.metric()
                && codebook.dimension() == first.dimension()
                && Arrays.equals(codebook.centroids().values(), first.centroids().values()));
  }

  /// The index of the merged segment.
  ///
  /// @param rows the merged segment's vectors; each row's equals that of the row it came from
  /// @throws IllegalArgumentException if the parts have different codebooks
  public static ListIndex merge(List<Part> parts, VectorRows rows, BuildResources resources) {
    if (!canMerge(parts.stream().map(Part::index).toList())) {
      throw new IllegalArgumentException("list indexes with different centroids");
    }
    ListCodebook codebook = parts.getFirst().index().codebook();
    int listCount = codebook.listCount();
    int[] starts = new int[listCount + 1];
    int uncoded = 0;
    for (Part part : parts) {
      ListIndex index = part.index();
      for (int list = 0; list < listCount; list++) {
        for (int position = index.start(list); position < index.end(list); position++) {
          starts[list + 1] += isKept(part, index.rowAt(list, position)) ? 1 : 0;
        }
      }
      for (int i = 0; i < index.header().uncodedRowCount(); i++) {
        uncoded += isKept(part, index.uncodedRow(i)) ? 1 : 0;
      }
    }
    for (int list = 0; list < listCount; list++) {
      starts[list + 1] += starts[list];
    }
    ListFile file = ListFile.create(header(parts, rows, starts, uncoded), resources.arena());
    ListWriter writer = new ListWriter(file, starts);
    writer.writeCentroids(codebook);
    new ParallelLoop(resources.executor(), resources.threadCount())
        .run(
            listCount,
            CHUNK_LISTS,
            (slot, from, to) -> {
              resources.monitor().checkCancelled();
              for (int list = from; list < to; list++) {
                writer.begin(list);
                join(parts, list, starts[list], writer);
              }
            });
    writeUncoded(parts, file);
    file.seal();
    return new ListIndex(codebook, rows, file);
  }

  private static boolean isKept(Part part, int row) {
    return part.newRows()[row] != DROPPED;
  }

  private static void join(List<Part> parts, int list, int start, ListWriter writer) {
    int target = start;
    for (Part part : parts) {
      ListIndex index = part.index();
      for (int position = index.start(list); position < index.end(list); position++) {
        int row = part.newRows()[index.rowAt(list, position)];
        if (row != DROPPED) {
          writer.copy(list, target++, index, position, row);
        }
      }
    }
  }

  private static void writeUncoded(List<Part> parts, ListFile file) {
    int count = 0;
    for (Part part : parts) {
      for (int i = 0; i < part.index().header().uncodedRowCount(); i++) {
        int row = part.newRows()[part.index().uncodedRow(i)];
        if (row != DROPPED) {
          file.section(Section.UNCODED).setAtIndex(LittleEndian.INT, count++, row);
        }
      }
    }
  }

  private static Header header(List<Part> parts, VectorRows rows, int[] starts, int uncoded) {
    Header first = parts.getFirst().index().header();
    double steps = 0;
    double norms = 0;
    double weight = 0;
    for (Part part : parts) {
      Header header = part.index().header();
      steps += (double) header.meanStep() * header.codedRowCount();
      norms += (double) header.meanNorm() * header.codedRowCount();
      weight += header.codedRowCount();
    }
    weight = Math.max(1, weight);
    return new Header(
        first.metric(),
        first.dimension(),
        rows.rowCount(),
        starts[starts.length - 1],
        uncoded,
        first.listCount(),
        first.coded() ? ListWriter.blockCount(starts) : 0,
        first.coded(),
        first.codebookId(),
        (float) (steps / weight),
        (float) (norms / weight));
  }
}
