package quiver.rpc.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WireCodecTest {
  @Test
  void equalBuildsHaveEqualDigests() {
    assertThat(new WireCodec().digest()).hasSize(32).isEqualTo(new WireCodec().digest());
  }
}
