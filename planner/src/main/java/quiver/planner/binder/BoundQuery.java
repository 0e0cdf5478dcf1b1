package quiver.planner.binder;

import java.util.List;
import org.apache.calcite.rel.RelNode;
import quiver.common.type.SqlType;

/// A bound query: a relation and what its columns are called.
public record BoundQuery(RelNode rel, List<OutputColumn> columns) {
  public BoundQuery {
    columns = List.copyOf(columns);
  }

  /// A result column.
  ///
  /// @param fields of a record whose fields are known
  public record OutputColumn(
      String name,
      SqlType type,
      long tableId,
      int columnId,
      List<quiver.common.function.OutputColumn> fields) {
    public OutputColumn {
      fields = List.copyOf(fields);
    }

    public OutputColumn(String name, SqlType type, long tableId, int columnId) {
      this(name, type, tableId, columnId, List.of());
    }
  }
}
