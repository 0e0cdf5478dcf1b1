package quiver.common.catalog;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/// Everything DDL has made, at one version. Immutable; readers hold it for a statement.
public final class CatalogImage {
  /// Ids of user objects start here; smaller ones are PostgreSQL's own.
  public static final long FIRST_USER_ID = 20_000;

  private final long version;
  private final Map<String, SchemaDefinition> schemas;
  private final Map<Long, TableDefinition> tables;
  private final Map<Long, SequenceDefinition> sequences;
  private final Map<String, TableDefinition> tablesByName = new HashMap<>();
  private final Map<String, SequenceDefinition> sequencesByName = new HashMap<>();

  /// A schema (namespace).
  public record SchemaDefinition(long id, String name) {}

  public CatalogImage(
      long version,
      Collection<SchemaDefinition> schemas,
      Collection<TableDefinition> tables,
      Collection<SequenceDefinition> sequences) {
    this.version = version;
    this.schemas = new TreeMap<>();
    this.tables = new TreeMap<>();
    this.sequences = new TreeMap<>();
    for (SchemaDefinition schema : schemas) {
      this.schemas.put(schema.name(), schema);
    }
    for (TableDefinition table : tables) {
      this.tables.put(table.id(), table);
      tablesByName.put(key(table.schema(), table.name()), table);
    }
    for (SequenceDefinition sequence : sequences) {
      this.sequences.put(sequence.id(), sequence);
      sequencesByName.put(key(sequence.schema(), sequence.name()), sequence);
    }
  }

  private static String key(String schema, String name) {
    return schema.length() + ":" + schema + name;
  }

  /// Grows with every change; equal versions mean equal contents.
  public long version() {
    return version;
  }

  /// By name, sorted.
  public Collection<SchemaDefinition> schemas() {
    return schemas.values();
  }

  public Optional<SchemaDefinition> schema(String name) {
    return Optional.ofNullable(schemas.get(name));
  }

  /// By id, ascending.
  public Collection<TableDefinition> tables() {
    return tables.values();
  }

  public Optional<TableDefinition> table(long id) {
    return Optional.ofNullable(tables.get(id));
  }

  public Optional<TableDefinition> table(String schema, String name) {
    return Optional.ofNullable(tablesByName.get(key(schema, name)));
  }

  /// An index and its table.
  public record TableIndex(TableDefinition table, IndexDefinition index) {}

  /// The index of this name.
  public Optional<TableIndex> index(String schema, String name) {
    return findIndex((table, index) -> index.name().equals(name) && table.schema().equals(schema));
  }

  /// The index with this id.
  public Optional<TableIndex> index(long id) {
    return findIndex((table, index) -> index.id() == id);
  }

  private Optional<TableIndex> findIndex(BiPredicate<TableDefinition, IndexDefinition> isWanted) {
    for (TableDefinition table : tables.values()) {
      for (IndexDefinition index : table.indexes()) {
        if (isWanted.test(table, index)) {
          return Optional.of(new TableIndex(table, index));
        }
      }
    }
    return Optional.empty();
  }

  /// By id, ascending.
  public Collection<SequenceDefinition> sequences() {
    return sequences.values();
  }

  public Optional<SequenceDefinition> sequence(long id) {
    return Optional.ofNullable(sequences.get(id));
  }

  public Optional<SequenceDefinition> sequence(String schema, String name) {
    return Optional.ofNullable(sequencesByName.get(key(schema, name)));
  }
}
