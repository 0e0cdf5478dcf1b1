package quiver.coordinators.root;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DdlCommand;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.error.QuiverException;
import quiver.coordinators.election.Election;
import quiver.coordinators.election.Leadership;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.RootCoordinatorService;
import quiver.rpc.Unavailable;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.MetaStore;

/// A process that is the root coordinator whenever it leads, and refuses with `57P03` when it does
/// not. Thread-safe.
public final class RootRole implements RootCoordinatorService, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RootRole.class);

  private final String superuser;
  private final InstantSource clock;
  private final ThreadFactory threads;
  private final Election election;
  private volatile @Nullable Reigning leading;

  private record Reigning(RootCoordinator root, Leadership leadership) {}

  /// Campaigns for the role.
  ///
  /// @param node this process's name
  /// @param rpcAddress where it answers when it leads
  public RootRole(
      MetaStore store, String node, String rpcAddress, InstantSource clock, ThreadFactory threads) {
    this(store, node, rpcAddress, RootCoordinator.SUPERUSER_DEFAULT, clock, threads);
  }

  /// As above.
  ///
  /// @param superuser the role a new cluster begins with
  public RootRole(
      MetaStore store,
      String node,
      String rpcAddress,
      String superuser,
      InstantSource clock,
      ThreadFactory threads) {
    this.superuser = superuser;
    this.clock = clock;
    this.threads = threads;
    this.election =
        Election.start(store, MetaKeys.ROOT_LEADER, node, rpcAddress, clock, this::lead, threads);
  }

  private Election.Reign lead(Leadership leadership) {
    RootCoordinator root = RootCoordinator.start(leadership, clock, superuser, threads);
    ChangeSignal signal = new ChangeSignal(leadership.store(), List.of(MetaKeys.ROOT_LEADER));
    Thread resuming =
        threads.newThread(() -> {
          resume(root, leadership);
          sweep(root, leadership, signal);
        });
    resuming.setName("quiver-resume");
    resuming.start();
    leading = new Reigning(root, leadership);
    return () -> {
      leading = null;
      signal.close();
      root.close();
      join(resuming);
    };
  }

  /// Commands that a leader before has left behind; their owner may take a while to answer.
  private static void resume(RootCoordinator root, Leadership leadership) {
    while (leadership.isValid()) {
      try {
        root.resume();
        return;
      } catch (QuiverException e) {
        log.warn("interrupted commands are not finished yet", e);
      }
    }
  }

  private static void sweep(RootCoordinator root, Leadership leadership, ChangeSignal signal) {
    TemporarySweep sweep = new TemporarySweep(root, leadership.store(), System::nanoTime);
    while (signal.await(TemporarySweep.PERIOD) && leadership.isValid()) {
      try {
        sweep.run();
      } catch (QuiverException e) {
        log.warn("temporary objects not swept, will be tried again", e);
      }
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Whether this process leads.
  public boolean isLeading() {
    return leading != null;
  }

  /// Gives the role up for good, so that another process takes it at once.
  public void resign() {
    election.resign();
  }

  /// Asks the coordinator. If it cannot know any more what is stored (a commit of unknown outcome,
  /// or one that such a commit has made impossible), its reign ends, and the next one reads
  /// everything anew.
  private <T> T ask(Function<RootCoordinator, T> question) {
    Reigning now = leading;
    if (now == null) {
      throw Unavailable.because("this process does not lead the root coordinator");
    }
    try {
      return question.apply(now.root);
    } catch (QuiverException e) {
      switch (e.state()) {
        case STATEMENT_COMPLETION_UNKNOWN -> now.leadership.abdicate();
        case ADMIN_SHUTDOWN -> {
          now.leadership.abdicate();
          throw Unavailable.because("the root coordinator begins anew").withCause(e);
        }
        default -> {}
      }
      throw e;
    }
  }

  private void tell(Consumer<RootCoordinator> order) {
    boolean _ =
        ask(root -> {
          order.accept(root);
          return true;
        });
  }

  @Override
  public long timestamp() {
    return ask(root -> root.timestamp());
  }

  @Override
  public CatalogImage catalog() {
    return ask(root -> root.catalog());
  }

  @Override
  public void settle() {
    tell(root -> root.settle());
  }

  @Override
  public Defined define(CatalogDelta before, DdlCommand command) {
    return ask(root -> root.define(before, command));
  }

  @Override
  public CommitResult commit(CatalogDelta delta, StagedWrites writes, Cancellation cancellation) {
    return ask(root -> root.commit(delta, writes, cancellation));
  }

  @Override
  public DdlResult execute(DdlCommand command, Cancellation cancellation) {
    return ask(root -> root.execute(command, cancellation));
  }

  @Override
  public String newTemporarySchema() {
    return ask(root -> root.newTemporarySchema());
  }

  @Override
  public void discard(CatalogDelta delta) {
    tell(root -> root.discard(delta));
  }

  @Override
  public SequenceRange nextSequenceValues(SequenceDefinition sequence, int count) {
    return ask(root -> root.nextSequenceValues(sequence, count));
  }

  @Override
  public void setSequenceValue(SequenceDefinition sequence, long value, boolean isCalled) {
    tell(root -> root.setSequenceValue(sequence, value, isCalled));
  }

  @Override
  public SequencePosition sequencePosition(SequenceDefinition sequence) {
    return ask(root -> root.sequencePosition(sequence));
  }

  @Override
  public void close() {
    election.close();
  }
}
