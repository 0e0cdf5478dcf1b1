package quiver.common.catalog;

import java.util.Optional;
import quiver.common.type.BaseType;

/// A sequence.
///
/// @param id also `pg_class.oid`
/// @param ownedByTable the table whose column it belongs to (`serial`, identity): dropped with it
public record SequenceDefinition(
    long id,
    String schema,
    String name,
    BaseType type,
    long start,
    long increment,
    long min,
    long max,
    boolean cycle,
    Optional<Long> ownedByTable)
    implements CatalogObject {
  /// The same sequence elsewhere.
  public SequenceDefinition withName(String newSchema, String newName) {
    return new SequenceDefinition(
        id, newSchema, newName, type, start, increment, min, max, cycle, ownedByTable);
  }
}
