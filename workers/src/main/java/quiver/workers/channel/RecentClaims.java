package quiver.workers.channel;

import java.util.OptionalLong;
import quiver.rpc.DataNodeService.KeyClaim;

/// When keys were last claimed. It need not remember everything: below a timestamp that only grows,
/// every key counts as claimed. Two generations of open-addressed tables: when the younger is full,
/// the elder is forgotten. Used by one thread at a time.
final class RecentClaims {
  /// Keys that are remembered; transactions that are older than what is forgotten run again.
  static final int KEY_COUNT_MAX = 1 << 20;

  private static final int FIRST_SLOT_COUNT = 1 << 10;

  /// Keys with the timestamps of their newest exclusive and shared claims. 0: no key.
  private static final class Generation {
    long[] keys = new long[FIRST_SLOT_COUNT];
    long[] exclusiveAt = new long[FIRST_SLOT_COUNT];
    long[] sharedAt = new long[FIRST_SLOT_COUNT];
    int count;
    long newest;

    int slot(long key) {
      int mask = keys.length - 1;
      int at = (int) (key >>> 20) & mask;
      while (keys[at] != 0 && keys[at] != key) {
        at = (at + 1) & mask;
      }
      return at;
    }

    boolean isTaken(long key, boolean exclusive, long snapshot) {
      int at = slot(key);
      return keys[at] != 0
          && (exclusiveAt[at] > snapshot || (exclusive && sharedAt[at] > snapshot));
    }

    void add(long key, boolean exclusive, long timestamp) {
      if (2 * (count + 1) > keys.length) {
        grow();
      }
      int at = slot(key);
      if (keys[at] == 0) {
        keys[at] = key;
        count++;
      }
      (exclusive ? exclusiveAt : sharedAt)[at] = timestamp;
      newest = timestamp;
    }

    private void grow() {
      long[] oldKeys = keys;
      long[] oldExclusive = exclusiveAt;
      long[] oldShared = sharedAt;
      keys = new long[2 * oldKeys.length];
      exclusiveAt = new long[keys.length];
      sharedAt = new long[keys.length];
      for (int i = 0; i < oldKeys.length; i++) {
        if (oldKeys[i] != 0) {
          int at = slot(oldKeys[i]);
          keys[at] = oldKeys[i];
          exclusiveAt[at] = oldExclusive[i];
          sharedAt[at] = oldShared[i];
        }
      }
    }
  }

  private final int generationKeyCountMax;
  private Generation young = new Generation();
  private Generation old = new Generation();
  private long unknownUntil;

  /// @param keyCountMax keys in both generations
  RecentClaims(int keyCountMax) {
    this.generationKeyCountMax = keyCountMax / 2;
  }

  /// Says that any key may have been claimed at or before `timestamp`.
  void forgetUntil(long timestamp) {
    unknownUntil = Math.max(unknownUntil, timestamp);
  }

  /// The hash of the first key that somebody has, or may have, claimed after `snapshot` in a way
  /// that excludes this claim.
  OptionalLong firstTaken(KeyClaim claim, long snapshot) {
    for (long hash : claim.hashes()) {
      long key = key(claim.space(), hash);
      if (snapshot < unknownUntil
          || young.isTaken(key, claim.exclusive(), snapshot)
          || old.isTaken(key, claim.exclusive(), snapshot)) {
        return OptionalLong.of(hash);
      }
    }
    return OptionalLong.empty();
  }

  /// Notes a claim that was granted.
  ///
  /// @param timestamp larger than those noted before, or the same
  void add(KeyClaim claim, long timestamp) {
    for (long hash : claim.hashes()) {
      if (young.count >= generationKeyCountMax) {
        forgetUntil(old.newest);
        old = young;
        young = new Generation();
      }
      young.add(key(claim.space(), hash), claim.exclusive(), timestamp);
    }
  }

  private static long key(long space, long hash) {
    long mixed = (space * 0x9E3779B97F4A7C15L) ^ hash;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    mixed ^= mixed >>> 31;
    return mixed == 0 ? 1 : mixed;
  }
}
