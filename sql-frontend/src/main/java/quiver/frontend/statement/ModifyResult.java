package quiver.frontend.statement;

import java.util.List;
import quiver.common.column.RowBatch;

/// What INSERT, UPDATE or DELETE did.
///
/// @param rowCount rows written, as the command tag says
/// @param returning RETURNING's rows
public record ModifyResult(long rowCount, List<RowBatch> returning) {
  public ModifyResult {
    returning = List.copyOf(returning);
  }
}
