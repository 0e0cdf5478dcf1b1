package quiver.storage.record;

/// One reign of one owner over a channel. A later epoch is larger.
///
/// @param term number of the ownership, from the meta store; unsigned 32 bits
/// @param session number of the owner's writer within its term; unsigned 32 bits
public record Epoch(int term, int session) implements Comparable<Epoch> {
  /// Before the first barrier.
  public static final Epoch NONE = new Epoch(0, 0);

  /// The same owner with a new writer, after an append failed or became unknown.
  public Epoch nextSession() {
    return new Epoch(term, Math.addExact(session, 1));
  }

  @Override
  public int compareTo(Epoch other) {
    int byTerm = Integer.compareUnsigned(term, other.term);
    return byTerm != 0 ? byTerm : Integer.compareUnsigned(session, other.session);
  }

  @Override
  public String toString() {
    return Integer.toUnsignedString(term) + "." + Integer.toUnsignedString(session);
  }
}
