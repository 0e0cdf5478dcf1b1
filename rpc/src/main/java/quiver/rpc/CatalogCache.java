package quiver.rpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.rpc.DataNodeService.CommitResult;

/// A root coordinator elsewhere whose catalog is kept here: asked for it, the coordinator only
/// answers with a version while nothing has changed. Statements that want a moment at the same time
/// share it. Thread-safe.
public final class CatalogCache implements RootCoordinatorService {
  private final RootCoordinatorService root;
  private final SharedAnswer<Moment> moments;
  private final ReentrantLock fetching = new ReentrantLock();

  private volatile CatalogImage image = new CatalogImage(-1, List.of());

  public CatalogCache(RootCoordinatorService root) {
    this.root = root;
    this.moments = new SharedAnswer<>(root::moment);
  }

  @Override
  public long timestamp() {
    return root.timestamp();
  }

  @Override
  public Moment moment() {
    return moments.get();
  }

  @Override
  public CatalogImage catalog() {
    return catalogAt(moment());
  }

  @Override
  public CatalogImage catalogAt(Moment moment) {
    long version = moment.catalogVersion();
    if (image.version() < version) {
      fetching.lock();
      try {
        fetch(version);
      } finally {
        fetching.unlock();
      }
    }
    return image;
  }

  /// One fetch serves everybody who waits for it.
  @GuardedBy("fetching")
  private void fetch(long version) {
    if (image.version() < version) {
      image = root.catalog();
    }
  }

  @Override
  public void settle() {
    root.settle();
  }

  @Override
  public Defined define(CatalogDelta before, DdlCommand command) {
    return root.define(before, command);
  }

  @Override
  public CommitResult commit(CatalogDelta delta, StagedWrites writes, Cancellation cancellation) {
    return root.commit(delta, writes, cancellation);
  }

  @Override
  public DdlResult execute(DdlCommand command, Cancellation cancellation) {
    return root.execute(command, cancellation);
  }

  @Override
  public String newTemporarySchema() {
    return root.newTemporarySchema();
  }

  @Override
  public void discard(CatalogDelta delta) {
    root.discard(delta);
  }

  @Override
  public SequenceRange nextSequenceValues(SequenceDefinition sequence, int count) {
    return root.nextSequenceValues(sequence, count);
  }

  @Override
  public void setSequenceValue(SequenceDefinition sequence, long value, boolean isCalled) {
    root.setSequenceValue(sequence, value, isCalled);
  }

  @Override
  public SequencePosition sequencePosition(SequenceDefinition sequence) {
    return root.sequencePosition(sequence);
  }
}
