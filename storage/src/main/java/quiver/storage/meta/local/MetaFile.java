package quiver.storage.meta.local;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.file.Disk;
import quiver.storage.file.DiskFile;
import quiver.storage.file.FrameFile;
import quiver.storage.file.FrameReader;
import quiver.storage.file.FrameReader.Item;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaState;

/// The one file of a local meta store: a snapshot followed by the commits since. When the commits
/// have outgrown the snapshot, a new file is written beside it and renamed over it. Used by one
/// thread at a time, which nobody interrupts.
final class MetaFile {
  /// Largest frame: a commit of the largest size, or the end of a lease with very many keys.
  static final int MAX_FRAME_BYTES = 64 << 20;

  /// Commits may take this much, and four times the snapshot, before a new file is written.
  static final long COMPACT_AFTER_BYTES = 1 << 20;

  private static final int SNAPSHOT_PART_BYTES = 1 << 20;
  private static final String NAME = "meta.qmeta";
  private static final String NEW_NAME = "meta.qmeta.new";
  private static final Logger log = LoggerFactory.getLogger(MetaFile.class);

  private final Disk disk;
  private final Path directory;
  private final long compactAfterBytes;
  private DiskFile file;
  private long position;
  private long nextFrame;
  private long compactAtBytes;
  private @Nullable QuiverException halted;

  private MetaFile(Disk disk, Path directory, long compactAfterBytes, Contents contents) {
    this.disk = disk;
    this.directory = directory;
    this.compactAfterBytes = compactAfterBytes;
    this.file = contents.file();
    this.position = contents.position();
    this.nextFrame = contents.nextFrame();
    this.compactAtBytes = compactAt(contents.snapshotBytes());
  }

  /// A file as it was read or written.
  private record Contents(
      DiskFile file, long position, long nextFrame, long snapshotBytes, MetaState state) {}

  /// A recovered file and its state.
  record Opened(MetaFile file, MetaState state) {}

  private long compactAt(long snapshotBytes) {
    return 5 * snapshotBytes + compactAfterBytes;
  }

  /// Opens or creates the file.
  static Opened open(Disk disk, Path directory, long compactAfterBytes) {
    Path path = directory.resolve(NAME);
    disk.delete(directory.resolve(NEW_NAME));
    Contents contents =
        disk.exists(path) ? recover(disk.open(path)) : write(disk, directory, new MetaState());
    disk.syncDirectory(directory);
    return new Opened(new MetaFile(disk, directory, compactAfterBytes, contents), contents.state());
  }

  private static Contents recover(DiskFile file) {
    try {
      FrameFile.checkFileHeader(file, FrameFile.Kind.META, NAME, 0);
      Contents contents = replay(file);
      // What was written before a crash may not have been forced.
      file.force();
      return contents;
    } catch (QuiverException e) {
      file.close();
      throw e;
    }
  }

  private static Contents replay(DiskFile file) {
    String what = "file \"" + file.path() + "\"";
    FrameReader reader = new FrameReader(file, 0, MAX_FRAME_BYTES);
    long sizeBytes = file.sizeBytes();
    Replay replay = new Replay();
    while (true) {
      long at = reader.position();
      switch (reader.next(sizeBytes)) {
        case Item.Frame(_, _, ByteBuffer payload) -> {
          if (!replay.accept(MetaFrames.decode(what, payload), reader.position())) {
            throw FrameFile.damaged(file.path(), at, "frame out of order");
          }
        }
        case Item.End _ -> {
          return replay
              .contents(file, at, reader.nextOffset())
              .orElseThrow(() -> FrameFile.damaged(file.path(), at, "snapshot is cut off"));
        }
        case Item.Damage damage -> {
          Optional<Contents> contents = replay.contents(file, at, reader.nextOffset());
          if (contents.isEmpty() || reader.wasDurable(damage, sizeBytes)) {
            throw FrameFile.damaged(file.path(), at, damage.reason());
          }
          log.warn(
              "unfinished end of metadata file cut off: file={} position={} bytes={} reason={}",
              file.path(),
              at,
              sizeBytes - at,
              damage.reason());
          file.truncate(at);
          return contents.get();
        }
      }
    }
  }

  /// The state as it grows frame by frame.
  private static final class Replay {
    private final List<KeyValue> snapshot = new ArrayList<>();
    private long snapshotBytes;
    private @Nullable MetaState state;

    /// Takes the next frame.
    ///
    /// @return false if it cannot stand here
    boolean accept(MetaFrames frame, long endPosition) {
      MetaState current = state;
      return switch (frame) {
        case MetaFrames.SnapshotPart(List<KeyValue> entries) ->
            current == null && snapshot.addAll(entries);
        case MetaFrames.SnapshotEnd(long revision, long count) -> {
          if (current != null || count != snapshot.size()) {
            yield false;
          }
          state = new MetaState(revision, snapshot);
          snapshotBytes = endPosition;
          yield true;
        }
        case MetaFrames.Commit(MetaState.Change change) -> {
          if (current == null || change.revision() != current.revision() + 1) {
            yield false;
          }
          var _ = current.apply(change);
          yield true;
        }
      };
    }

    /// What was read, if the snapshot is complete.
    Optional<Contents> contents(DiskFile file, long position, long nextFrame) {
      return Optional.ofNullable(state)
          .map(found -> new Contents(file, position, nextFrame, snapshotBytes, found));
    }
  }

  /// Writes a file with a snapshot of `state` and puts it in place; the caller syncs the directory.
  private static Contents write(Disk disk, Path directory, MetaState state) {
    Path path = directory.resolve(NEW_NAME);
    disk.delete(path);
    DiskFile file = disk.create(path);
    try {
      file.write(FrameFile.fileHeader(FrameFile.Kind.META, NAME, 0), 0);
      long position = FrameFile.FILE_HEADER_BYTES;
      long frame = 0;
      for (MetaFrames part :
          MetaFrames.snapshot(state.revision(), state.list("").entries(), SNAPSHOT_PART_BYTES)) {
        ByteBuffer bytes = frame(frame++, part);
        int length = bytes.remaining();
        file.write(bytes, position);
        position += length;
      }
      file.force();
      disk.rename(path, directory.resolve(NAME));
      return new Contents(file, position, frame, position, state);
    } catch (QuiverException e) {
      file.close();
      throw e;
    }
  }

  private static ByteBuffer frame(long offset, MetaFrames content) {
    byte[] payload = content.encode();
    ByteBuffer frame =
        ByteBuffer.allocate(Math.toIntExact(FrameFile.frameBytes(payload.length)))
            .order(ByteOrder.LITTLE_ENDIAN);
    FrameFile.putFrameHeader(
        frame, offset, offset, payload.length, FrameFile.crc(ByteBuffer.wrap(payload)));
    return frame.put(payload).position(0);
  }

  /// Makes a change durable.
  void append(MetaState.Change change) {
    if (halted != null) {
      throw QuiverException.ofMessage(halted.state(), halted.message()).withCause(halted);
    }
    ByteBuffer frame = frame(nextFrame, new MetaFrames.Commit(change));
    int length = frame.remaining();
    try {
      file.write(frame, position);
    } catch (QuiverException e) {
      takeBack(e);
      throw e;
    }
    try {
      file.force();
    } catch (QuiverException e) {
      halt(e);
      throw unknown(e);
    }
    position += length;
    nextFrame++;
  }

  /// A write failed: cuts it off. If that works the change never happened.
  private void takeBack(QuiverException failure) {
    try {
      file.truncate(position);
      file.force();
    } catch (QuiverException e) {
      failure.addSuppressed(e);
      halt(failure);
      throw unknown(failure);
    }
  }

  private void halt(QuiverException failure) {
    log.error("metadata store halted, the server must be restarted: {}", failure.message());
    try {
      // The failed pages may look written when the file is read again; better they are gone.
      file.truncate(position);
    } catch (QuiverException e) {
      failure.addSuppressed(e);
    }
    halted =
        new QuiverException(failure.state(), "metadata store is halted: %s", failure.message())
            .withCause(failure)
            .withHint("Check the disk and restart the server.");
  }

  private static QuiverException unknown(QuiverException failure) {
    return new QuiverException(
            SqlState.STATEMENT_COMPLETION_UNKNOWN,
            "metadata commit failed and its outcome is unknown: %s",
            failure.message())
        .withCause(failure);
  }

  /// Writes a new file if the commits have outgrown the snapshot. If that fails for want of space
  /// the old file goes on.
  void compactIfLong(MetaState state) {
    if (position < compactAtBytes || halted != null) {
      return;
    }
    Contents contents;
    try {
      contents = write(disk, directory, state);
    } catch (QuiverException e) {
      log.warn("could not write a metadata snapshot: reason={}", e.message());
      compactAtBytes = position + compactAfterBytes;
      return;
    }
    DiskFile old = file;
    file = contents.file();
    position = contents.position();
    nextFrame = contents.nextFrame();
    compactAtBytes = compactAt(contents.snapshotBytes());
    old.close();
    try {
      disk.syncDirectory(directory);
    } catch (QuiverException e) {
      // After a crash the old file may be back: nothing may be acknowledged from the new one.
      halt(e);
    }
  }

  void close() {
    file.close();
  }
}
