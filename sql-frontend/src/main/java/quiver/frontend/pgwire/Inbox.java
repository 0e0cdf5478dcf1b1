package quiver.frontend.pgwire;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Messages on their way from a connection's event loop to its session. The event loop never waits:
/// when the inbox is full it is told to stop reading, and to go on once half of it is taken.
final class Inbox {
  /// Starts and stops reading from the socket.
  interface ReadSwitch {
    void setReading(boolean reading);
  }

  private final ReadSwitch readSwitch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<Inbound> messages = new ArrayDeque<>();

  @GuardedBy("lock")
  private long sizeBytes;

  @GuardedBy("lock")
  private boolean paused;

  @GuardedBy("lock")
  private boolean takenLeave;

  Inbox(ReadSwitch readSwitch) {
    this.readSwitch = readSwitch;
  }

  /// Adds a wake-up unless one is waiting.
  void wake() {
    lock.lock();
    try {
      if (messages.stream().noneMatch(Inbound.Wake.class::isInstance)) {
        Inbound wake = new Inbound.Wake();
        messages.add(wake);
        sizeBytes += wake.sizeBytes();
        filled.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void put(Inbound message) {
    lock.lock();
    try {
      messages.add(message);
      sizeBytes += message.sizeBytes();
      if (!(message instanceof Inbound.Disconnected)) {
        takenLeave = message instanceof Inbound.Message(byte type, byte[] ignored) && type == 'X';
      }
      if (!paused
          && (sizeBytes > WireLimits.READ_AHEAD_SIZE_BYTES_MAX
              || messages.size() > WireLimits.READ_AHEAD_MESSAGE_COUNT_MAX)) {
        paused = true;
        readSwitch.setReading(false);
      }
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /// The next message; waits for it.
  Inbound take() throws InterruptedException {
    lock.lock();
    try {
      while (messages.isEmpty()) {
        filled.await();
      }
      return remove();
    } finally {
      lock.unlock();
    }
  }

  /// The next message, if it comes in time.
  Optional<Inbound> poll(long timeoutMillis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    lock.lock();
    try {
      while (messages.isEmpty()) {
        if (left <= 0) {
          return Optional.empty();
        }
        left = filled.awaitNanos(left);
      }
      return Optional.of(remove());
    } finally {
      lock.unlock();
    }
  }

  /// Whether no message of the client is there.
  boolean isIdle() {
    lock.lock();
    try {
      return messages.stream().allMatch(Inbound.Wake.class::isInstance);
    } finally {
      lock.unlock();
    }
  }

  /// Whether a message is there.
  boolean isEmpty() {
    lock.lock();
    try {
      return messages.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /// Whether the last message was Terminate: the client waits for no answer, yet wants everything
  /// before it done.
  boolean hasTakenLeave() {
    lock.lock();
    try {
      return takenLeave;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private Inbound remove() {
    Inbound message = messages.remove();
    sizeBytes -= message.sizeBytes();
    if (paused
        && sizeBytes < WireLimits.READ_AHEAD_SIZE_BYTES_MAX / 2
        && messages.size() < WireLimits.READ_AHEAD_MESSAGE_COUNT_MAX / 2) {
      paused = false;
      readSwitch.setReading(true);
    }
    return message;
  }
}
