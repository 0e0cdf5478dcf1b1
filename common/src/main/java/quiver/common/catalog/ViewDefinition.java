package quiver.common.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import quiver.common.type.SqlType;

/// A view, or the query of a materialized view. The rows of the latter lie in a table that has its
/// name; the definition here then has an id of its own.
///
/// @param id of a view also `pg_class.oid`
/// @param template its query; see [ViewText]
/// @param uses what the query reads: neither can go or change while the view is there
/// @param options of WITH (…), for example `check_option` → `local`
/// @param storageTableId the table that holds the rows of a materialized view
/// @param populated whether a materialized view has been filled
/// @param temporary whether it goes with its session
/// @param base the relation whose rows it shows, if rows can be changed through it
public record ViewDefinition(
    long id,
    String schema,
    String name,
    List<ViewColumn> columns,
    String template,
    List<Use> uses,
    Map<String, String> options,
    Optional<Long> storageTableId,
    boolean populated,
    boolean temporary,
    Optional<Base> base)
    implements CatalogObject {
  public static final int CHANGES_UPDATE = 1 << 2;
  public static final int CHANGES_INSERT = 1 << 3;
  public static final int CHANGES_DELETE = 1 << 4;
  public static final int CHANGES_ALL = CHANGES_UPDATE | CHANGES_INSERT | CHANGES_DELETE;

  public ViewDefinition {
    columns = List.copyOf(columns);
    uses = List.copyOf(uses);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /// An output column. Columns are numbered from 1.
  public record ViewColumn(String name, SqlType type) {}

  /// The one relation a simple view reads.
  ///
  /// @param columnIds of it, for each column of the view; 0: the column is computed
  public record Base(long relationId, List<Integer> columnIds) {
    public Base {
      columnIds = List.copyOf(columnIds);
    }
  }

  /// How rows of the table below can be changed through the view: what `pg_relation_is_updatable`
  /// says, of [#CHANGES_UPDATE], [#CHANGES_INSERT] and [#CHANGES_DELETE].
  public int changes(CatalogImage catalog) {
    if (base.isEmpty()) {
      return 0;
    }
    int own = CHANGES_DELETE;
    for (int column = 1; column <= columns.size(); column++) {
      if (isUpdatable(column, catalog)) {
        own = CHANGES_ALL;
      }
    }
    return own
        & catalog
            .view(base.get().relationId())
            .map(below -> below.changes(catalog))
            .orElse(CHANGES_ALL);
  }

  /// Whether a column, numbered from 1, can be changed through the view.
  public boolean isUpdatable(int column, CatalogImage catalog) {
    if (base.isEmpty() || column < 1 || column > base.get().columnIds().size()) {
      return false;
    }
    int below = base.get().columnIds().get(column - 1);
    return below > 0
        && catalog
            .view(base.get().relationId())
            .map(view -> view.isUpdatable(below, catalog))
            .orElse(true);
  }

  /// A relation the query reads, and one of its columns; 0: only the relation.
  public record Use(long relationId, int columnId) {}

  /// The OID of the relation that queries read.
  public long relationId() {
    return storageTableId.orElse(id);
  }

  public boolean isMaterialized() {
    return storageTableId.isPresent();
  }

  /// As messages call it.
  public String kind() {
    return isMaterialized() ? "materialized view" : "view";
  }

  /// Whether the query reads a relation.
  public boolean usesRelation(long usedId) {
    return uses.stream().anyMatch(use -> use.relationId() == usedId);
  }

  /// Whether the query reads a column of a relation.
  public boolean usesColumn(long usedId, int columnId) {
    return uses.contains(new Use(usedId, columnId));
  }

  /// The same view with an id.
  public ViewDefinition withId(long newId) {
    return new ViewDefinition(
        newId,
        schema,
        name,
        columns,
        template,
        uses,
        options,
        storageTableId,
        populated,
        temporary,
        base);
  }

  /// The same view elsewhere.
  public ViewDefinition withName(String newSchema, String newName) {
    return new ViewDefinition(
        id,
        newSchema,
        newName,
        columns,
        template,
        uses,
        options,
        storageTableId,
        populated,
        temporary,
        base);
  }

  /// The same view with other names for its columns.
  public ViewDefinition withColumns(List<ViewColumn> newColumns) {
    return new ViewDefinition(
        id,
        schema,
        name,
        newColumns,
        template,
        uses,
        options,
        storageTableId,
        populated,
        temporary,
        base);
  }

  /// The same view, through which rows of a relation are changed.
  public ViewDefinition withBase(Base newBase) {
    return new ViewDefinition(
        id,
        schema,
        name,
        columns,
        template,
        uses,
        options,
        storageTableId,
        populated,
        temporary,
        Optional.of(newBase));
  }

  public ViewDefinition withOptions(Map<String, String> newOptions) {
    return new ViewDefinition(
        id,
        schema,
        name,
        columns,
        template,
        uses,
        newOptions,
        storageTableId,
        populated,
        temporary,
        base);
  }

  /// The query of a materialized view whose rows lie in a table.
  public ViewDefinition materializedIn(long tableId, boolean isPopulated) {
    return new ViewDefinition(
        id,
        schema,
        name,
        columns,
        template,
        uses,
        options,
        Optional.of(tableId),
        isPopulated,
        temporary,
        base);
  }
}
