package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.DefinitionCodec;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.MetaValue;
import quiver.storage.meta.CommitResult;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.meta.Put;

/// The definitions in the meta store, and the image readers get. Changed by one thread at a time;
/// every change is one guarded commit that raises the catalog's version, so that a second root
/// coordinator cannot change it at the same time.
final class Catalog {
  private final MetaStore store;
  private final Map<Long, SchemaDefinition> schemas = new TreeMap<>();
  private final Map<Long, TableDefinition> tables = new TreeMap<>();
  private final Map<Long, SequenceDefinition> sequences = new TreeMap<>();
  private Guard versionGuard;
  private volatile CatalogImage image;

  /// A change of the catalog under construction.
  final class Change {
    private final List<Guard> guards = new ArrayList<>();
    private final List<Put> puts = new ArrayList<>();
    private final List<String> deletes = new ArrayList<>();
    private final List<Runnable> effects = new ArrayList<>();

    Change put(TableDefinition table) {
      puts.add(new Put(MetaKeys.table(table.id()), DefinitionCodec.encode(table)));
      effects.add(() -> tables.put(table.id(), table));
      return this;
    }

    Change put(SequenceDefinition sequence) {
      puts.add(new Put(MetaKeys.sequence(sequence.id()), DefinitionCodec.encode(sequence)));
      effects.add(() -> sequences.put(sequence.id(), sequence));
      return this;
    }

    Change put(SchemaDefinition schema) {
      puts.add(new Put(MetaKeys.schema(schema.id()), DefinitionCodec.encode(schema)));
      effects.add(() -> schemas.put(schema.id(), schema));
      return this;
    }

    Change remove(TableDefinition table) {
      deletes.add(MetaKeys.table(table.id()));
      effects.add(() -> tables.remove(table.id()));
      free(table.schema(), table.name());
      table.indexes().forEach(index -> free(table.schema(), index.name()));
      return this;
    }

    Change remove(SequenceDefinition sequence) {
      deletes.add(MetaKeys.sequence(sequence.id()));
      deletes.add(MetaKeys.sequenceValue(sequence.id()));
      effects.add(() -> sequences.remove(sequence.id()));
      return free(sequence.schema(), sequence.name());
    }

    Change remove(SchemaDefinition schema) {
      deletes.add(MetaKeys.schema(schema.id()));
      effects.add(() -> schemas.remove(schema.id()));
      return this;
    }

    Change take(String schema, String name, long id) {
      String key = MetaKeys.name(schema, name);
      guards.add(Guard.absent(key));
      puts.add(new Put(key, MetaValue.ofLong(id)));
      return this;
    }

    Change free(String schema, String name) {
      deletes.add(MetaKeys.name(schema, name));
      return this;
    }

    Change putRaw(String key, byte[] value) {
      puts.add(new Put(key, value));
      return this;
    }

    Change deleteRaw(String key) {
      deletes.add(key);
      return this;
    }

    /// Commits everything, or nothing.
    ///
    /// @throws QuiverException `57P01` if another root coordinator has taken over
    void commit() {
      long version = image.version() + 1;
      guards.add(versionGuard);
      puts.add(new Put(MetaKeys.CATALOG_VERSION, MetaValue.ofLong(version)));
      CommitResult result = store.commit(guards, puts, deletes);
      if (!(result instanceof CommitResult.Committed(var revision))) {
        throw new QuiverException(
            SqlState.ADMIN_SHUTDOWN,
            "another root coordinator has changed \"%s\"",
            ((CommitResult.Conflict) result).key());
      }
      versionGuard = new Guard.ModRevision(MetaKeys.CATALOG_VERSION, revision);
      effects.forEach(Runnable::run);
      image = newImage(version);
    }
  }

  Catalog(MetaStore store) {
    this.store = store;
    long version = 0;
    Guard guard = Guard.absent(MetaKeys.CATALOG_VERSION);
    for (KeyValue entry : store.list(MetaKeys.CATALOG).entries()) {
      String key = entry.key();
      if (key.equals(MetaKeys.CATALOG_VERSION)) {
        version = MetaValue.toLong(key, entry.value());
        guard = Guard.unchanged(entry);
      } else if (key.startsWith(MetaKeys.TABLES)) {
        TableDefinition table = DefinitionCodec.table(key, entry.value());
        tables.put(table.id(), table);
      } else if (key.startsWith(MetaKeys.SEQUENCES)) {
        SequenceDefinition sequence = DefinitionCodec.sequence(key, entry.value());
        sequences.put(sequence.id(), sequence);
      } else if (key.startsWith(MetaKeys.SCHEMAS)) {
        SchemaDefinition schema = DefinitionCodec.schema(key, entry.value());
        schemas.put(schema.id(), schema);
      }
    }
    this.versionGuard = guard;
    this.image = newImage(version);
  }

  private CatalogImage newImage(long version) {
    return new CatalogImage(version, schemas.values(), tables.values(), sequences.values());
  }

  CatalogImage image() {
    return image;
  }

  Change change() {
    return new Change();
  }

  /// Whether a relation (table, index, sequence) of this name exists or is being made.
  boolean isTaken(String schema, String name) {
    return store.get(MetaKeys.name(schema, name)).isPresent();
  }
}
