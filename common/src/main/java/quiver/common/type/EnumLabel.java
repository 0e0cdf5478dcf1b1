package quiver.common.type;

/// A value of an enum.
///
/// @param id also `pg_enum.oid`
/// @param order the value as rows hold it: values are ordered by it, and it never changes
public record EnumLabel(long id, long order, String text) {}
