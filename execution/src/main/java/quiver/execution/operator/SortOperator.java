package quiver.execution.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.column.RowBatch;
import quiver.common.type.SqlType;
import quiver.execution.rows.IndexSort;
import quiver.execution.rows.MemoryAccount;
import quiver.execution.rows.RowCollector;
import quiver.execution.rows.RowOrder;
import quiver.execution.runtime.ExecutionContext;
import quiver.execution.source.BatchStream;
import quiver.execution.spill.SpillFile;

/// ORDER BY, stable. Rows beyond the work memory are sorted in runs, written to files and merged.
final class SortOperator implements BatchOperator {
  private final Operator input;
  private final RowOrder order;
  private final List<SqlType> types;
  private final ExecutionContext context;
  private final MemoryAccount memory;
  private final boolean maySpill;
  private final RowCollector collector;
  private final List<SpillFile> runs = new ArrayList<>();
  private final BatchQueue sorted = new BatchQueue();
  private @Nullable MergeStream merged;
  private boolean started;
  private long spilledBytes;

  SortOperator(Operator input, RowOrder order, List<SqlType> types, ExecutionContext context) {
    this.input = input;
    this.order = order;
    this.types = types;
    this.context = context;
    this.memory = new MemoryAccount(context);
    this.maySpill = context.settings().spillDirectory().isPresent() && SpillFile.canHold(types);
    this.collector = new RowCollector(types);
  }

  @Override
  public Optional<RowBatch> next() {
    if (!started) {
      started = true;
      sort();
    }
    return merged == null ? sorted.next() : merged.next();
  }

  private void sort() {
    for (var next = input.next(); next.isPresent(); next = input.next()) {
      context.cancel().check();
      collector.append(next.get());
      // The sorted copy lives beside the rows for a moment.
      memory.setTo(2 * collector.sizeBytes());
      if (maySpill && memory.isOverWorkMemory()) {
        spill();
      }
    }
    RowBatch rest = sortedRows();
    memory.setTo(memory.heldBytes() / 2);
    if (runs.isEmpty()) {
      sorted.set(rest);
      return;
    }
    List<BatchStream> streams = new ArrayList<>();
    runs.forEach(run -> streams.add(run.read()));
    // Later rows are in the last stream, so that ties keep their order.
    streams.add(BatchStream.of(List.of(rest)));
    merged = new MergeStream(streams, order.keys(), types);
  }

  private RowBatch sortedRows() {
    RowBatch rows = collector.take();
    int[] numbers = IndexSort.sorted(rows.rowCount(), order.within(rows));
    return rows.gather(numbers, 0, numbers.length);
  }

  private void spill() {
    SpillFile run = SpillFile.create(context.settings().spillDirectory().orElseThrow(), types);
    runs.add(run);
    run.append(sortedRows());
    spilledBytes += run.sizeBytes();
    memory.setTo(0);
  }

  @Override
  public long memoryBytesMax() {
    return memory.heldBytesMax();
  }

  @Override
  public long spilledBytes() {
    return spilledBytes;
  }

  @Override
  public void close() {
    started = true;
    sorted.clear();
    merged = null;
    runs.forEach(SpillFile::close);
    input.close();
    memory.close();
  }
}
