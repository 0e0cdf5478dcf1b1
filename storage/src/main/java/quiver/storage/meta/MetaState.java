package quiver.storage.meta;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// The content of a meta store as plain data: the keys, their revisions and the recent history.
/// [#conflict] and [#change] look and change nothing, [#apply] changes and cannot fail; recovery is
/// [#apply] again. Not safe for use by several threads: the store that owns it locks.
public final class MetaState {
  /// How many of the newest commits can still be watched from. Older ones are reported as lost.
  public static final int MAX_HISTORY_COMMITS = 10_000;

  /// What one commit changes.
  public record Change(long revision, List<Put> puts, List<String> deletes) {
    public Change {
      puts = List.copyOf(puts);
      deletes = List.copyOf(deletes);
    }
  }

  private record Commit(long revision, List<MetaEvent> events) {}

  private final NavigableMap<String, KeyValue> entries = new TreeMap<>();
  private final Map<Long, Set<String>> keysByLease = new HashMap<>();
  private final Deque<Commit> history = new ArrayDeque<>();
  private long revision;
  private long historyStart;

  /// An empty store at revision 0.
  public MetaState() {
    this(0, List.of());
  }

  /// The state of a snapshot; what happened before it cannot be watched.
  public MetaState(long revision, Collection<KeyValue> snapshot) {
    this.revision = revision;
    this.historyStart = revision + 1;
    for (KeyValue entry : snapshot) {
      entries.put(entry.key(), entry);
      attach(entry);
    }
  }

  public long revision() {
    return revision;
  }

  public Optional<KeyValue> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  public Listing list(String prefix) {
    List<KeyValue> found = new ArrayList<>();
    for (KeyValue entry : entries.tailMap(prefix, true).values()) {
      if (!entry.key().startsWith(prefix)) {
        break;
      }
      found.add(entry);
    }
    return new Listing(revision, found);
  }

  /// All keys attached to a lease, in key order.
  public List<String> keysOf(long lease) {
    return List.copyOf(new TreeSet<>(keysByLease.getOrDefault(lease, Set.of())));
  }

  /// All leases that have keys.
  public Set<Long> leases() {
    return Set.copyOf(keysByLease.keySet());
  }

  /// The first guard that does not hold.
  public Optional<String> conflict(List<Guard> guards) {
    for (Guard guard : guards) {
      KeyValue entry = entries.get(guard.key());
      boolean holds =
          switch (guard) {
            case Guard.ModRevision(_, long expected) ->
                expected == (entry == null ? 0 : entry.modRevision());
            case Guard.CreateRevision(_, long expected) ->
                expected == (entry == null ? 0 : entry.createRevision());
          };
      if (!holds) {
        return Optional.of(guard.key());
      }
    }
    return Optional.empty();
  }

  /// Refuses a commit that breaks a limit or writes a key twice.
  public static void check(List<Guard> guards, List<Put> puts, List<String> deletes) {
    if (puts.size() + deletes.size() > MetaStore.MAX_COMMIT_OPERATIONS
        || guards.size() > MetaStore.MAX_COMMIT_OPERATIONS) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "metadata commit has too many operations, the limit is %d",
          MetaStore.MAX_COMMIT_OPERATIONS);
    }
    long sizeBytes = 0;
    Set<String> written = new HashSet<>();
    for (Put put : puts) {
      sizeBytes += checkKey(put.key()) + put.value().length;
      checkOnce(written, put.key());
    }
    for (String key : deletes) {
      sizeBytes += checkKey(key);
      checkOnce(written, key);
    }
    for (Guard guard : guards) {
      sizeBytes += checkKey(guard.key());
    }
    if (sizeBytes > MetaStore.MAX_COMMIT_BYTES) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "metadata commit of %d bytes exceeds the limit of %d bytes",
          sizeBytes,
          MetaStore.MAX_COMMIT_BYTES);
    }
  }

  private static int checkKey(String key) {
    int length = key.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MetaStore.MAX_KEY_BYTES) {
      throw new QuiverException(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "metadata key of %d bytes is not within 1 and %d bytes",
          length,
          MetaStore.MAX_KEY_BYTES);
    }
    return length;
  }

  private static void checkOnce(Set<String> written, String key) {
    if (!written.add(key)) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE, "metadata key \"%s\" is written twice", key);
    }
  }

  /// The change a commit makes if its guards hold; deletes of absent keys are dropped.
  public Change change(List<Put> puts, List<String> deletes) {
    return new Change(revision + 1, puts, deletes.stream().filter(entries::containsKey).toList());
  }

  /// Applies a change; its revision must be the next one.
  ///
  /// @return the events, in key order of the puts followed by the deletes
  public List<MetaEvent> apply(Change change) {
    assert change.revision() == revision + 1 : change.revision() + " after " + revision;
    revision = change.revision();
    List<MetaEvent> events = new ArrayList<>(change.puts().size() + change.deletes().size());
    for (Put put : change.puts()) {
      KeyValue old = entries.get(put.key());
      if (old != null) {
        detach(old);
      }
      KeyValue entry =
          new KeyValue(
              put.key(),
              put.value(),
              old == null ? revision : old.createRevision(),
              revision,
              put.lease());
      entries.put(put.key(), entry);
      attach(entry);
      events.add(new MetaEvent.Written(entry));
    }
    for (String key : change.deletes()) {
      KeyValue old = entries.remove(key);
      if (old != null) {
        detach(old);
        events.add(new MetaEvent.Deleted(key, revision));
      }
    }
    history.addLast(new Commit(revision, List.copyOf(events)));
    if (history.size() > MAX_HISTORY_COMMITS) {
      historyStart = history.removeFirst().revision() + 1;
    }
    return events;
  }

  /// The recorded commits from a revision on, each as its events; empty if they are no longer
  /// known.
  public Optional<List<List<MetaEvent>>> since(long fromRevision) {
    if (Math.max(fromRevision, 1) < historyStart) {
      return Optional.empty();
    }
    return Optional.of(
        history.stream()
            .filter(commit -> commit.revision() >= fromRevision)
            .map(Commit::events)
            .toList());
  }

  private void attach(KeyValue entry) {
    if (entry.lease() != MetaStore.NO_LEASE) {
      keysByLease.computeIfAbsent(entry.lease(), _ -> new HashSet<>()).add(entry.key());
    }
  }

  private void detach(KeyValue entry) {
    if (entry.lease() != MetaStore.NO_LEASE) {
      keysByLease.computeIfPresent(
          entry.lease(),
          (_, keys) -> {
            keys.remove(entry.key());
            return keys.isEmpty() ? null : keys;
          });
    }
  }
}
