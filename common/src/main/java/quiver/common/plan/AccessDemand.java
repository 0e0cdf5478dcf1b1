package quiver.common.plan;

import java.util.Optional;
import java.util.Set;

/// What a statement needs to be allowed on one relation.
///
/// @param roleId who needs it: the owner of a view whose query reads the relation; empty: whoever
///   runs the statement
/// @param relationId of a stored relation; 0 for a virtual one
/// @param virtualName of a virtual relation
/// @param privileges bits of [quiver.common.catalog.Privilege]
/// @param selected ids of columns that are read
/// @param inserted ids of columns that get values
/// @param updated ids of columns that are changed
public record AccessDemand(
    Optional<Long> roleId,
    long relationId,
    Optional<String> virtualName,
    int privileges,
    Set<Integer> selected,
    Set<Integer> inserted,
    Set<Integer> updated) {
  public AccessDemand {
    selected = Set.copyOf(selected);
    inserted = Set.copyOf(inserted);
    updated = Set.copyOf(updated);
  }
}
