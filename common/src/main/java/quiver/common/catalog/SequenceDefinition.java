package quiver.common.catalog;

import java.util.Optional;
import quiver.common.type.BaseType;

/// A sequence.
///
/// @param id also `pg_class.oid`
/// @param cache values a session takes at a time; those it does not use are skipped
/// @param ownedByTable the table whose column it belongs to (`serial`, identity): dropped with it
/// @param ownedByColumn the id of the column that OWNED BY named; 0: none, or the table names it
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
    long cache,
    Optional<Long> ownedByTable,
    int ownedByColumn)
    implements CatalogObject {
  /// A sequence whose values are taken one by one.
  public SequenceDefinition(
      long id,
      String schema,
      String name,
      BaseType type,
      long start,
      long increment,
      long min,
      long max,
      boolean cycle,
      Optional<Long> ownedByTable) {
    this(id, schema, name, type, start, increment, min, max, cycle, 1, ownedByTable, 0);
  }

  /// The same sequence with an id.
  public SequenceDefinition withId(long newId) {
    return with(newId, schema, name, ownedByTable);
  }

  /// The same sequence of a table.
  public SequenceDefinition ownedBy(long tableId) {
    return with(id, schema, name, Optional.of(tableId));
  }

  /// The same sequence elsewhere.
  public SequenceDefinition withName(String newSchema, String newName) {
    return with(id, newSchema, newName, ownedByTable);
  }

  private SequenceDefinition with(
      long newId, String newSchema, String newName, Optional<Long> newOwner) {
    return new SequenceDefinition(
        newId,
        newSchema,
        newName,
        type,
        start,
        increment,
        min,
        max,
        cycle,
        cache,
        newOwner,
        ownedByColumn);
  }
}
