package quiver.execution.function;

/// The hash PostgreSQL's hash functions are made of: applications compute lock keys and partitions
/// with them. Source: Bob Jenkins, lookup3 (2006).
final class PostgresHash {
  private static final int START = 0x9e3779b9 + 3_923_095;
  private static final int BLOCK_BYTES = 12;

  private int a;
  private int b;
  private int c;

  private PostgresHash(int length, long seed) {
    a = START + length;
    b = a;
    c = a;
    if (seed != 0) {
      a += (int) (seed >>> 32);
      b += (int) seed;
      mix();
    }
  }

  static int of(byte[] bytes) {
    PostgresHash hash = new PostgresHash(bytes.length, 0);
    hash.add(bytes);
    return hash.c;
  }

  static long of(byte[] bytes, long seed) {
    PostgresHash hash = new PostgresHash(bytes.length, seed);
    hash.add(bytes);
    return hash.both();
  }

  static int of(int value) {
    PostgresHash hash = new PostgresHash(Integer.BYTES, 0);
    hash.add(value);
    return hash.c;
  }

  static long of(int value, long seed) {
    PostgresHash hash = new PostgresHash(Integer.BYTES, seed);
    hash.add(value);
    return hash.both();
  }

  /// Both halves of 64 bits in one number, small ones hashing like numbers of 32 bits.
  static int folded(long value) {
    int high = (int) (value >>> 32);
    return (int) value ^ (value >= 0 ? high : ~high);
  }

  private long both() {
    return (long) b << 32 | Integer.toUnsignedLong(c);
  }

  private void add(int value) {
    a += value;
    finish();
  }

  private void add(byte[] bytes) {
    int at = 0;
    for (; bytes.length - at >= BLOCK_BYTES; at += BLOCK_BYTES) {
      a += word(bytes, at, 4);
      b += word(bytes, at + 4, 4);
      c += word(bytes, at + 8, 4);
      mix();
    }
    int left = bytes.length - at;
    a += word(bytes, at, Math.min(left, 4));
    b += word(bytes, at + 4, Math.clamp(left - 4, 0, 4));
    // The lowest byte of c is the length's.
    c += word(bytes, at + 8, Math.clamp(left - 8, 0, 3)) << 8;
    finish();
  }

  private static int word(byte[] bytes, int from, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[from + i] & 0xff) << (8 * i);
    }
    return word;
  }

  private void mix() {
    a = (a - c) ^ Integer.rotateLeft(c, 4);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 6);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 8);
    b += a;
    a = (a - c) ^ Integer.rotateLeft(c, 16);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 19);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 4);
    b += a;
  }

  private void finish() {
    c = (c ^ b) - Integer.rotateLeft(b, 14);
    a = (a ^ c) - Integer.rotateLeft(c, 11);
    b = (b ^ a) - Integer.rotateLeft(a, 25);
    c = (c ^ b) - Integer.rotateLeft(b, 16);
    a = (a ^ c) - Integer.rotateLeft(c, 4);
    b = (b ^ a) - Integer.rotateLeft(a, 14);
    c = (c ^ b) - Integer.rotateLeft(b, 24);
  }
}
