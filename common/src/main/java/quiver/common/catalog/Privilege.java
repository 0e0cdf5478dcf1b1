package quiver.common.catalog;

import java.util.Collection;
import java.util.Optional;

/// What can be granted on objects. The order, the letters and the bits are those of PostgreSQL's
/// `aclitem`.
public enum Privilege {
  INSERT('a', 1 << 0),
  SELECT('r', 1 << 1),
  UPDATE('w', 1 << 2),
  DELETE('d', 1 << 3),
  TRUNCATE('D', 1 << 4),
  REFERENCES('x', 1 << 5),
  TRIGGER('t', 1 << 6),
  EXECUTE('X', 1 << 7),
  USAGE('U', 1 << 8),
  CREATE('C', 1 << 9),
  TEMPORARY('T', 1 << 10),
  CONNECT('c', 1 << 11);

  private final char letter;
  private final int bit;

  Privilege(char letter, int bit) {
    this.letter = letter;
    this.bit = bit;
  }

  /// Its letter in an `aclitem`.
  public char letter() {
    return letter;
  }

  /// Its bit in [AclItem].
  public int bit() {
    return bit;
  }

  public boolean isIn(int privileges) {
    return (privileges & bit()) != 0;
  }

  public static int bits(Privilege... privileges) {
    return bits(java.util.List.of(privileges));
  }

  public static int bits(Collection<Privilege> privileges) {
    int bits = 0;
    for (Privilege privilege : privileges) {
      bits |= privilege.bit();
    }
    return bits;
  }

  /// The privilege a keyword of GRANT means.
  ///
  /// @param word in upper case
  public static Optional<Privilege> byName(String word) {
    if (word.equals("TEMP")) {
      return Optional.of(TEMPORARY);
    }
    for (Privilege privilege : values()) {
      if (privilege.name().equals(word)) {
        return Optional.of(privilege);
      }
    }
    return Optional.empty();
  }
}
