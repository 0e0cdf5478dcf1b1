package quiver.common.type;

/// A field of a composite type.
public record CompositeField(String name, SqlType type) {}
