package quiver.coordinators.root;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogDelta.Edit;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogImage.TableIndex;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.catalog.TypeDefinition;

/// The catalog as one transaction sees it, while a command changes it: the catalog in force and the
/// transaction's changes. Used by one thread.
final class CatalogEditor {
  private final CatalogImage base;
  private final Map<Long, Edit> edits;
  private final Map<Long, Long> resetSequences;
  private final Map<Long, Long> unchangedSince;
  private CatalogImage image;

  /// Puts and removes; each takes effect at once.
  final class Change {
    Change put(CatalogObject object) {
      image.object(object.id()).ifPresent(old -> dropComments(old, object));
      edit(object.id(), Optional.of(object));
      return this;
    }

    Change remove(CatalogObject object) {
      edit(object.id(), Optional.empty());
      parts(object).forEach(this::dropComments);
      for (CatalogObject about : image.security().about(object.id())) {
        edit(about.id(), Optional.empty());
        dropComments(about.id());
      }
      if (object instanceof TableDefinition) {
        edit(TableStatistics.idFor(object.id()), Optional.empty());
      }
      return this;
    }

    private void dropComments(long objectId) {
      image.comments(objectId).forEach(comment -> edit(comment.id(), Optional.empty()));
    }

    /// Comments on parts of a table that it has no more.
    private void dropComments(CatalogObject before, CatalogObject after) {
      if (before instanceof TableDefinition old && after instanceof TableDefinition table) {
        Set<Long> left = new HashSet<>(parts(old));
        left.removeAll(parts(table));
        left.forEach(this::dropComments);
        image.comments(old.id()).stream()
            .filter(
                comment -> comment.columnId() > 0 && table.columnOfId(comment.columnId()).isEmpty())
            .forEach(comment -> edit(comment.id(), Optional.empty()));
      }
    }

    Change reset(long sequenceId, long value) {
      resetSequences.put(sequenceId, value);
      return this;
    }

    /// Shows the changes in [#image].
    void apply() {
      image = base.with(delta(), base.version());
    }
  }

  /// The object itself; of a table also its indexes and constraints.
  static List<Long> parts(CatalogObject object) {
    List<Long> ids = new ArrayList<>();
    ids.add(object.id());
    if (object instanceof TableDefinition table) {
      table.primaryKey().ifPresent(key -> ids.add(key.id()));
      table.checks().forEach(check -> ids.add(check.id()));
      table.foreignKeys().forEach(key -> ids.add(key.id()));
      for (IndexDefinition index : table.indexes()) {
        ids.add(index.id());
        index.constraintId().ifPresent(ids::add);
      }
    } else if (object instanceof TypeDefinition type) {
      type.checks().forEach(check -> ids.add(check.id()));
    }
    return ids;
  }

  CatalogEditor(CatalogImage base, CatalogDelta delta) {
    this.base = base;
    this.edits = new LinkedHashMap<>(delta.edits());
    this.resetSequences = new LinkedHashMap<>(delta.resetSequences());
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
