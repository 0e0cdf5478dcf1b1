package quiver.coordinators.root;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogDelta.Edit;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.TableIndex;
import quiver.common.catalog.CatalogObject;

/// The catalog as one transaction sees it, while a command changes it: the catalog in force and the
/// transaction's changes. Used by one thread.
final class CatalogEditor {
  private final CatalogImage base;
  private final Map<Long, Edit> edits;
  private final Set<Long> resetSequences;
  private final Map<Long, Long> unchangedSince;
  private CatalogImage image;

  /// Puts and removes; each takes effect at once.
  final class Change {
    Change put(CatalogObject object) {
      edit(object.id(), Optional.of(object));
      return this;
    }

    Change remove(CatalogObject object) {
      edit(object.id(), Optional.empty());
      image.comments(object.id()).forEach(comment -> edit(comment.id(), Optional.empty()));
      image.security().about(object.id()).forEach(about -> edit(about.id(), Optional.empty()));
      return this;
    }

    Change reset(long sequenceId) {
      resetSequences.add(sequenceId);
      return this;
    }

    /// Shows the changes in [#image].
    void apply() {
      image = base.with(delta(), base.version());
    }
  }

  CatalogEditor(CatalogImage base, CatalogDelta delta) {
    this.base = base;
    this.edits = new LinkedHashMap<>(delta.edits());
    this.resetSequences = new LinkedHashSet<>(delta.resetSequences());
    this.unchangedSince = delta.unchangedSince();
    this.image = edits.isEmpty() ? base : base.with(delta, base.version());
  }

  private void edit(long id, Optional<CatalogObject> after) {
    Edit known = edits.get(id);
    Optional<CatalogObject> before = known == null ? base.object(id) : known.before();
    if (before.equals(after) || (before.isEmpty() && after.isEmpty())) {
      edits.remove(id);
    } else {
      edits.put(id, new Edit(before, after));
    }
  }

  CatalogDelta delta() {
    return new CatalogDelta(edits, resetSequences, unchangedSince);
  }

  CatalogImage image() {
    return image;
  }

  Change change() {
    return new Change();
  }

  boolean isTaken(String schema, String name) {
    return image.isTaken(schema, name);
  }

  Optional<TableIndex> index(String schema, String name) {
    return image.index(schema, name);
  }
}
