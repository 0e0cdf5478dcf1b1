package quiver.workers.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.column.LongColumn;
import quiver.common.column.Nulls;
import quiver.common.column.ObjectColumn;
import quiver.common.column.RowBatch;
import quiver.common.column.VectorColumn;
import quiver.common.error.QuiverException;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.rpc.DataNodeService.KeyedCommit;
import quiver.storage.record.ChannelPosition;
import quiver.storage.record.Epoch;
import quiver.storage.record.LogRecord;
import quiver.storage.record.RecordHeader;
import quiver.workers.segment.RowCodec;
import quiver.workers.segment.TableLayout;

class StoredFormsTest {
  private static final SqlType POINT = SqlType.of(BaseType.VECTOR, 2);
  private static final TableLayout TABLE =
      TableLayout.ofTypes(
          20_000, 3, 2, List.of(SqlType.INT8, SqlType.arrayOf(BaseType.TEXT), POINT), List.of(0));
  private static final SealedSegment FILE =
      new SealedSegment(
          7, 20_000, 2, "segment/a", 99, 5, 123, List.of(new SealedSegment.IndexFile(8, "i", 9)));

  private static ByteBuffer rows() {
    ByteWriter out = new ByteWriter(16);
    RowCodec.write(
        out,
        new RowBatch(
            2,
            List.of(
                new LongColumn(SqlType.INT8, 2, new long[] {1, 2}, Nulls.NONE),
                ObjectColumn.of(SqlType.TEXT, 2, new Object[] {"é", null}),
                VectorColumn.ofArray(POINT, 2, 2, new float[] {1, 2, 3, 4}, Nulls.NONE))),
        0,
        2);
    return out.toBuffer();
  }

  private static ChannelEvent roundTrip(ChannelEvent event) {
    return EventCodec.decode(record(event, EventCodec.encode(event)));
  }

  private static LogRecord record(ChannelEvent event, ByteBuffer body) {
    return LogRecord.following(
        0,
        new RecordHeader(
            EventCodec.type(event), 0, new Epoch(1, 1), 1, 1, 0, 0, RecordHeader.NO_TRANSACTION),
        body);
  }

  private static String hex(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return HexFormat.of().formatHex(copy);
  }

  @Test
  void eventsWithoutRowsComeBackAsTheyWereWritten() {
    for (ChannelEvent event :
        List.of(
            new ChannelEvent.Barrier("node", "why"),
            new ChannelEvent.Tick(),
            new ChannelEvent.Abort(),
            new ChannelEvent.Key(new UUID(1, 2), 3),
            new ChannelEvent.SegmentOpen(1, true, TABLE),
            new ChannelEvent.SegmentSeal(List.of(4L, 5L)),
            new ChannelEvent.SegmentReplace(FILE, List.of(1L, 2L)),
            new ChannelEvent.Commit(
                3,
                List.of(6L),
                List.of(new ChannelEvent.Move(7, 8, 9)),
                List.of(),
                new ChannelEvent.Definitions(List.of(TABLE), List.of(5L))),
            new ChannelEvent.Prepare(
                "main",
                2,
                List.of(1L),
                List.of(2L, 3L),
                new ChannelEvent.Definitions(List.of(TABLE), List.of(5L))),
            new ChannelEvent.Decide(List.of("a", "b"), Optional.empty()),
            new ChannelEvent.Decide(
                List.of("a"),
                Optional.of(
                    new ChannelEvent.Commit(
                        0, List.of(6L), List.of(), List.of(), ChannelEvent.Definitions.NONE))),
            new ChannelEvent.Finish(7, List.of(1L), List.of(new ChannelEvent.Move(7, 8, 9))),
            new ChannelEvent.Forget(List.of(new UUID(1, 2), new UUID(3, 4))),
            new ChannelEvent.Schema(TABLE),
            new ChannelEvent.Truncate(List.of(new ChannelEvent.Truncated(1, 2, 3))),
            new ChannelEvent.TableDrop(List.of(1L)))) {
      assertThat(roundTrip(event)).isEqualTo(event);
    }
  }

  @Test
  void rowsComeBackAsTheyWereWritten() {
    ChannelEvent.Commit commit =
        (ChannelEvent.Commit)
            roundTrip(
                new ChannelEvent.Commit(
                    0,
                    List.of(),
                    List.of(),
                    List.of(
                        new ChannelEvent.TableChange(
                            20_000,
                            new long[] {11, 12},
                            List.of(new ChannelEvent.PlacedRows(7, 3, 2, rows())))),
                    ChannelEvent.Definitions.NONE));
    ChannelEvent.TableChange change = commit.changes().getFirst();
    assertThat(change.deleted()).containsExactly(11, 12);
    ChannelEvent.PlacedRows placed = change.rows().getFirst();
    assertThat(placed.segmentId()).isEqualTo(7);
    RowBatch read = RowCodec.read(placed.encoded(), List.of(SqlType.INT8, SqlType.TEXT, POINT));
    assertThat(read.column(0).valueAt(1)).isEqualTo(2L);
    assertThat(read.column(1).valueAt(0)).isEqualTo("é");
    assertThat(read.column(1).isNull(1)).isTrue();
    assertThat(((VectorColumn) read.column(2)).row(1)).containsExactly(3, 4);
    ChannelEvent.Frame frame =
        (ChannelEvent.Frame)
            roundTrip(new ChannelEvent.Frame(1, 2, 3, new long[] {4}, Optional.empty()));
    assertThat(frame.deleted()).containsExactly(4);
    assertThat(frame.rows()).isEmpty();
  }

  /// Stored in format 5; these bytes must stay what they are.
  @Test
  void theStoredFormsDoNotChange() {
    assertThat(hex(rows()))
        .isEqualTo(
            "02000000000100000000000000020000000000000001020000000000000002000000c3"
                + "a9000000803f000000400000404000008040");
    assertThat(hex(EventCodec.encode(new ChannelEvent.Schema(TABLE))))
        .isEqualTo(
            "204e000000000000030000000200000003000000010000001400000000ffffffff000200"
                + "00001900000001ffffffff00030000000240000000020000000001000000"
                + "00000000");
    assertThat(hex(EventCodec.encode(new ChannelEvent.SegmentReplace(FILE, List.of(1L)))))
        .isEqualTo(
            "0700000000000000204e00000000000002000000090000007365676d656e742f616300"
                + "000000000000050000007b000000000000000100000008000000000000000100000069"
                + "0900000000000000010000000100000000000000");
    assertThat(HexFormat.of().formatHex(checkpoint().encode()))
        .isEqualTo(
            "51564d31050000000a00000000000000020000000300000004000000000000000500"
                + "00000000000006000000000000004d0000000000000001000000204e000000000000"
                + "030000000200000003000000010000001400000000ffffffff000200000019000000"
                + "01ffffffff0003000000024000000002000000000100000000000000010000000700"
                + "000000000000204e00000000000002000000090000007365676d656e742f61630000"
                + "0000000000050000007b000000000000000100000008000000000000000100000069"
                + "090000000000000002000000010000003200000000000000000000003c0000000000"
                + "00000100000001000000000000000200000000000000460000000000000001000000"
                + "01000000000000000200000000000000460000000000000001000000090000006368"
                + "616e6e656c2d3209000000000000002a000000000000000100000003000000000000"
                + "00040000000000000046000000000000000500000000000000335f6307");
  }

  /// What the version before several channels wrote.
  private static final String CHECKPOINT_OF_FORMAT_2 =
      "51564d31020000000a0000000000000002000000030000000400000000000000050000"
          + "000000000006000000000000004d0000000000000001000000204e0000000000000300"
          + "00000200000003000000010000001400000000ffffffff00020000001900000001ffff"
          + "ffff000300000002400000000200000000010000000000000001000000070000000000"
          + "0000204e00000000000002000000090000007365676d656e742f616300000000000000"
          + "050000007b000000000000000100000008000000000000000100000069090000000000"
          + "000002000000010000003200000000000000000000003c000000000000000100000001"
          + "00000000000000020000000000000046000000000000008603c7ca";

  /// What the version before [ChannelCheckpoint#begun] wrote.
  private static final String CHECKPOINT_OF_FORMAT_3 =
      "51564d31030000000a0000000000000002000000030000000400000000000000050000"
          + "000000000006000000000000004d0000000000000001000000204e0000000000000300"
          + "00000200000003000000010000001400000000ffffffff00020000001900000001ffff"
          + "ffff000300000002400000000200000000010000000000000001000000070000000000"
          + "0000204e00000000000002000000090000007365676d656e742f616300000000000000"
          + "050000007b000000000000000100000008000000000000000100000069090000000000"
          + "000002000000010000003200000000000000000000003c000000000000000100000001"
          + "0000000000000002000000000000004600000000000000010000000100000000000000"
          + "0200000000000000460000000000000001000000090000006368616e6e656c2d320900"
          + "00000000000053a3fecf";

  /// What the version before idempotency keys wrote.
  private static final String CHECKPOINT_OF_FORMAT_4 =
      "51564d31040000000a00000000000000020000000300000004000000000000000500"
          + "00000000000006000000000000004d0000000000000001000000204e000000000000"
          + "030000000200000003000000010000001400000000ffffffff000200000019000000"
          + "01ffffffff0003000000024000000002000000000100000000000000010000000700"
          + "000000000000204e00000000000002000000090000007365676d656e742f61630000"
          + "0000000000050000007b000000000000000100000008000000000000000100000069"
          + "090000000000000002000000010000003200000000000000000000003c0000000000"
          + "00000100000001000000000000000200000000000000460000000000000001000000"
          + "01000000000000000200000000000000460000000000000001000000090000006368"
          + "616e6e656c2d3209000000000000002a000000000000000d0b1a7d";

  @Test
  void aCheckpointWithoutKeysIsRead() {
    ChannelCheckpoint read =
        ChannelCheckpoint.decode("m", HexFormat.of().parseHex(CHECKPOINT_OF_FORMAT_4));
    assertThat(read.begun(20_000)).isEqualTo(42);
    assertThat(read.keys()).isEmpty();
  }

  @Test
  void aCheckpointWithoutBeginningsIsRead() {
    ChannelCheckpoint read =
        ChannelCheckpoint.decode("m", HexFormat.of().parseHex(CHECKPOINT_OF_FORMAT_3));
    assertThat(read.forgottenUntil()).isEqualTo(9);
    assertThat(read.unfinished()).isEqualTo(checkpoint().unfinished());
    assertThat(read.begun(20_000)).isEqualTo(77);
    assertThat(checkpoint().begun(20_000)).isEqualTo(42);
  }

  @Test
  void aCheckpointOfTheFormatBeforeIsRead() {
    ChannelCheckpoint read =
        ChannelCheckpoint.decode("m", HexFormat.of().parseHex(CHECKPOINT_OF_FORMAT_2));
    assertThat(read.outcomes()).isEqualTo(checkpoint().outcomes());
    assertThat(read.tables()).isEqualTo(checkpoint().tables());
    assertThat(read.unfinished()).isEmpty();
    assertThat(read.forgottenUntil()).isZero();
  }

  private static ChannelCheckpoint checkpoint() {
    return new ChannelCheckpoint(
        new ChannelPosition(10, new Epoch(2, 3), 4, 5, 6),
        77,
        List.of(TABLE),
        List.of(new ChannelCheckpoint.FlushedSegment(FILE, new int[] {1, 0}, new long[] {50, 60})),
        List.of(new ChannelCheckpoint.Outcome(new UUID(1, 2), 70)),
        List.of(new ChannelCheckpoint.Unfinished(new UUID(1, 2), 70, List.of("channel-2"))),
        9,
        Map.of(20_000L, 42L),
        List.of(new ChannelCheckpoint.Key(new UUID(3, 4), new KeyedCommit(70, 5))));
  }

  @Test
  void aCheckpointComesBackAndDamageIsFound() {
    byte[] stored = checkpoint().encode();
    ChannelCheckpoint read = ChannelCheckpoint.decode("m", stored);
    assertThat(read.encode()).isEqualTo(stored);
    assertThat(read.keys()).isEqualTo(checkpoint().keys());
    assertThat(read.segments().getFirst().deletedRows()).containsExactly(1, 0);
    for (int at = 0; at < stored.length; at++) {
      byte[] damaged = stored.clone();
      damaged[at] ^= 4;
      assertThatThrownBy(() -> ChannelCheckpoint.decode("m", damaged))
          .isInstanceOf(QuiverException.class)
          .hasMessage("manifest \"m\" is damaged");
    }
  }

  @Test
  void aDamagedBodyIsRefused() {
    ChannelEvent event = new ChannelEvent.SegmentReplace(FILE, List.of(1L, 2L));
    ByteBuffer body = EventCodec.encode(event);
    for (int cut = 0; cut < body.remaining(); cut++) {
      ByteBuffer damaged = body.slice(0, cut).order(ByteOrder.LITTLE_ENDIAN);
      assertThatThrownBy(() -> EventCodec.decode(record(event, damaged)))
          .isInstanceOf(QuiverException.class);
    }
  }
}
