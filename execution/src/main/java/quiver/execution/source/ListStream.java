package quiver.execution.source;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import quiver.common.column.RowBatch;

/// Batches in memory as a stream.
final class ListStream implements BatchStream {
  private Iterator<RowBatch> batches;

  ListStream(List<RowBatch> batches) {
    this.batches = batches.iterator();
  }

  @Override
  public Optional<RowBatch> next() {
    while (batches.hasNext()) {
      RowBatch batch = batches.next();
      if (batch.rowCount() > 0) {
        return Optional.of(batch);
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    batches = List.<RowBatch>of().iterator();
  }
}
