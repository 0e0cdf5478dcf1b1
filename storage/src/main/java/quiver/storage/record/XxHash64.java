package quiver.storage.record;

import java.nio.ByteBuffer;

/// The 64-bit xxHash of a byte sequence with seed 0. Not cryptographic: it finds accidents, not
/// attackers. Source: the algorithm's specification (Yann Collet, xxHash fast digest algorithm).
public final class XxHash64 {
  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  // PRIME_1 + PRIME_2, which overflows.
  private static final long PRIME_1_PLUS_2 = 0x60EA27EEADC0B5D6L;

  private XxHash64() {}

  /// Hashes the remaining bytes of a little-endian buffer and leaves its position as it is.
  public static long hash(ByteBuffer bytes) {
    int at = bytes.position();
    int end = bytes.limit();
    int length = end - at;
    long hash;
    if (length >= 32) {
      long a = PRIME_1_PLUS_2;
      long b = PRIME_2;
      long c = 0;
      long d = -PRIME_1;
      for (; at <= end - 32; at += 32) {
        a = round(a, bytes.getLong(at));
        b = round(b, bytes.getLong(at + 8));
        c = round(c, bytes.getLong(at + 16));
        d = round(d, bytes.getLong(at + 24));
      }
      hash =
          Long.rotateLeft(a, 1)
              + Long.rotateLeft(b, 7)
              + Long.rotateLeft(c, 12)
              + Long.rotateLeft(d, 18);
      hash = merge(merge(merge(merge(hash, a), b), c), d);
    } else {
      hash = PRIME_5;
    }
    hash += length;
    for (; at <= end - 8; at += 8) {
      hash = Long.rotateLeft(hash ^ round(0, bytes.getLong(at)), 27) * PRIME_1 + PRIME_4;
    }
    if (at <= end - 4) {
      hash =
          Long.rotateLeft(hash ^ ((bytes.getInt(at) & 0xffffffffL) * PRIME_1), 23) * PRIME_2
              + PRIME_3;
      at += 4;
    }
    for (; at < end; at++) {
      hash = Long.rotateLeft(hash ^ ((bytes.get(at) & 0xff) * PRIME_5), 11) * PRIME_1;
    }
    return avalanche(hash);
  }

  private static long round(long accumulator, long input) {
    return Long.rotateLeft(accumulator + input * PRIME_2, 31) * PRIME_1;
  }

  private static long merge(long hash, long accumulator) {
    return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
  }

  private static long avalanche(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * PRIME_2;
    mixed = (mixed ^ (mixed >>> 29)) * PRIME_3;
    return mixed ^ (mixed >>> 32);
  }
}
