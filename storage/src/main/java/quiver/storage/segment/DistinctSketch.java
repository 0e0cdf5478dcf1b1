package quiver.storage.segment;

/// Estimates how many different values were added. Source: HyperLogLog (Flajolet et al. 2007) with
/// linear counting for small numbers; 1,024 registers, standard error 3.3 %.
public final class DistinctSketch {
  /// Bytes of the stored form: one register each.
  public static final int REGISTERS = 1024;

  private static final int INDEX_BITS = 10;
  private static final double ALPHA = 0.7213 / (1 + 1.079 / REGISTERS);

  private final byte[] registers;

  /// A sketch of nothing.
  public DistinctSketch() {
    this.registers = new byte[REGISTERS];
  }

  private DistinctSketch(byte[] registers) {
    this.registers = registers;
  }

  /// A sketch from its stored form, which is copied.
  public static DistinctSketch of(byte[] stored) {
    if (stored.length != REGISTERS) {
      throw new IllegalArgumentException("sketch of " + stored.length + " bytes");
    }
    return new DistinctSketch(stored.clone());
  }

  /// Adds a value by a hash whose bits need not be well mixed but must differ.
  public void add(long hash) {
    long mixed = mix(hash);
    int index = (int) (mixed >>> (64 - INDEX_BITS));
    int rank = Long.numberOfLeadingZeros(mixed << INDEX_BITS | 1L << (INDEX_BITS - 1)) + 1;
    if (rank > registers[index]) {
      registers[index] = (byte) rank;
    }
  }

  /// Adds everything another sketch has seen.
  public void addAll(DistinctSketch other) {
    for (int i = 0; i < REGISTERS; i++) {
      if (other.registers[i] > registers[i]) {
        registers[i] = other.registers[i];
      }
    }
  }

  public long estimate() {
    double sum = 0;
    int zeros = 0;
    for (byte register : registers) {
      sum += 1.0 / (1L << register);
      zeros += register == 0 ? 1 : 0;
    }
    double estimate = ALPHA * REGISTERS * REGISTERS / sum;
    if (estimate <= 2.5 * REGISTERS && zeros > 0) {
      estimate = REGISTERS * Math.log((double) REGISTERS / zeros);
    }
    return Math.round(estimate);
  }

  /// The stored form.
  public byte[] toBytes() {
    return registers.clone();
  }

  /// The finaliser of MurmurHash3.
  private static long mix(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ (mixed >>> 33);
  }
}
