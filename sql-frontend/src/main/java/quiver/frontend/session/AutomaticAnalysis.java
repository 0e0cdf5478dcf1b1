package quiver.frontend.session;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.error.QuiverException;
import quiver.rpc.ClusterService.SegmentStatus;

/// Analyses tables that have changed much since they were analysed, as PostgreSQL's autovacuum
/// does. Every front end looks; who is second finds it done.
public final class AutomaticAnalysis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AutomaticAnalysis.class);

  /// PostgreSQL's autovacuum_naptime.
  private static final long PAUSE_SECONDS = 60;

  /// PostgreSQL's autovacuum_analyze_threshold and autovacuum_analyze_scale_factor.
  private static final double CHANGES_MIN = 50;

  private static final double CHANGED_SHARE = 0.1;

  private final SessionServices services;
  private final Sessions sessions;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private volatile boolean closed;
  private volatile @Nullable Session running;

  private AutomaticAnalysis(SessionServices services, Sessions sessions, ThreadFactory threads) {
    this.services = services;
    this.sessions = sessions;
    this.thread = threads.newThread(this::run);
  }

  /// Starts to look; the caller closes it.
  public static AutomaticAnalysis start(
      SessionServices services, Sessions sessions, ThreadFactory threads) {
    AutomaticAnalysis made = new AutomaticAnalysis(services, sessions, threads);
    made.thread.start();
    return made;
  }

  private void run() {
    while (pause()) {
      try {
        analyzeChanged();
      } catch (QuiverException e) {
        // A part of the cluster is away, or the table: next time.
        log.debug("automatic analysis put off", e);
      } catch (RuntimeException e) {
        log.warn("automatic analysis failed", e);
      }
    }
  }

  private boolean pause() {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(PAUSE_SECONDS);
      while (!closed && left > 0) {
        left = ended.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
    return !closed;
  }

  private void analyzeChanged() {
    CatalogImage catalog = services.statements().root().catalog();
    Map<Long, Long> live = new HashMap<>();
    Map<Long, Long> dead = new HashMap<>();
    for (SegmentStatus segment : services.statements().cluster().segments()) {
      live.merge(segment.tableId(), segment.rowCount() - segment.deletedCount(), Long::sum);
      dead.merge(segment.tableId(), segment.deletedCount(), Long::sum);
    }
    for (TableDefinition table : catalog.tables()) {
      long liveCount = live.getOrDefault(table.id(), 0L);
      long deadCount = dead.getOrDefault(table.id(), 0L);
      if (!closed
          && !SchemaDefinition.isTemporary(table.schema())
          && hasChanged(catalog.statistics(table.id()), liveCount, deadCount)
          && isStillDue(table, liveCount, deadCount)) {
        analyze(table);
      }
    }
  }

  /// Whether the table is there, and no other front end has analysed it while this one was busy.
  private boolean isStillDue(TableDefinition table, long live, long dead) {
    CatalogImage now = services.statements().root().catalog();
    return now.table(table.id()).isPresent() && hasChanged(now.statistics(table.id()), live, dead);
  }

  /// Whether more has changed than chance would have.
  static boolean hasChanged(TableStatistics statistics, long live, long dead) {
    Optional<TableStatistics.Analysis> last = statistics.analysis();
    double before = last.map(TableStatistics.Analysis::rowCount).orElse(0L);
    double changes = last.map(analysis -> analysis.changes(live, dead)).orElse(live);
    return changes > CHANGES_MIN + CHANGED_SHARE * before;
  }

  private void analyze(TableDefinition table) {
    RoleDefinition superuser =
        services
            .statements()
            .root()
            .catalog()
            .security()
            .role(RoleDefinition.BOOTSTRAP_ID)
            .orElseThrow();
    SessionIdentity identity =
        new SessionIdentity(
            SessionIdentity.BACKGROUND_PID, 0, superuser.name(), null, -1, services.nowMicros());
    Session session = new Session(services, identity, superuser, new NoClient(), sessions);
    running = session;
    try {
      session.simpleQuery(
          "ANALYZE "
              + DefinitionText.identifier(table.schema())
              + "."
              + DefinitionText.identifier(table.name()));
      log.info("table analysed: table={}.{}", table.schema(), table.name());
    } finally {
      running = null;
      session.close();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
    Session session = running;
    if (session != null) {
      session.cancelStatement();
    }
    try {
      thread.join(TimeUnit.SECONDS.toMillis(PAUSE_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
