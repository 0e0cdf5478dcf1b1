package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.execution.rows.RowCollector;
import quiver.frontend.transaction.UniqueKey;
import quiver.rpc.ClusterService;
import quiver.rpc.QueryNodeService;
import quiver.rpc.QueryNodeService.KeyMatches;
import quiver.rpc.QueryNodeService.KeyRequest;
import quiver.rpc.Share;

/// Finds committed rows by a unique key, at the statement's snapshot and without those its
/// transaction has deleted.
final class KeyLookup {
  private final StatementServices services;
  private final StatementScope scope;
  private final TableDefinition table;

  KeyLookup(StatementServices services, StatementScope scope, TableDefinition table) {
    this.services = services;
    this.scope = scope;
    this.table = table;
  }

  /// Committed rows.
  ///
  /// @param addresses by row of the batch that was asked for; [QueryNodeService#ABSENT] for none
  /// @param rows those that were found, in order, when they were wanted
  record Found(long[] addresses, Optional<RowBatch> rows) {
    /// The row found for a row of the batch; there is one, and rows were wanted.
    RowBatch row(int row) {
      int at = 0;
      for (int i = 0; i < row; i++) {
        at += isAbsent(i) ? 0 : 1;
      }
      return rows.orElseThrow().slice(at, 1);
    }

    boolean isAbsent(int row) {
      return addresses[row] == QueryNodeService.ABSENT;
    }
  }

  /// Finds rows with the keys of a batch.
  ///
  /// @param rowCount of the batch
  /// @param excluded sorted addresses that do not count
  Found find(
      UniqueKey key, UniqueKey.Entries entries, int rowCount, long[] excluded, boolean withRows) {
    long[] addresses = new long[rowCount];
    Arrays.fill(addresses, QueryNodeService.ABSENT);
    if (entries.rows().length == 0 || scope.transaction().definitions().isEmptied(table.id())) {
      return new Found(addresses, Optional.empty());
    }
    services.cluster().owner(table.id()).nudge(table.id(), scope.snapshot());
    KeyRequest request =
        new KeyRequest(
            table.id(),
            table.version(),
            key.primary() ? Optional.empty() : Optional.of(key.indexId()),
            scope.snapshot(),
            entries.keys(),
            excluded,
            withRows,
            scope.transaction().definitions().table(table.id()));
    List<KeyMatches> answers = ask(request);
    for (KeyMatches matches : answers) {
      for (int i = 0; i < entries.rows().length; i++) {
        if (matches.addresses()[i] != QueryNodeService.ABSENT) {
          addresses[entries.rows()[i]] = matches.addresses()[i];
        }
      }
    }
    return new Found(addresses, withRows ? rows(answers) : Optional.empty());
  }

  /// Every holder's answer. When one is lost, all are asked again: the snapshot is the same.
  private List<KeyMatches> ask(KeyRequest request) {
    Patience patience = new Patience(scope.cancel());
    try {
      return patience.ask(() -> askHolders(request));
    } catch (QuiverException e) {
      if (!Share.isRefused(e)) {
        throw e;
      }
      return patience.ask(() ->
          List.of(
              services
                  .cluster()
                  .holders(table.id())
                  .getFirst()
                  .node()
                  .lookupKeys(request.withShare(Share.ALL))));
    }
  }

  private List<KeyMatches> askHolders(KeyRequest request) {
    List<KeyMatches> answers = new ArrayList<>();
    for (ClusterService.Holder holder : services.cluster().holders(table.id())) {
      answers.add(holder.node().lookupKeys(request.withShare(holder.share())));
    }
    return answers;
  }

  /// The rows of several holders in the order of the keys; each key was found by one of them.
  private static Optional<RowBatch> rows(List<KeyMatches> answers) {
    List<KeyMatches> some =
        answers.stream()
            .filter(each -> each.rows().filter(rows -> rows.rowCount() > 0).isPresent())
            .toList();
    if (some.size() <= 1) {
      return some.isEmpty() ? answers.getFirst().rows() : some.getFirst().rows();
    }
    RowCollector collected =
        new RowCollector(
            some.getFirst().rows().orElseThrow().columns().stream().map(Column::type).toList());
    int[] next = new int[some.size()];
    for (int key = 0; key < some.getFirst().addresses().length; key++) {
      for (int holder = 0; holder < next.length; holder++) {
        if (some.get(holder).addresses()[key] != QueryNodeService.ABSENT) {
          collected.append(some.get(holder).rows().orElseThrow(), next[holder]++);
        }
      }
    }
    return Optional.of(collected.take());
  }

  /// The row address in a column of a batch.
  static OptionalLong addressAt(RowBatch rows, int column, int row) {
    Column addresses = rows.column(column);
    return addresses.isNull(row)
        ? OptionalLong.empty()
        : OptionalLong.of(((LongColumn) addresses).values()[row]);
  }
}
