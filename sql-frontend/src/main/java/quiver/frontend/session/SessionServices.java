package quiver.frontend.session;

import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import quiver.common.catalog.CatalogImage;
import quiver.common.format.DateTimes;
import quiver.common.plan.SessionState;
import quiver.execution.function.SessionContext.SystemRelationName;
import quiver.execution.source.SystemRelations;
import quiver.frontend.activity.SessionView;
import quiver.frontend.auth.Authenticator;
import quiver.frontend.setting.Parameters;
import quiver.frontend.statement.StatementServices;

/// What every session of a front end works with. Safe for every thread.
///
/// @param newestMoment what weaker reads than strong ones may read at
/// @param temporarySchemas where sessions have their temporary objects
/// @param nanoTime for deadlines
/// @param database the name of the one database
/// @param productVersion for example `0.1.0`
/// @param serverStartMicros microseconds since 2000-01-01 UTC
public record SessionServices(
    StatementServices statements,
    StatementPlanner planner,
    Parameters parameters,
    Authenticator authenticator,
    SnapshotChoice.Newest newestMoment,
    TemporarySchemas temporarySchemas,
    InstantSource clock,
    LongSupplier nanoTime,
    SystemViews systemViews,
    AdvisoryLockTable advisoryLocks,
    String database,
    String productVersion,
    long serverStartMicros) {
  /// Microseconds since 2000-01-01 UTC.
  long nowMicros() {
    return DateTimes.microsOf(clock.instant());
  }

  /// The virtual relations. Thread-safe.
  public interface SystemViews {
    /// Opens them for a statement.
    SystemRelations open(CatalogImage catalog, SessionState session, SessionView view);

    Optional<Long> oid(String schema, String name);

    Optional<SystemRelationName> name(long oid);
  }
}
