package quiver.jdbc.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// In which order front ends are tried, and which of them failed lately. Thread-safe.
public final class HostChoice {
  private final RandomGenerator random;
  private final LongSupplier nanoTime;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<Host, Long> failures = new ConcurrentHashMap<>();

  /// @param random used under a lock
  /// @param nanoTime for how long ago a failure was
  public HostChoice(RandomGenerator random, LongSupplier nanoTime) {
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /// All hosts, those that failed within the time given last, so that they are still tried when
  /// nothing else is left.
  ///
  /// @param policy `random`, `round-robin` or `first`
  List<Host> order(List<Host> hosts, String policy, long memoryNanos) {
    List<Host> order = new ArrayList<>(hosts);
    if (policy.equals("random")) {
      shuffle(order);
    } else if (policy.equals("round-robin")) {
      int first = Math.floorMod(turn.getAndIncrement(), order.size());
      order.addAll(order.subList(0, first));
      order.subList(0, first).clear();
    }
    List<Host> failed = new ArrayList<>(order);
    failed.removeIf(host -> !failedWithin(host, memoryNanos));
    order.removeAll(failed);
    order.addAll(failed);
    return order;
  }

  private void shuffle(List<Host> hosts) {
    synchronized (random) {
      for (int i = hosts.size() - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        Host swap = hosts.get(i);
        hosts.set(i, hosts.get(j));
        hosts.set(j, swap);
      }
    }
  }

  private boolean failedWithin(Host host, long memoryNanos) {
    Long failed = failures.get(host);
    return failed != null && nanoTime.getAsLong() - failed < memoryNanos;
  }

  /// Remembers that a host could not be reached or went away.
  public void failed(Host host) {
    failures.put(host, nanoTime.getAsLong());
  }

  void succeeded(Host host) {
    failures.remove(host);
  }
}
