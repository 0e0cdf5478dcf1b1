package quiver.frontend.statement;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.transaction.TransactionKey;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService.KeyedCommit;
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

  /// Whether a text can be the name of a transaction.
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// What became of the transaction with an idempotency key, as far as the channel knows that
  /// remembers it.
  public static Optional<KeyedCommit> committed(UUID key, ClusterService cluster) {
    String channel = TransactionKey.channel(key, cluster.channelNames());
    return cluster.channelOwner(channel).committed(key);
  }

  /// What became of a transaction, by its name or its idempotency key.
  ///
  /// @param roleId whose key it is
  /// @return `committed`, `aborted`; `unknown` if it may have committed too long ago, or if it is
  ///   named by a key and has not committed
  /// @throws QuiverException `57P03` if a channel cannot be asked
  public static String of(String nameOrKey, long roleId, ClusterService cluster) {
    if (isName(nameOrKey)) {
      return of(nameOrKey, cluster);
    }
    return committed(TransactionKey.id(roleId, nameOrKey), cluster).isPresent()
        ? "committed"
        : "unknown";
  }

  /// Asks every channel, since the name does not tell where the transaction was decided. None lets
  /// it commit after that, so that the answer stays true.
  private static String of(String name, ClusterService cluster) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches()) {
      throw new IllegalArgumentException(name);
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
