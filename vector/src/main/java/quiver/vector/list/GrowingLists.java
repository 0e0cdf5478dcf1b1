package quiver.vector.list;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import quiver.vector.index.LittleEndian;
import quiver.vector.index.VectorRows;
import quiver.vector.kernel.VectorKernels;
import quiver.vector.quantize.CodeBlock;
import quiver.vector.quantize.CodeEncoder;
import quiver.vector.quantize.CodeQuery;

/// The lists of a growing segment: rows are encoded as they arrive, with the codebook of the
/// table's sealed segments, and can be searched at once.
///
/// One thread appends. Any number search at the same time, each with a searcher of its own: what
/// had been appended when a search began is found. The arena stays open while anything searches.
public final class GrowingLists {
  private static final int BLOCKS_PER_SLAB = 64;
  private static final int[] NO_BLOCKS = {};

  /// What each list and the rows without codes have, published by [#lengths].
  private final AtomicReferenceArray<int[]> blocksOfList;

  private final AtomicIntegerArray lengths;
  private final float[] maxFactors;
  private final ListCodebook codebook;
  private final CodeBlock layout;
  private final CentroidDirectory directory;
  private final Arena arena;

  // The appending thread's own.
  private final CodeEncoder encoder;
  private final RotatedRow rotatedRow;
  private final CodeQuery query;
  private final ProbeOrder order;
  private final float[] rotated;
  private final float[] vector;
  private int blockCount;

  /// Slabs only ever grow; a longer array is published before a block in it is.
  private volatile MemorySegment[] slabs = new MemorySegment[0];

  /// @param arena owns the codes
  public GrowingLists(ListCodebook codebook, Arena arena) {
    int listCount = codebook.listCount();
    int dimension = codebook.rotation().rotatedDimension();
    this.codebook = codebook;
    this.arena = arena;
    this.layout = new CodeBlock(dimension);
    this.directory = new CentroidDirectory(codebook);
    // The list behind the last holds the rows without codes.
    this.lengths = new AtomicIntegerArray(listCount + 1);
    this.maxFactors = new float[listCount];
    this.blocksOfList = new AtomicReferenceArray<>(listCount + 1);
    for (int list = 0; list <= listCount; list++) {
      blocksOfList.set(list, NO_BLOCKS);
    }
    this.encoder = new CodeEncoder(VectorKernels.codes(), codebook.score(), layout);
    this.rotatedRow = codebook.newRotatedRow();
    this.query = new CodeQuery(VectorKernels.codes(), codebook.rotation());
    this.order = new ProbeOrder(codebook, directory);
    this.rotated = new float[dimension];
    this.vector = new float[codebook.dimension()];
  }

  public ListCodebook codebook() {
    return codebook;
  }

  /// Encodes rows `[from, to)`; those without a vector are left out. By the one appending thread,
  /// each row once.
  public void append(VectorRows rows, int from, int to) {
    for (int row = from; row < to; row++) {
      if (rows.present().contains(row)) {
        rows.copyRow(row, vector);
        append(row, vector);
      }
    }
  }

  /// Encodes one row. By the one appending thread, each row once.
  public void append(int row, float[] values) {
    if (!rotatedRow.rotate(values, rotated, 0)) {
      appendUncoded(row);
      return;
    }
    query.setRotated(rotated, 0);
    order.start(query, 1);
    int list = order.list(0);
    int length = lengths.getPlain(list);
    int block = blockFor(list, length);
    int lane = length % CodeBlock.ROW_COUNT;
    MemorySegment slab = slab(block);
    long offset = offset(block);
    encoder.write(
        slab,
        offset,
        lane,
        row,
        rotated,
        0,
        codebook.centroids().values(),
        list * layout.dimension());
    float factor = layout.factor(slab, offset, lane);
    float add = slab.get(LittleEndian.FLOAT, offset + layout.addOffset() + 4L * lane);
    if (!Float.isFinite(factor) || !Float.isFinite(add)) {
      appendUncoded(row);
      return;
    }
    maxFactors[list] = Math.max(maxFactors[list], Math.abs(factor));
    lengths.setRelease(list, length + 1);
  }

  private void appendUncoded(int row) {
    int list = codebook.listCount();
    int length = lengths.getPlain(list);
    int block = blockFor(list, length);
    int lane = length % CodeBlock.ROW_COUNT;
    slab(block).set(LittleEndian.INT, offset(block) + layout.rowsOffset() + 4L * lane, row);
    lengths.setRelease(list, length + 1);
  }

  /// The block that the next row of a list goes to.
  private int blockFor(int list, int length) {
    int[] blocks = blocksOfList.getPlain(list);
    int at = length / CodeBlock.ROW_COUNT;
    if (length % CodeBlock.ROW_COUNT == 0) {
      if (at == blocks.length) {
        blocks = Arrays.copyOf(blocks, Math.max(2, 2 * at));
      }
      blocks[at] = newBlock();
      // The length behind it publishes the array's content as well.
      blocksOfList.setRelease(list, blocks);
    }
    return blocks[at];
  }

  private int newBlock() {
    if (blockCount == slabs.length * BLOCKS_PER_SLAB) {
      MemorySegment[] longer = Arrays.copyOf(slabs, slabs.length + 1);
      longer[slabs.length] = arena.allocate(BLOCKS_PER_SLAB * layout.sizeBytes(), 64);
      slabs = longer;
    }
    MemorySegment slab = slab(blockCount);
    encoder.clear(slab, offset(blockCount));
    return blockCount++;
  }

  /// Memory held, in bytes.
  public long sizeBytes() {
    return (long) slabs.length * BLOCKS_PER_SLAB * layout.sizeBytes()
        + 20L * codebook.listCount()
        + directory.blockCount() * directory.blockBytes();
  }

  /// A searcher with scratch of its own.
  public GrowingListSearcher newSearcher() {
    return new GrowingListSearcher(this);
  }

  CodeBlock layout() {
    return layout;
  }

  CentroidDirectory directory() {
    return directory;
  }

  /// How many rows a list has; what is read after it shows at least these.
  int length(int list) {
    return lengths.getAcquire(list);
  }

  /// The blocks of a list.
  int[] blocks(int list) {
    return blocksOfList.getAcquire(list);
  }

  float maxFactor(int list) {
    return maxFactors[list];
  }

  /// The list of the rows without codes.
  int uncodedList() {
    return codebook.listCount();
  }

  MemorySegment slab(int block) {
    return slabs[block / BLOCKS_PER_SLAB];
  }

  long offset(int block) {
    return block % BLOCKS_PER_SLAB * layout.sizeBytes();
  }
}
