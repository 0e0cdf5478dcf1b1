package quiver.storage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that moves when told to.
public final class ManualClock implements InstantSource {
  private volatile Instant now = Instant.ofEpochSecond(1_000_000);

  @Override
  public Instant instant() {
    return now;
  }

  /// Moves the clock forward.
  public void advance(Duration duration) {
    now = now.plus(duration);
  }
}
