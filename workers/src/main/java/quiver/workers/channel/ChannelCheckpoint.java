package quiver.workers.channel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.value.ByteWriter;
import quiver.rpc.DataNodeService.KeyedCommit;
import quiver.storage.record.ChannelPosition;
import quiver.storage.record.Epoch;
import quiver.workers.segment.TableLayout;

/// The state of a channel's replica as the manifest object stores it: everything that is in files
/// and all their deletes as of `appliedTimestamp`. What is not in files is rebuilt by reading the
/// log from `replayFrom`; records at or before `appliedTimestamp` then change nothing that is in
/// files. The layout of the bytes is in `docs/formats/channel-manifest.md`.
///
/// @param replayFrom position before the first record that is still needed
/// @param appliedTimestamp of the last record whose effects on files are included
/// @param outcomes transactions decided last, oldest first
/// @param unfinished commits decided here that some participant may not know of yet
/// @param forgottenUntil outcomes at or before this timestamp may be missing
/// @param begun by table id, when its incarnation began: what it had before is gone
/// @param keys idempotency keys of transactions that have committed, oldest first
public record ChannelCheckpoint(
    ChannelPosition replayFrom,
    long appliedTimestamp,
    List<TableLayout> tables,
    List<FlushedSegment> segments,
    List<Outcome> outcomes,
    List<Unfinished> unfinished,
    long forgottenUntil,
    Map<Long, Long> begun,
    List<Key> keys) {
  /// Before anything was written.
  public static final ChannelCheckpoint EMPTY =
      new ChannelCheckpoint(
          ChannelPosition.START,
          0,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          0,
          Map.of(),
          List.of());

  private static final int MAGIC = 'Q' | 'V' << 8 | 'M' << 16 | '1' << 24;
  private static final int FORMAT = 5;

  /// Ends with `begun`.
  private static final int FORMAT_WITHOUT_KEYS = 4;

  /// Ends with `forgottenUntil`.
  private static final int FORMAT_WITHOUT_BEGINNINGS = 3;

  /// Ends with the outcomes.
  private static final int FORMAT_OF_ONE_CHANNEL = 2;

  public ChannelCheckpoint {
    tables = List.copyOf(tables);
    segments = List.copyOf(segments);
    outcomes = List.copyOf(outcomes);
    unfinished = List.copyOf(unfinished);
    begun = Map.copyOf(begun);
    keys = List.copyOf(keys);
  }

  /// A segment in a file and its deletes.
  ///
  /// @param deletedRows in order of death
  /// @param deletedAt timestamps of death, ascending
  public record FlushedSegment(SealedSegment file, int[] deletedRows, long[] deletedAt) {}

  /// What became of a transaction.
  ///
  /// @param timestamp of its commit; negative: of its abort
  public record Outcome(UUID transaction, long timestamp) {}

  /// A commit that its home remembers until every participant has finished.
  public record Unfinished(UUID transaction, long timestamp, List<String> participants) {
    public Unfinished {
      participants = List.copyOf(participants);
    }
  }

  /// The idempotency key of a transaction that has committed.
  public record Key(UUID id, KeyedCommit commit) {}

  /// The stored form.
  public byte[] encode() {
    ByteWriter out = new ByteWriter(1024);
    out.putInt(MAGIC).putInt(FORMAT);
    out.putLong(replayFrom.offset())
        .putInt(replayFrom.epoch().term())
        .putInt(replayFrom.epoch().session())
        .putLong(replayFrom.sequence())
        .putLong(replayFrom.lastTimestamp())
        .putLong(replayFrom.chain());
    out.putLong(appliedTimestamp);
    out.putInt(tables.size());
    tables.forEach(table -> EventCodec.writeLayout(out, table));
    out.putInt(segments.size());
    for (FlushedSegment segment : segments) {
      EventCodec.writeSegment(out, segment.file);
      out.putInt(segment.deletedRows.length);
      for (int i = 0; i < segment.deletedRows.length; i++) {
        out.putInt(segment.deletedRows[i]).putLong(segment.deletedAt[i]);
      }
    }
    out.putInt(outcomes.size());
    for (Outcome outcome : outcomes) {
      EventCodec.writeId(out, outcome.transaction);
      out.putLong(outcome.timestamp);
    }
    out.putInt(unfinished.size());
    for (Unfinished each : unfinished) {
      EventCodec.writeId(out, each.transaction);
      EventCodec.putTexts(out.putLong(each.timestamp), each.participants);
    }
    out.putLong(forgottenUntil);
    for (TableLayout table : tables) {
      out.putLong(begun(table.tableId()));
    }
    out.putInt(keys.size());
    for (Key key : keys) {
      EventCodec.writeId(out, key.id);
      out.putLong(key.commit.timestamp()).putLong(key.commit.content());
    }
    out.putInt(crc(out.toBuffer()));
    return out.toBytes();
  }

  /// When a table's incarnation began; at the latest the checkpoint.
  long begun(long tableId) {
    return begun.getOrDefault(tableId, appliedTimestamp);
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// Reads the stored form.
  ///
  /// @param name the object, for the message
  /// @throws QuiverException `XX001` if it is damaged
  public static ChannelCheckpoint decode(String name, byte[] bytes) {
    try {
      ByteBuffer in =
          ByteBuffer.wrap(bytes, 0, bytes.length - 4).slice().order(ByteOrder.LITTLE_ENDIAN);
      int stored = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 4);
      if (crc(in.duplicate()) != stored) {
        throw new IllegalArgumentException("wrong checksum");
      }
      int magic = in.getInt();
      int format = in.getInt();
      if (magic != MAGIC || format < FORMAT_OF_ONE_CHANNEL || format > FORMAT) {
        throw new IllegalArgumentException("not a manifest of format " + FORMAT);
      }
      return read(in, format);
    } catch (RuntimeException e) {
      throw new QuiverException(SqlState.DATA_CORRUPTED, "manifest \"%s\" is damaged", name)
          .withCause(e);
    }
  }

  private static ChannelCheckpoint read(ByteBuffer in, int format) {
    ChannelPosition replayFrom =
        new ChannelPosition(
            in.getLong(),
            new Epoch(in.getInt(), in.getInt()),
            in.getLong(),
            in.getLong(),
            in.getLong());
    long appliedTimestamp = in.getLong();
    List<TableLayout> tables = EventCodec.list(in, 24, EventCodec::readLayout);
    List<FlushedSegment> segments =
        EventCodec.list(
            in,
            40,
            b -> {
              SealedSegment file = EventCodec.readSegment(b);
              int[] rows = new int[ByteWriter.length(b, 12)];
              long[] times = new long[rows.length];
              for (int i = 0; i < rows.length; i++) {
                rows[i] = b.getInt();
                times[i] = b.getLong();
              }
              return new FlushedSegment(file, rows, times);
            });
    List<Outcome> outcomes =
        EventCodec.list(in, 24, b -> new Outcome(EventCodec.readId(b), b.getLong()));
    if (format == FORMAT_OF_ONE_CHANNEL) {
      return new ChannelCheckpoint(
          replayFrom,
          appliedTimestamp,
          tables,
          segments,
          outcomes,
          List.of(),
          0,
          Map.of(),
          List.of());
    }
    List<Unfinished> unfinished =
        EventCodec.list(
            in,
            28,
            b ->
                new Unfinished(
                    EventCodec.readId(b), b.getLong(), EventCodec.list(b, 4, ByteWriter::text)));
    long forgottenUntil = in.getLong();
    Map<Long, Long> begun = new HashMap<>();
    if (format > FORMAT_WITHOUT_BEGINNINGS) {
      tables.forEach(table -> begun.put(table.tableId(), in.getLong()));
    }
    List<Key> keys =
        format > FORMAT_WITHOUT_KEYS
            ? EventCodec.list(
                in,
                32,
                b -> new Key(EventCodec.readId(b), new KeyedCommit(b.getLong(), b.getLong())))
            : List.of();
    return new ChannelCheckpoint(
        replayFrom,
        appliedTimestamp,
        tables,
        segments,
        outcomes,
        unfinished,
        forgottenUntil,
        begun,
        keys);
  }
}
