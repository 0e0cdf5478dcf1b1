package quiver.common.catalog;

import java.util.List;
import java.util.Optional;
import quiver.common.type.SqlType;

/// A view.
///
/// @param id also `pg_class.oid`
/// @param sql its query, as PostgreSQL text
/// @param searchPath where the query's unqualified names are looked up
/// @param uses what the query reads: neither can go or change while the view is there
/// @param storageTableId the table that holds the rows of a materialized view
/// @param temporary whether it goes with its session
public record ViewDefinition(
    long id,
    String schema,
    String name,
    List<ViewColumn> columns,
    String sql,
    List<String> searchPath,
    List<Use> uses,
    Optional<Long> storageTableId,
    boolean temporary)
    implements CatalogObject {
  public ViewDefinition {
    columns = List.copyOf(columns);
    searchPath = List.copyOf(searchPath);
    uses = List.copyOf(uses);
  }

  /// An output column.
  public record ViewColumn(String name, SqlType type) {}

  /// A relation the query reads, and one of its columns; 0: only the relation.
  public record Use(long relationId, int columnId) {}

  /// The same view elsewhere.
  public ViewDefinition withName(String newSchema, String newName) {
    return new ViewDefinition(
        id, newSchema, newName, columns, sql, searchPath, uses, storageTableId, temporary);
  }
}
