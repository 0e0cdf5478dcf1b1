package quiver.coordinators.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BuildRetriesTest {
  private final BuildRetries retries = new BuildRetries();

  private boolean isDueAt(long seconds) {
    return retries.isDue("7-8", TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void eachAttemptWaitsTwiceAsLong() {
    assertThat(isDueAt(0)).isFalse();
    assertThat(isDueAt(4)).isFalse();
    assertThat(isDueAt(5)).isTrue();
    assertThat(isDueAt(14)).isFalse();
    assertThat(isDueAt(15)).isTrue();
    assertThat(isDueAt(34)).isFalse();
    assertThat(isDueAt(35)).isTrue();
    for (int i = 0; i < 20; i++) {
      boolean ignored = isDueAt(10_000L * i);
    }
    assertThat(isDueAt(190_599)).isFalse();
    assertThat(isDueAt(190_600)).isTrue();
  }

  @Test
  void whatIsNotWantedIsForgotten() {
    assertThat(isDueAt(0)).isFalse();
    retries.retain(key -> false);
    assertThat(isDueAt(100)).isFalse();
    assertThat(isDueAt(105)).isTrue();
  }
}
