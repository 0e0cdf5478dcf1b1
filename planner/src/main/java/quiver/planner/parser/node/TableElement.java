package quiver.planner.parser.node;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.jspecify.annotations.Nullable;

/// What stands between the parentheses of CREATE TABLE.
public sealed interface TableElement {
  /// A column.
  ///
  /// @param collation of COLLATE, else null
  record Column(
      SqlIdentifier name,
      TypeName type,
      @Nullable SqlIdentifier collation,
      List<Constraint> constraints)
      implements TableElement {
    public Column {
      constraints = List.copyOf(constraints);
    }
  }

  /// A table constraint.
  record TableConstraint(Constraint constraint) implements TableElement {}

  /// `LIKE table [INCLUDING | EXCLUDING what]`; `including` holds what the options add up to, of
  /// `comments compression constraints defaults generated identity indexes statistics storage`.
  record Like(SqlIdentifier table, List<String> including) implements TableElement {
    public Like {
      including = List.copyOf(including);
    }
  }
}
