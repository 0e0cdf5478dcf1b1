package quiver.frontend;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.SchemaDefinition;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.CommentDefinition;
import quiver.common.catalog.ObjectAccess;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.ViewDefinition;

/// Which catalogs are the same to a session without temporary objects, so that plans outlive what
/// other sessions do with theirs. Safe for every thread.
final class PlanVersions {
  private final ReentrantLock lock = new ReentrantLock();

  @GuardedBy("lock")
  private Map<Long, CatalogObject> lasting = Map.of();

  private volatile Known known = new Known(-1, -1);

  /// @param catalogVersion of the newest catalog looked at
  /// @param planVersion of the first catalog that had the same lasting objects
  private record Known(long catalogVersion, long planVersion) {}

  /// The version of a catalog as far as a session's plans depend on it.
  ///
  /// @param temporarySchema of the session; empty: none
  long of(CatalogImage catalog, String temporarySchema) {
    Known now = known;
    if (catalog.version() < 0 || catalog.schema(temporarySchema).isPresent()) {
      // The session has definitions of its own.
      return catalog.version();
    }
    if (now.catalogVersion() == catalog.version()) {
      return now.planVersion();
    }
    lock.lock();
    try {
      if (known.catalogVersion() < catalog.version()) {
        Map<Long, CatalogObject> objects = lasting(catalog);
        boolean same = known.catalogVersion() >= 0 && objects.equals(lasting);
        lasting = objects;
        known = new Known(catalog.version(), same ? known.planVersion() : catalog.version());
      }
      return known.catalogVersion() == catalog.version() ? known.planVersion() : catalog.version();
    } finally {
      lock.unlock();
    }
  }

  private static Map<Long, CatalogObject> lasting(CatalogImage catalog) {
    Map<Long, CatalogObject> objects = new HashMap<>();
    Set<Long> temporary = new HashSet<>();
    for (CatalogObject object : catalog.objects()) {
      if (isTemporary(object)) {
        temporary.add(object.id());
      } else {
        objects.put(object.id(), object);
      }
    }
    if (!temporary.isEmpty()) {
      for (CatalogObject object : List.copyOf(objects.values())) {
        boolean about =
            switch (object) {
              case ObjectAccess access -> temporary.contains(access.objectId());
              case CommentDefinition comment -> temporary.contains(comment.objectId());
              default -> false;
            };
        if (about) {
          objects.remove(object.id());
        }
      }
    }
    return objects;
  }

  private static boolean isTemporary(CatalogObject object) {
    return switch (object) {
      case SchemaDefinition schema -> SchemaDefinition.isTemporary(schema.name());
      case TableDefinition table -> SchemaDefinition.isTemporary(table.schema());
      case ViewDefinition view -> SchemaDefinition.isTemporary(view.schema());
      case SequenceDefinition sequence -> SchemaDefinition.isTemporary(sequence.schema());
      default -> false;
    };
  }
}
