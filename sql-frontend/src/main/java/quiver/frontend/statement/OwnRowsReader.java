package quiver.frontend.statement;

import java.util.List;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.execution.source.MemorySegmentSnapshot;
import quiver.execution.source.SegmentSnapshot;
import quiver.execution.source.TableReader;
import quiver.execution.source.TableSnapshot;
import quiver.frontend.transaction.TableWrites;

/// Lets leaf fragments run over the rows the statement's transaction has not committed yet.
record OwnRowsReader(StatementScope scope) implements TableReader {
  @Override
  public TableSnapshot open(long tableId, int tableVersion) {
    TableDefinition table =
        scope
            .catalog()
            .table(tableId)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.UNDEFINED_TABLE, "relation with OID %d does not exist", tableId));
    List<SegmentSnapshot> segments =
        scope
            .ownRows(tableId)
            .<List<SegmentSnapshot>>map(rows -> List.of(segment(rows)))
            .orElse(List.of());
    return TableSnapshot.of(segments, table.keyOrdinals());
  }

  private static SegmentSnapshot segment(TableWrites.OwnRows rows) {
    return new MemorySegmentSnapshot(0, rows.columns(), rows.visible());
  }
}
