package quiver.storage.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;

/// A commit that can be repeated after an unknown outcome without happening twice.
///
/// The commit also creates the key `op/<operation id>`, guarded by its absence. Whoever does not
/// know what became of it repeats it: if the key is there, the first attempt happened.
public final class OperationCommit {
  /// Where operation keys live. Attach them to a lease so that they go away by themselves.
  public static final String PREFIX = "op/";

  /// How often an unknown outcome is asked about before it is handed to the caller.
  public static final int MAX_ATTEMPTS = 5;

  private final MetaStore store;
  private final long lease;

  /// @param lease lease of the operation keys; it must outlive every repetition
  public OperationCommit(MetaStore store, long lease) {
    this.store = store;
    this.lease = lease;
  }

  /// Commits once, however often it is called with this `operationId`.
  ///
  /// @return what the one commit that happened returned, or `Conflict` if none did
  public CommitResult commit(
      String operationId, List<Guard> guards, List<Put> puts, List<String> deletes) {
    String operationKey = PREFIX + operationId;
    List<Guard> allGuards = new ArrayList<>(guards.size() + 1);
    allGuards.add(Guard.absent(operationKey));
    allGuards.addAll(guards);
    List<Put> allPuts = new ArrayList<>(puts.size() + 1);
    allPuts.add(new Put(operationKey, new byte[0], lease));
    allPuts.addAll(puts);
    for (int attempt = 1; ; attempt++) {
      try {
        CommitResult result = store.commit(allGuards, allPuts, deletes);
        if (result instanceof CommitResult.Conflict(String key) && key.equals(operationKey)) {
          Optional<KeyValue> operation = store.get(operationKey);
          if (operation.isPresent()) {
            return new CommitResult.Committed(operation.get().createRevision());
          }
        }
        return result;
      } catch (QuiverException e) {
        if (e.state() != SqlState.STATEMENT_COMPLETION_UNKNOWN || attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
