package quiver.common.plan;

import java.util.List;

/// What a query calls the rows it reads, for EXPLAIN.
///
/// @param relation what is read: a table, a WITH query, a function; empty if nothing is known
/// @param name what the query calls it
/// @param columns what it calls the columns; empty: by their own names
public record RelationAlias(String relation, String name, List<String> columns) {
  /// Rows without a name.
  public static final RelationAlias NONE = new RelationAlias("", "", List.of());

  public RelationAlias {
    columns = List.copyOf(columns);
  }

  /// Whether the query gives a name.
  public boolean isKnown() {
    return !name.isEmpty();
  }
}
