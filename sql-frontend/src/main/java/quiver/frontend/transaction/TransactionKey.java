package quiver.frontend.transaction;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.rpc.DataNodeService.IdempotencyKey;
import quiver.rpc.DataNodeService.KeyedCommit;

/// What a client calls a transaction so that it commits once, however often it is repeated.
///
/// @param name the client's
public record TransactionKey(String name, IdempotencyKey key) {
  /// The key of a transaction.
  ///
  /// @param roleId who has logged in: keys of different roles are different
  /// @param content what the client has asked for first
  public static TransactionKey of(long roleId, String name, List<String> content) {
    long hash = ByteBuffer.wrap(sha256(content)).getLong();
    return new TransactionKey(name, new IdempotencyKey(id(roleId, name), hash));
  }

  /// What channels know the key by.
  public static UUID id(long roleId, String name) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(List.of(Long.toString(roleId), name)));
    return new UUID(hash.getLong(), hash.getLong());
  }

  /// Each text with its length, so that no two lists look alike.
  private static byte[] sha256(List<String> texts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
        digest.update(bytes);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the platform has no SHA-256", e);
    }
  }

  /// The channel that remembers a key: part of every transaction that has it.
  ///
  /// @param channels all there are, in the same order for everybody
  public static String channel(UUID id, List<String> channels) {
    return channels.get((int) Long.remainderUnsigned(id.getMostSignificantBits(), channels.size()));
  }

  /// Why a transaction with the same key is not carried out.
  public QuiverException refusal(KeyedCommit before) {
    if (before.content() != key.content()) {
      return new QuiverException(
              SqlState.INVALID_PARAMETER_VALUE,
              "idempotency key \"%s\" belongs to another transaction, which has committed",
              name)
          .withDetail("The first statement that changes something was a different one.")
          .withHint("Use a new key for each transaction, and the same statements to repeat one.");
    }
    return new QuiverException(
            SqlState.TRANSACTION_ALREADY_COMMITTED,
            "the transaction with idempotency key \"%s\" has committed before",
            name)
        .withDetail("Nothing was changed this time.");
  }
}
