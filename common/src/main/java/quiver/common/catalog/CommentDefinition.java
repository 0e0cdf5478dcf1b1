package quiver.common.catalog;

/// A comment on an object, or on a column of one.
///
/// @param objectId what it is on: ids are unique over all kinds of object
/// @param columnId 0: on the object itself
public record CommentDefinition(long id, long objectId, int columnId, String text)
    implements CatalogObject {}
