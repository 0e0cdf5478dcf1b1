package quiver.frontend.transaction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import quiver.common.catalog.TableDefinition;
import quiver.rpc.DataNodeService.KeyClaim;

/// Keys of one table that a transaction relies on. Used by the session's thread.
public final class KeyClaims {
  /// Hashes sent in one piece.
  private static final int PIECE_COUNT = 1 << 16;

  private final TableDefinition table;
  private final Map<Space, Hashes> spaces = new LinkedHashMap<>();

  private record Space(long id, boolean exclusive) {}

  private static final class Hashes {
    long[] values = new long[8];
    int count;
  }

  KeyClaims(TableDefinition table) {
    this.table = table;
  }

  /// The definition the claims were made for.
  public TableDefinition table() {
    return table;
  }

  void add(long space, boolean exclusive, long[] hashes) {
    Hashes into = spaces.computeIfAbsent(new Space(space, exclusive), _ -> new Hashes());
    if (into.count + hashes.length > into.values.length) {
      into.values =
          Arrays.copyOf(into.values, Math.max(2 * into.values.length, into.count + hashes.length));
    }
    System.arraycopy(hashes, 0, into.values, into.count, hashes.length);
    into.count += hashes.length;
  }

  /// The claims in pieces of a size to be sent at once.
  public List<List<KeyClaim>> pieces() {
    List<List<KeyClaim>> pieces = new ArrayList<>();
    List<KeyClaim> piece = new ArrayList<>();
    int room = PIECE_COUNT;
    for (Map.Entry<Space, Hashes> space : spaces.entrySet()) {
      Hashes hashes = space.getValue();
      for (int from = 0; from < hashes.count; ) {
        int count = Math.min(room, hashes.count - from);
        piece.add(
            new KeyClaim(
                space.getKey().id(),
                space.getKey().exclusive(),
                Arrays.copyOfRange(hashes.values, from, from + count)));
        from += count;
        room -= count;
        if (room == 0) {
          pieces.add(piece);
          piece = new ArrayList<>();
          room = PIECE_COUNT;
        }
      }
    }
    if (!piece.isEmpty()) {
      pieces.add(piece);
    }
    return pieces;
  }
}
