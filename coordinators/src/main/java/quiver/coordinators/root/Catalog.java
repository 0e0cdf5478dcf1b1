package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
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
  private final Map<Long, CatalogObject> objects = new TreeMap<>();
  private Guard versionGuard;
  private volatile CatalogImage image;

  /// A change of the stored catalog under construction.
  final class Change {
    private final List<Put> puts = new ArrayList<>();
    private final List<String> deletes = new ArrayList<>();
    private final List<Runnable> effects = new ArrayList<>();

    Change put(CatalogObject object) {
      puts.add(new Put(MetaKeys.object(object), DefinitionCodec.encodeObject(object)));
      effects.add(() -> objects.put(object.id(), object));
      return this;
    }

    Change remove(CatalogObject object) {
      deletes.add(MetaKeys.object(object));
      effects.add(() -> objects.remove(object.id()));
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

    /// How many operations the commit will have.
    int size() {
      return puts.size() + deletes.size() + 1;
    }

    /// Commits everything, or nothing.
    ///
    /// @param show whether readers get the new image; otherwise a later commit shows it
    /// @throws QuiverException `57P01` if another root coordinator has taken over
    void commit(boolean show) {
      long version = image.version() + 1;
      if (show) {
        puts.add(new Put(MetaKeys.CATALOG_VERSION, MetaValue.ofLong(version)));
      }
      CommitResult result = store.commit(List.of(versionGuard), puts, deletes);
      if (!(result instanceof CommitResult.Committed(var revision))) {
        throw new QuiverException(
            SqlState.ADMIN_SHUTDOWN,
            "another root coordinator has changed \"%s\"",
            ((CommitResult.Conflict) result).key());
      }
      effects.forEach(Runnable::run);
      if (show) {
        versionGuard = new Guard.ModRevision(MetaKeys.CATALOG_VERSION, revision);
        image = new CatalogImage(version, objects.values());
      }
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
      } else {
        CatalogObject object = DefinitionCodec.object(key, entry.value());
        objects.put(object.id(), object);
      }
    }
    this.versionGuard = guard;
    this.image = new CatalogImage(version, objects.values());
  }

  CatalogImage image() {
    return image;
  }

  Change change() {
    return new Change();
  }
}
