package quiver.workers.file;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.meta.ManifestPointer;
import quiver.rpc.meta.MetaKeys;
import quiver.storage.meta.Guard;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;
import quiver.storage.object.ObjectStat;
import quiver.storage.object.ObjectStore;
import quiver.workers.channel.ChannelCheckpoint;

/// Reads the manifests of channels: the checkpoint that the pointer in the meta store names.
public final class Manifests {
  private Manifests() {}

  /// What a replica begins with.
  ///
  /// @param objectName the manifest object; empty before the first
  /// @param guard holds as long as this manifest is in force
  public record Stored(long version, String objectName, Guard guard, ChannelCheckpoint checkpoint) {
    /// The segment and index files of the checkpoint.
    public Set<String> objectNames() {
      Set<String> names = new LinkedHashSet<>();
      for (ChannelCheckpoint.FlushedSegment segment : checkpoint.segments()) {
        names.add(segment.file().objectName());
        segment.file().indexes().forEach(index -> names.add(index.objectName()));
      }
      return names;
    }
  }

  /// The manifest in force.
  public static Stored load(String channel, MetaStore meta, ObjectStore objects) {
    String key = MetaKeys.manifest(channel);
    Optional<KeyValue> entry = meta.get(key);
    if (entry.isEmpty()) {
      return new Stored(0, "", Guard.absent(key), ChannelCheckpoint.EMPTY);
    }
    ManifestPointer pointer = ManifestPointer.decode(key, entry.get().value());
    String name = pointer.objectName();
    ObjectStat stat =
        objects
            .stat(name)
            .orElseThrow(() ->
                new QuiverException(
                    SqlState.DATA_CORRUPTED, "manifest \"%s\" does not exist", name));
    byte[] bytes = objects.read(name, 0, Math.toIntExact(stat.sizeBytes()));
    return new Stored(
        pointer.version(),
        name,
        Guard.unchanged(entry.get()),
        ChannelCheckpoint.decode(name, bytes));
  }

  /// Which manifest is in force; 0 before the first.
  public static long version(String channel, MetaStore meta) {
    String key = MetaKeys.manifest(channel);
    return meta.get(key)
        .map(entry -> ManifestPointer.decode(key, entry.value()).version())
        .orElse(0L);
  }
}
