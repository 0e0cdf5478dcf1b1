package quiver.storage.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.storage.record.ChannelPosition;

final class ShardManifestTest {
  private static final ShardManifest MANIFEST =
      new ShardManifest(
          1,
          2,
          3,
          List.of(
              new ShardManifest.SegmentEntry(
                  4,
                  "data/4.seg",
                  5,
                  6,
                  7,
                  8,
                  9,
                  new ShardManifest.Deletes.None(),
                  List.of(new ShardManifest.IndexEntry(10, "index/10", 11, "hnsw")))),
          ChannelPosition.START);

  @Test
  void decodeReturnsWhatWasEncoded() {
    assertThat(ShardManifest.decode("m", MANIFEST.encode())).isEqualTo(MANIFEST);
  }

  @Test
  void everyFlippedBitAndEveryCutIsFound() {
    byte[] stored = MANIFEST.encode();
    for (int bit = 0; bit < stored.length * 8; bit++) {
      byte[] damaged = stored.clone();
      damaged[bit >> 3] ^= (byte) (1 << (bit & 7));
      assertDamaged(damaged);
    }
    for (int length = 0; length < stored.length; length++) {
      assertDamaged(Arrays.copyOf(stored, length));
    }
  }

  private static void assertDamaged(byte[] stored) {
    assertThatThrownBy(() -> ShardManifest.decode("manifest/7", stored))
        .isInstanceOfSatisfying(
            QuiverException.class,
            e -> {
              assertThat(e.state()).isEqualTo(SqlState.DATA_CORRUPTED);
              assertThat(e.message()).contains("manifest/7");
            });
  }
}
