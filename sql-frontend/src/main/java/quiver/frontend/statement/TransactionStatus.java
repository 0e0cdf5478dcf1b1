package quiver.frontend.statement;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService.Resolution;

/// What became of a transaction whose commit was asked for and not answered: `quiver_txn_status`.
public final class TransactionStatus {
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(\\d{1,19})");

  private TransactionStatus() {}

  /// How a client names a transaction.
  ///
  /// @param snapshot what it has read
  static String name(UUID transaction, long snapshot) {
    return transaction + "/" + snapshot;
  }

  /// Asks every channel, since the name does not tell where the transaction was decided. None lets
  /// it commit after that, so that the answer stays true.
  ///
  /// @return `committed`, `aborted`; `unknown` if it may have committed too long ago
  /// @throws QuiverException `57P03` if a channel cannot be asked
  public static String of(String name, ClusterService cluster) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not the name of a transaction", name)
          .withHint("Give the name from the message of the error 08007.");
    }
    UUID transaction = UUID.fromString(parts.group(1));
    long snapshot;
    try {
      snapshot = Long.parseLong(parts.group(2));
    } catch (NumberFormatException e) {
      throw new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not the name of a transaction", name)
          .withCause(e);
    }
    boolean isKnown = true;
    for (String channel : cluster.channelNames()) {
      Optional<Resolution> status = cluster.channelOwner(channel).status(transaction, snapshot);
      if (status.filter(Resolution::isCommitted).isPresent()) {
        return "committed";
      }
      isKnown &= status.isPresent();
    }
    return isKnown ? "aborted" : "unknown";
  }
}
