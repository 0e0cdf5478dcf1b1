package quiver.storage.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.record.ChannelPosition.Verdict;

final class LogRecordTest {
  private static final UUID TRANSACTION = new UUID(0x1122334455667788L, 0x99aabbccddeeff00L);

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static LogRecord barrier(RecordChain chain, long timestamp) {
    return chain.next(
        RecordType.BARRIER, 0, timestamp, 0, 0, RecordHeader.NO_TRANSACTION, bytes("owner"));
  }

  private static LogRecord commit(RecordChain chain, long timestamp) {
    return chain.next(RecordType.COMMIT1, 3, timestamp, 17, 2, TRANSACTION, bytes("rows"));
  }

  @Test
  void decodeReturnsWhatWasEncoded() {
    RecordChain chain = new RecordChain(new Epoch(7, 1));
    var _ = barrier(chain, 100);
    LogRecord record = commit(chain, 101);
    LogRecord decoded = LogRecord.decode(record.encode());
    assertThat(decoded.header()).isEqualTo(record.header());
    assertThat(decoded.header().transaction()).isEqualTo(TRANSACTION);
    assertThat(decoded.chain()).isEqualTo(record.chain());
    assertThat(StandardCharsets.UTF_8.decode(decoded.body()).toString()).isEqualTo("rows");
  }

  @Test
  void everyFlippedBitIsFound() {
    ByteBuffer stored = barrier(new RecordChain(new Epoch(1, 1)), 5).encode();
    for (int bit = 0; bit < stored.limit() * 8; bit++) {
      byte[] damaged = new byte[stored.limit()];
      stored.get(0, damaged);
      damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
      assertThatThrownBy(() -> LogRecord.decode(ByteBuffer.wrap(damaged)))
          .isInstanceOfSatisfying(
              QuiverException.class, e -> assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED));
    }
  }

  @Test
  void everyCutIsFound() {
    ByteBuffer stored = barrier(new RecordChain(new Epoch(1, 1)), 5).encode();
    for (int length = 0; length < stored.limit(); length++) {
      ByteBuffer cut = stored.slice(0, length);
      assertThatThrownBy(() -> LogRecord.decode(cut)).isInstanceOf(QuiverException.class);
    }
  }

  @Test
  void hashAgreesWithThePublishedAlgorithm() {
    assertThat(XxHash64.hash(bytes("").order(ByteOrder.LITTLE_ENDIAN)))
        .isEqualTo(0xEF46DB3751D8E999L);
    assertThat(XxHash64.hash(bytes("abc").order(ByteOrder.LITTLE_ENDIAN)))
        .isEqualTo(0x44BC2CF5AD770999L);
    assertThat(
            XxHash64.hash(
                bytes("Nobody inspects the spammish repetition").order(ByteOrder.LITTLE_ENDIAN)))
        .isEqualTo(0xFBCEA83C8A378BF1L);
  }

  @Test
  void readerAppliesOneChainAndDropsOlderEpochs() {
    RecordChain old = new RecordChain(new Epoch(1, 1));
    RecordChain young = new RecordChain(new Epoch(2, 1));
    ChannelPosition position = ChannelPosition.START;
    position = applied(position.judge(0, barrier(old, 10)));
    position = applied(position.judge(1, commit(old, 11)));
    position = applied(position.judge(2, barrier(young, 9)));
    assertThat(position.lastTimestamp()).isEqualTo(11);
    assertThat(position.judge(3, commit(old, 12))).isInstanceOf(Verdict.Fenced.class);
    assertThat(position.judge(3, commit(young, 11))).isInstanceOf(Verdict.Halt.class);
    RecordChain again = new RecordChain(new Epoch(2, 1));
    var _ = barrier(again, 9);
    position = applied(position.judge(4, commit(again, 12)));
    assertThat(position)
        .isEqualTo(new ChannelPosition(5, new Epoch(2, 1), 1, 12, position.chain()));
    LogRecord third = commit(again, 13);
    LogRecord fourth = commit(again, 14);
    assertThat(position.judge(5, fourth)).isInstanceOf(Verdict.Halt.class);
    position = applied(position.judge(5, third));
    position = applied(position.judge(6, fourth));
    LogRecord tick =
        again.next(
            RecordType.TICK, 0, 14, 0, 0, RecordHeader.NO_TRANSACTION, ByteBuffer.allocate(0));
    assertThat(applied(position.judge(7, tick)).sequence()).isEqualTo(4);
  }

  @Test
  void readerHaltsOnAnotherChain() {
    RecordChain one = new RecordChain(new Epoch(1, 1));
    RecordChain other = new RecordChain(new Epoch(1, 1));
    ChannelPosition position = applied(ChannelPosition.START.judge(0, barrier(one, 10)));
    var _ = barrier(other, 11);
    assertThat(position.judge(1, commit(other, 12))).isInstanceOf(Verdict.Halt.class);
    assertThat(ChannelPosition.START.judge(0, commit(one, 12))).isInstanceOf(Verdict.Halt.class);
  }

  private static ChannelPosition applied(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Apply.class);
    return ((Verdict.Apply) verdict).next();
  }
}
