package quiver.workers.channel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.Bytes;
import quiver.storage.record.LogRecord;
import quiver.storage.record.RecordType;
import quiver.workers.segment.StoredColumn;
import quiver.workers.segment.TableLayout;

/// Bodies of log records. The layout of the bytes is in `docs/formats/channel-records.md`.
public final class EventCodec {
  private EventCodec() {}

  /// The type of the record that carries an event.
  public static RecordType type(ChannelEvent event) {
    return switch (event) {
      case ChannelEvent.Barrier ignored -> RecordType.BARRIER;
      case ChannelEvent.Tick ignored -> RecordType.TICK;
      case ChannelEvent.SegmentOpen ignored -> RecordType.SEG_OPEN;
      case ChannelEvent.SegmentSeal ignored -> RecordType.SEG_SEAL;
      case ChannelEvent.SegmentReplace ignored -> RecordType.SEG_REPLACE;
      case ChannelEvent.Frame ignored -> RecordType.FRAME;
      case ChannelEvent.Key ignored -> RecordType.KEY;
      case ChannelEvent.Commit ignored -> RecordType.COMMIT1;
      case ChannelEvent.Prepare ignored -> RecordType.PREPARE;
      case ChannelEvent.Decide ignored -> RecordType.DECIDE;
      case ChannelEvent.Finish ignored -> RecordType.FINISH;
      case ChannelEvent.Forget ignored -> RecordType.FORGET;
      case ChannelEvent.Abort ignored -> RecordType.ABORT_TXN;
      case ChannelEvent.Schema ignored -> RecordType.SCHEMA;
      case ChannelEvent.Truncate ignored -> RecordType.TRUNCATE;
      case ChannelEvent.TableDrop ignored -> RecordType.TABLE_DROP;
    };
  }

  /// The body of an event.
  public static ByteBuffer encode(ChannelEvent event) {
    ByteWriter out = new ByteWriter(capacity(event));
    switch (event) {
      case ChannelEvent.Barrier barrier -> out.putText(barrier.node()).putText(barrier.reason());
      case ChannelEvent.Tick ignored -> {}
      case ChannelEvent.Abort ignored -> {}
      case ChannelEvent.SegmentOpen open ->
          writeLayout(out.putLong(open.segmentId()).putByte(open.staged() ? 1 : 0), open.table());
      case ChannelEvent.SegmentSeal seal -> putLongs(out, seal.segmentIds());
      case ChannelEvent.SegmentReplace replace -> {
        writeSegment(out, replace.segment());
        putLongs(out, replace.replaced());
      }
      case ChannelEvent.Key(UUID id, long content) -> {
        writeId(out, id);
        out.putLong(content);
      }
      case ChannelEvent.Frame frame -> {
        out.putLong(frame.tableId()).putInt(frame.incarnation()).putInt(frame.number());
        putLongs(out, frame.deleted());
        out.putByte(frame.rows().isPresent() ? 1 : 0);
        frame.rows().ifPresent(rows -> writeRows(out, rows));
      }
      case ChannelEvent.Commit commit -> writeCommit(out, commit);
      case ChannelEvent.Prepare prepare -> {
        out.putText(prepare.home()).putInt(prepare.frameCount());
        putLongs(out, prepare.changed());
        putLongs(out, prepare.kept());
        writeDefinitions(out, prepare.definitions());
      }
      case ChannelEvent.Decide decide -> {
        putTexts(out, decide.participants());
        out.putByte(decide.commit().isPresent() ? 1 : 0);
        decide.commit().ifPresent(commit -> writeCommit(out, commit));
      }
      case ChannelEvent.Finish finish -> {
        out.putLong(finish.commitTimestamp());
        putLongs(out, finish.adopted());
        writeMoves(out, finish.moved());
      }
      case ChannelEvent.Forget forget -> {
        out.putInt(forget.transactions().size());
        forget.transactions().forEach(each -> writeId(out, each));
      }
      case ChannelEvent.Schema schema -> writeLayout(out, schema.table());
      case ChannelEvent.Truncate truncate -> {
        out.putInt(truncate.tables().size());
        for (ChannelEvent.Truncated table : truncate.tables()) {
          out.putLong(table.tableId()).putInt(table.version()).putInt(table.incarnation());
        }
      }
      case ChannelEvent.TableDrop drop -> putLongs(out, drop.tableIds());
    }
    return out.toBuffer();
  }

  private static void writeCommit(ByteWriter out, ChannelEvent.Commit commit) {
    out.putInt(commit.frameCount());
    putLongs(out, commit.adopted());
    writeMoves(out, commit.moved());
    out.putInt(commit.changes().size());
    for (ChannelEvent.TableChange change : commit.changes()) {
      out.putLong(change.tableId());
      putLongs(out, change.deleted());
      out.putInt(change.rows().size());
      change.rows().forEach(rows -> writeRows(out, rows));
    }
    writeDefinitions(out, commit.definitions());
  }

  private static void writeMoves(ByteWriter out, List<ChannelEvent.Move> moves) {
    out.putInt(moves.size());
    for (ChannelEvent.Move move : moves) {
      out.putLong(move.stagedSegmentId()).putLong(move.segmentId()).putInt(move.firstRow());
    }
  }

  private static void writeDefinitions(ByteWriter out, ChannelEvent.Definitions definitions) {
    out.putInt(definitions.tables().size());
    definitions.tables().forEach(table -> writeLayout(out, table));
    putLongs(out, definitions.dropped());
  }

  static void writeId(ByteWriter out, UUID id) {
    out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
  }

  static UUID readId(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  static void putTexts(ByteWriter out, List<String> texts) {
    out.putInt(texts.size());
    texts.forEach(out::putText);
  }

  private static int capacity(ChannelEvent event) {
    int bytes = 128;
    if (event instanceof ChannelEvent.Frame frame) {
      bytes += 8 * frame.deleted().length;
      bytes += frame.rows().map(rows -> rows.encoded().remaining()).orElse(0);
    } else if (event instanceof ChannelEvent.Decide decide) {
      bytes += decide.commit().map(EventCodec::capacity).orElse(0);
    } else if (event instanceof ChannelEvent.Commit commit) {
      for (ChannelEvent.TableChange change : commit.changes()) {
        bytes += 32 + 8 * change.deleted().length;
        for (ChannelEvent.PlacedRows rows : change.rows()) {
          bytes += 32 + rows.encoded().remaining();
        }
      }
    }
    return bytes;
  }

  /// Reads the body of a record. Rows share the memory of the record.
  ///
  /// @throws QuiverException `XX001` if the body is damaged or its type is not one a channel of
  ///   this version holds
  public static ChannelEvent decode(LogRecord record) {
    ByteBuffer in = record.body();
    try {
      ChannelEvent event =
          switch (record.header().type()) {
            case BARRIER -> new ChannelEvent.Barrier(ByteWriter.text(in), ByteWriter.text(in));
            case TICK -> new ChannelEvent.Tick();
            case ABORT_TXN -> new ChannelEvent.Abort();
            case SEG_OPEN ->
                new ChannelEvent.SegmentOpen(in.getLong(), in.get() != 0, readLayout(in));
            case SEG_SEAL -> new ChannelEvent.SegmentSeal(longList(in));
            case SEG_REPLACE -> new ChannelEvent.SegmentReplace(readSegment(in), longList(in));
            case KEY -> new ChannelEvent.Key(readId(in), in.getLong());
            case FRAME ->
                new ChannelEvent.Frame(
                    in.getLong(),
                    in.getInt(),
                    in.getInt(),
                    longs(in),
                    in.get() != 0 ? Optional.of(readRows(in)) : Optional.empty());
            case COMMIT1 -> readCommit(in);
            case PREPARE ->
                new ChannelEvent.Prepare(
                    ByteWriter.text(in),
                    in.getInt(),
                    longList(in),
                    longList(in),
                    readDefinitions(in));
            case DECIDE ->
                new ChannelEvent.Decide(
                    list(in, 4, ByteWriter::text),
                    in.get() != 0 ? Optional.of(readCommit(in)) : Optional.empty());
            case FINISH -> new ChannelEvent.Finish(in.getLong(), longList(in), readMoves(in));
            case FORGET -> new ChannelEvent.Forget(list(in, 16, EventCodec::readId));
            case SCHEMA -> new ChannelEvent.Schema(readLayout(in));
            case TRUNCATE ->
                new ChannelEvent.Truncate(
                    list(
                        in,
                        16,
                        b -> new ChannelEvent.Truncated(b.getLong(), b.getInt(), b.getInt())));
            case TABLE_DROP -> new ChannelEvent.TableDrop(longList(in));
            case BULK_ADD, MARK ->
                throw new IllegalArgumentException("record type " + record.header().type());
          };
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(in.remaining() + " bytes too many");
      }
      return event;
    } catch (QuiverException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new QuiverException(
              SqlState.DATA_CORRUPTED,
              "log record %d of epoch %s of type %s has a damaged body",
              record.header().sequence(),
              record.header().epoch(),
              record.header().type())
          .withCause(e);
    }
  }

  private static ChannelEvent.Commit readCommit(ByteBuffer in) {
    return new ChannelEvent.Commit(
        in.getInt(),
        longList(in),
        readMoves(in),
        list(
            in,
            16,
            b ->
                new ChannelEvent.TableChange(
                    b.getLong(), longs(b), list(b, 16, EventCodec::readRows))),
        readDefinitions(in));
  }

  private static List<ChannelEvent.Move> readMoves(ByteBuffer in) {
    return list(in, 20, b -> new ChannelEvent.Move(b.getLong(), b.getLong(), b.getInt()));
  }

  private static ChannelEvent.Definitions readDefinitions(ByteBuffer in) {
    return new ChannelEvent.Definitions(list(in, 24, EventCodec::readLayout), longList(in));
  }

  static void writeSegment(ByteWriter out, SealedSegment segment) {
    out.putLong(segment.segmentId())
        .putLong(segment.tableId())
        .putInt(segment.incarnation())
        .putText(segment.objectName())
        .putLong(segment.sizeBytes())
        .putInt(segment.rowCount())
        .putLong(segment.maxCommitTimestamp())
        .putInt(segment.indexes().size());
    for (SealedSegment.IndexFile index : segment.indexes()) {
      out.putLong(index.indexId()).putText(index.objectName()).putLong(index.sizeBytes());
    }
  }

  static SealedSegment readSegment(ByteBuffer in) {
    return new SealedSegment(
        in.getLong(),
        in.getLong(),
        in.getInt(),
        ByteWriter.text(in),
        in.getLong(),
        in.getInt(),
        in.getLong(),
        list(
            in,
            20,
            b -> new SealedSegment.IndexFile(b.getLong(), ByteWriter.text(b), b.getLong())));
  }

  static void writeLayout(ByteWriter out, TableLayout table) {
    out.putLong(table.tableId()).putInt(table.version()).putInt(table.incarnation());
    out.putInt(table.columns().size());
    for (StoredColumn column : table.columns()) {
      SqlType type = column.type();
      out.putInt(column.id());
      out.putInt(type.base().oid()).putByte(type.array() ? 1 : 0).putInt(type.modifier());
      out.putByte(column.missing().isPresent() ? 1 : 0);
      column.missing().ifPresent(value -> out.putInt(value.length()).putBytes(value.array()));
    }
    out.putInt(table.keyOrdinals().size());
    table.keyOrdinals().forEach(out::putInt);
  }

  static TableLayout readLayout(ByteBuffer in) {
    return new TableLayout(
        in.getLong(),
        in.getInt(),
        in.getInt(),
        list(in, 14, EventCodec::readColumn),
        list(in, 4, ByteBuffer::getInt));
  }

  private static StoredColumn readColumn(ByteBuffer in) {
    int id = in.getInt();
    SqlType type = readType(in);
    if (in.get() == 0) {
      return new StoredColumn(id, type, Optional.empty());
    }
    byte[] missing = new byte[ByteWriter.length(in, 1)];
    in.get(missing);
    return new StoredColumn(id, type, Optional.of(Bytes.of(missing)));
  }

  private static SqlType readType(ByteBuffer in) {
    int oid = in.getInt();
    BaseType base =
        BaseType.byOid(oid).orElseThrow(() -> new IllegalArgumentException("type " + oid));
    return new SqlType(base, in.get() != 0, in.getInt());
  }

  private static void writeRows(ByteWriter out, ChannelEvent.PlacedRows rows) {
    ByteBuffer encoded = rows.encoded().duplicate();
    out.putLong(rows.segmentId())
        .putInt(rows.firstRow())
        .putInt(rows.count())
        .putInt(encoded.remaining());
    out.room(encoded.remaining()).put(encoded);
  }

  private static ChannelEvent.PlacedRows readRows(ByteBuffer in) {
    long segmentId = in.getLong();
    int firstRow = in.getInt();
    int count = in.getInt();
    int length = ByteWriter.length(in, 1);
    ByteBuffer encoded = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return new ChannelEvent.PlacedRows(segmentId, firstRow, count, encoded);
  }

  static <T> List<T> list(ByteBuffer in, int entryBytes, Function<ByteBuffer, T> entry) {
    int count = ByteWriter.length(in, entryBytes);
    List<T> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      entries.add(entry.apply(in));
    }
    return entries;
  }

  static void putLongs(ByteWriter out, List<Long> values) {
    out.putInt(values.size());
    values.forEach(out::putLong);
  }

  static void putLongs(ByteWriter out, long[] values) {
    out.putInt(values.length);
    out.room(8 * values.length);
    for (long value : values) {
      out.putLong(value);
    }
  }

  static List<Long> longList(ByteBuffer in) {
    return list(in, 8, ByteBuffer::getLong);
  }

  static long[] longs(ByteBuffer in) {
    long[] values = new long[ByteWriter.length(in, 8)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.getLong();
    }
    return values;
  }
}
