package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.LongColumn;
import quiver.common.column.RowAddress;
import quiver.common.column.RowBatch;
import quiver.common.expression.Expression;
import quiver.common.plan.PlanNode;
import quiver.common.type.SqlType;
import quiver.execution.source.BatchStream;
import quiver.frontend.transaction.TableWrites;
import quiver.rpc.QueryNodeService;

/// Finds committed rows by primary key, at the statement's snapshot and without those its
/// transaction has deleted.
final class KeyLookup {
  private final StatementServices services;
  private final StatementScope scope;
  private final TableDefinition table;
  private final QueryRunner runner;

  KeyLookup(StatementServices services, StatementScope scope, TableDefinition table) {
    this.services = services;
    this.scope = scope;
    this.table = table;
    this.runner = new QueryRunner(services);
  }

  /// Per row, the address of the committed row with its key, or [QueryNodeService#ABSENT].
  ///
  /// @param rows every column of the table
  /// @param writes the transaction's writes: its deletes so far count
  long[] find(RowBatch rows, TableWrites writes) {
    return find(rows, writes.deletedAddresses());
  }

  /// @param excluded sorted addresses that do not count
  long[] find(RowBatch rows, long[] excluded) {
    List<Column> keyColumns = table.keyOrdinals().stream().map(rows::column).toList();
    RowBatch keys = new RowBatch(rows.rowCount(), keyColumns);
    long[] found = new long[rows.rowCount()];
    Arrays.fill(found, QueryNodeService.ABSENT);
    services.cluster().owner(table.id()).nudge(table.id(), scope.snapshot());
    for (QueryNodeService holder : services.cluster().holders(table.id())) {
      long[] part =
          holder.lookupKeys(table.id(), table.version(), scope.snapshot(), keys, excluded);
      for (int i = 0; i < found.length; i++) {
        if (part[i] != QueryNodeService.ABSENT) {
          found[i] = part[i];
        }
      }
    }
    return found;
  }

  /// A committed row.
  record FoundRow(RowBatch row, long address) {}

  /// Reads the committed row with a key.
  Optional<FoundRow> read(List<Object> key) {
    List<SqlType> types = table.columns().stream().map(column -> column.type()).toList();
    List<Integer> ordinals = IntStream.range(0, types.size()).boxed().toList();
    List<Integer> keyOrdinals = table.keyOrdinals();
    List<Expression> equals = new ArrayList<>();
    for (int i = 0; i < keyOrdinals.size(); i++) {
      equals.add(new Expression.Constant(key.get(i), types.get(keyOrdinals.get(i))));
    }
    PlanNode scan =
        new PlanNode.TableScan(
            table.id(), table.version(), ordinals, types, true, Optional.empty(), equals);
    try (BatchStream stream = runner.open(new PlanNode.Gather(scan, List.of()), scope)) {
      for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
        RowBatch rows = batch.get();
        for (int row = 0; row < rows.rowCount(); row++) {
          long address = addressAt(rows, types.size(), row).orElseThrow();
          if (RowAddress.segmentId(address) != 0) {
            RowBatch one = rows.slice(row, 1);
            return Optional.of(
                new FoundRow(new RowBatch(1, one.columns().subList(0, types.size())), address));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// The row address in a column of a batch.
  static OptionalLong addressAt(RowBatch rows, int column, int row) {
    Column addresses = rows.column(column);
    return addresses.isNull(row)
        ? OptionalLong.empty()
        : OptionalLong.of(((LongColumn) addresses).values()[row]);
  }
}
