package quiver.storage.object;

/// An object's name and size.
public record ObjectStat(String name, long sizeBytes) {}
