package quiver.workers.segment;

import java.util.concurrent.atomic.AtomicInteger;

/// Something that is closed by its last user. Made with one pin, which belongs to its maker. Safe
/// for every thread.
///
/// @param <T> what is shared
public final class Pinned<T> {
  private final T value;
  private final Runnable close;
  private final AtomicInteger pins = new AtomicInteger(1);

  /// @param close runs once, on the thread that takes the last pin away
  public Pinned(T value, Runnable close) {
    this.value = value;
    this.close = close;
  }

  /// The shared thing; only for those who hold a pin.
  public T value() {
    return value;
  }

  /// Takes one more pin unless the last one is gone already.
  public boolean tryPin() {
    while (true) {
      int now = pins.get();
      if (now == 0) {
        return false;
      }
      if (pins.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /// Takes one more pin; the caller knows that somebody holds one.
  public Pinned<T> pin() {
    if (!tryPin()) {
      throw new IllegalStateException("closed already: " + value);
    }
    return this;
  }

  /// Gives a pin back.
  public void unpin() {
    int left = pins.decrementAndGet();
    if (left == 0) {
      close.run();
    } else if (left < 0) {
      throw new IllegalStateException("unpinned too often: " + value);
    }
  }
}
