package quiver.frontend.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.DefinitionText;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.IndexKey;
import quiver.common.catalog.OperatorClass;
import quiver.common.catalog.OperatorClasses;
import quiver.common.catalog.TableDefinition;
import quiver.common.type.BaseType;
import quiver.rpc.ClusterService.IndexProgress;

/// `pg_index`, `pg_indexes` and `pg_stat_progress_create_index`.
final class IndexRows {
  private static final int C_COLLATION = 950;
  private static final long DESCENDING = 1;
  private static final long NULLS_FIRST = 2;

  private final SystemState state;
  private final CatalogImage catalog;

  IndexRows(SystemState state) {
    this.state = state;
    this.catalog = state.catalog();
  }

  void indexes(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (IndexDefinition index : table.indexes()) {
        if (rows.isUnwanted("indrelid", table.id()) || rows.isUnwanted("indexrelid", index.id())) {
          continue;
        }
        int keyCount = index.keys().size();
        boolean valid = index.state() == IndexDefinition.State.VALID;
        List<Object> columns = new ArrayList<>();
        List<Object> classes = new ArrayList<>();
        List<Object> collations = new ArrayList<>();
        List<Object> options = new ArrayList<>();
        for (IndexKey key : index.keys()) {
          columns.add((long) key.columnId().orElse(0));
          classes.add(operatorClassOid(index, key));
          collations.add(collationOid(table, key));
          options.add((key.descending() ? DESCENDING : 0) | (key.nullsFirst() ? NULLS_FIRST : 0));
        }
        index.includedColumnIds().forEach(id -> columns.add((long) id));
        rows.add(
            "indexrelid", index.id(),
            "indrelid", table.id(),
            "indnatts", columns.size(),
            "indnkeyatts", keyCount,
            "indisunique", index.unique(),
            "indnullsnotdistinct", index.nullsNotDistinct(),
            "indisprimary", index.primary(),
            "indisexclusion", false,
            "indimmediate", !index.deferral().isDeferrable(),
            "indisclustered", false,
            "indisvalid", valid,
            "indcheckxmin", false,
            "indisready", true,
            "indislive", true,
            "indisreplident", false,
            "indkey", TypeRows.vector(BaseType.INT2, columns.toArray()),
            "indcollation", TypeRows.vector(BaseType.OID, collations.toArray()),
            "indclass", TypeRows.vector(BaseType.OID, classes.toArray()),
            "indoption", TypeRows.vector(BaseType.INT2, options.toArray()),
            "indexprs", expressions(table, index),
            "indpred", index.predicate().map(predicate -> predicate.sql(table)).orElse(null));
      }
    }
  }

  private static long operatorClassOid(IndexDefinition index, IndexKey key) {
    return OperatorClasses.find(index.method(), key.operatorClass())
        .map(OperatorClass::oid)
        .orElse(0);
  }

  private static long collationOid(TableDefinition table, IndexKey key) {
    int ofType = TableRows.collationOid(key.type(table));
    Optional<String> named = key.collation().filter(name -> !name.equals("default"));
    return ofType != 0 && named.isPresent() ? C_COLLATION : ofType;
  }

  private static @Nullable String expressions(TableDefinition table, IndexDefinition index) {
    String text =
        index.keys().stream()
            .flatMap(key -> key.expression().stream())
            .map(expression -> expression.sql(table))
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? null : text;
  }

  void view(RowSet rows) {
    for (TableDefinition table : catalog.tables()) {
      for (IndexDefinition index : table.indexes()) {
        rows.add(
            "schemaname", table.schema(),
            "tablename", table.name(),
            "indexname", index.name(),
            "indexdef", DefinitionText.index(table, index));
      }
    }
  }

  void progress(RowSet rows) {
    state.cluster().indexProgress().forEach(progress -> progress(rows, progress));
  }

  private void progress(RowSet rows, IndexProgress progress) {
    rows.add(
        "datid", SystemState.DATABASE_OID,
        "datname", state.database(),
        "relid", progress.tableId(),
        "index_relid", indexOid(progress.indexId()),
        "command", "CREATE INDEX",
        "phase", progress.phase(),
        "tuples_total", progress.rowsTotal(),
        "tuples_done", progress.rowsDone());
  }

  private long indexOid(long fileId) {
    return catalog.tables().stream()
        .flatMap(table -> table.indexes().stream())
        .filter(index -> index.fileId() == fileId)
        .mapToLong(IndexDefinition::id)
        .findFirst()
        .orElse(fileId);
  }
}
