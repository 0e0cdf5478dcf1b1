package quiver.execution.rows;

import quiver.execution.runtime.ExecutionContext;
import quiver.execution.runtime.QueryMemory;

/// What one operator holds of its query's memory. Used by one thread.
public final class MemoryAccount implements AutoCloseable {
  private final QueryMemory memory;
  private final long workMemoryBytes;
  private long heldBytes;
  private long heldBytesMax;

  public MemoryAccount(ExecutionContext context) {
    this.memory = context.memory();
    this.workMemoryBytes = context.settings().workMemoryBytes();
  }

  /// Takes more.
  ///
  /// @throws quiver.common.error.QuiverException `53200` over the limit of the query
  public void add(long bytes) {
    memory.reserve(bytes);
    heldBytes += bytes;
    heldBytesMax = Math.max(heldBytesMax, heldBytes);
  }

  /// Brings what is held to `bytes`.
  public void setTo(long bytes) {
    if (bytes > heldBytes) {
      add(bytes - heldBytes);
    } else {
      memory.release(heldBytes - bytes);
      heldBytes = bytes;
    }
  }

  public long heldBytes() {
    return heldBytes;
  }

  public long heldBytesMax() {
    return heldBytesMax;
  }

  /// Whether the operator holds more than it should before it spills.
  public boolean isOverWorkMemory() {
    return heldBytes > workMemoryBytes;
  }

  /// Gives everything back.
  @Override
  public void close() {
    setTo(0);
  }
}
