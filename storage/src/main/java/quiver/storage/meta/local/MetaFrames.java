package quiver.storage.meta.local;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import quiver.common.value.ByteWriter;
import quiver.storage.codec.ByteReader;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaState;
import quiver.storage.meta.Put;

/// The payloads of the meta file's frames; the layout is in `docs/formats/meta-file.md`.
sealed interface MetaFrames {
  /// Keys of the snapshot at the beginning of the file.
  record SnapshotPart(List<KeyValue> entries) implements MetaFrames {}

  /// The snapshot is complete.
  record SnapshotEnd(long revision, long entryCount) implements MetaFrames {}

  /// One commit after the snapshot.
  record Commit(MetaState.Change change) implements MetaFrames {}

  int TYPE_SNAPSHOT_PART = 1;
  int TYPE_SNAPSHOT_END = 2;
  int TYPE_COMMIT = 3;

  /// The stored form.
  default byte[] encode() {
    ByteWriter writer = new ByteWriter(256);
    switch (this) {
      case SnapshotPart(List<KeyValue> entries) -> {
        writer.putByte(TYPE_SNAPSHOT_PART).putInt(entries.size());
        for (KeyValue entry : entries) {
          writer
              .putText(entry.key())
              .putInt(entry.value().length)
              .putBytes(entry.value())
              .putLong(entry.createRevision())
              .putLong(entry.modRevision())
              .putLong(entry.lease());
        }
      }
      case SnapshotEnd(long revision, long entryCount) ->
          writer.putByte(TYPE_SNAPSHOT_END).putLong(revision).putLong(entryCount);
      case Commit(MetaState.Change change) -> {
        writer.putByte(TYPE_COMMIT).putLong(change.revision()).putInt(change.puts().size());
        for (Put put : change.puts()) {
          writer
              .putText(put.key())
              .putInt(put.value().length)
              .putBytes(put.value())
              .putLong(put.lease());
        }
        writer.putInt(change.deletes().size());
        change.deletes().forEach(writer::putText);
      }
    }
    return writer.toBytes();
  }

  /// Reads a stored form.
  static MetaFrames decode(String file, ByteBuffer payload) {
    ByteReader reader = new ByteReader(file, payload);
    MetaFrames frame =
        switch (reader.u8()) {
          case TYPE_SNAPSHOT_PART ->
              new SnapshotPart(
                  reader.list(
                      32,
                      () ->
                          new KeyValue(
                              reader.text(),
                              reader.bytes(),
                              reader.i64(),
                              reader.i64(),
                              reader.i64())));
          case TYPE_SNAPSHOT_END -> new SnapshotEnd(reader.i64(), reader.i64());
          case TYPE_COMMIT -> {
            long revision = reader.i64();
            List<Put> puts =
                reader.list(16, () -> new Put(reader.text(), reader.bytes(), reader.i64()));
            yield new Commit(new MetaState.Change(revision, puts, reader.list(4, reader::text)));
          }
          default -> throw reader.damaged("unknown frame type");
        };
    reader.end();
    return frame;
  }

  /// The frames of a snapshot, each not much larger than `partBytes`.
  static List<MetaFrames> snapshot(long revision, List<KeyValue> entries, int partBytes) {
    List<MetaFrames> frames = new ArrayList<>();
    List<KeyValue> part = new ArrayList<>();
    long bytes = 0;
    for (KeyValue entry : entries) {
      part.add(entry);
      bytes += entry.key().length() + entry.value().length + 32;
      if (bytes >= partBytes) {
        frames.add(new SnapshotPart(List.copyOf(part)));
        part.clear();
        bytes = 0;
      }
    }
    if (!part.isEmpty()) {
      frames.add(new SnapshotPart(List.copyOf(part)));
    }
    frames.add(new SnapshotEnd(revision, entries.size()));
    return frames;
  }
}
