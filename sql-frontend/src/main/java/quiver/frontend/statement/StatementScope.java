package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.plan.SessionState;
import quiver.execution.function.FunctionContext;
import quiver.execution.runtime.CancelSignal;
import quiver.execution.runtime.SharedRows;
import quiver.execution.runtime.StatisticsCollector;
import quiver.execution.source.SystemRelations;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.Transaction;

/// One execution of a statement. What the transaction had written when the scope was made is what
/// the statement reads, so that no statement sees its own changes.
public final class StatementScope {
  private final Transaction transaction;
  private final long snapshot;
  private final boolean logged;
  private final @Nullable Object[] parameters;
  private final SessionState session;
  private final CancelSignal cancel;
  private final CatalogImage catalog;
  private final FunctionContext functions;
  private final SystemRelations systemRelations;
  private final Optional<StatisticsCollector> statistics;
  private final DatumFormat format;
  private final Map<Long, TableWrites.OwnRows> ownRows = new HashMap<>();
  private final Map<Long, long[]> excluded;
  private final List<SharedRows> shared = new ArrayList<>();
  private final PastSnapshots pastSnapshots = new PastSnapshots();

  /// @param logged whether the log has a record of the snapshot's timestamp: then nobody has to be
  ///   asked to write one
  /// @param parameters datums of `$1 …`, owned by the scope
  public StatementScope(
      Transaction transaction,
      long snapshot,
      boolean logged,
      @Nullable Object[] parameters,
      SessionState session,
      CancelSignal cancel,
      CatalogImage catalog,
      FunctionContext functions,
      SystemRelations systemRelations,
      Optional<StatisticsCollector> statistics,
      DatumFormat format) {
    this.transaction = transaction;
    this.snapshot = snapshot;
    this.logged = logged;
    this.parameters = parameters;
    this.session = session;
    this.cancel = cancel;
    this.catalog = catalog;
    this.functions = functions;
    this.systemRelations = systemRelations;
    this.statistics = statistics;
    this.format = format;
    for (TableWrites table : transaction.writes()) {
      if (table.hasRows()) {
        ownRows.put(table.table().id(), table.rows());
      }
    }
    excluded = transaction.excluded();
  }

  /// The same statement, some steps later: what it has written until now can be read.
  StatementScope next(@Nullable Object[] nextParameters) {
    return new StatementScope(
        transaction,
        snapshot,
        logged,
        nextParameters,
        session,
        cancel,
        catalog,
        functions,
        systemRelations,
        Optional.empty(),
        format);
  }

  Transaction transaction() {
    return transaction;
  }

  public long snapshot() {
    return snapshot;
  }

  boolean isLogged() {
    return logged;
  }

  PastSnapshots pastSnapshots() {
    return pastSnapshots;
  }

  @Nullable Object[] parameters() {
    return parameters;
  }

  SessionState session() {
    return session;
  }

  CancelSignal cancel() {
    return cancel;
  }

  CatalogImage catalog() {
    return catalog;
  }

  FunctionContext functions() {
    return functions;
  }

  SystemRelations systemRelations() {
    return systemRelations;
  }

  Optional<StatisticsCollector> statistics() {
    return statistics;
  }

  /// Rows of earlier steps of the statement, which its plans read by their ids.
  List<SharedRows> shared() {
    return shared;
  }

  /// Makes the rows of a step known to the plans that run after it.
  public void share(SharedRows rows) {
    shared.add(rows);
  }

  /// How values are printed in messages.
  DatumFormat format() {
    return format;
  }

  /// The transaction's own rows of a table, if it has any.
  Optional<TableWrites.OwnRows> ownRows(long tableId) {
    return Optional.ofNullable(ownRows.get(tableId));
  }

  /// Per table, committed row versions the transaction had deleted.
  Map<Long, long[]> excluded() {
    return excluded;
  }
}
