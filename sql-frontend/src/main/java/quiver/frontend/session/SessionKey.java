package quiver.frontend.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.plan.SessionCommand;
import quiver.common.plan.StatementPlan;
import quiver.common.type.SqlType;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.setting.SessionSettings;
import quiver.frontend.statement.TransactionStatus;
import quiver.frontend.transaction.Transaction;
import quiver.frontend.transaction.TransactionKey;
import quiver.rpc.ClusterService;
import quiver.rpc.DataNodeService.KeyedCommit;

/// `quiver.idempotency_key`: belongs to the transaction it is set in, or, set outside of one, to
/// the next one that changes something, and is gone when that has ended. A transaction that has
/// committed with the key before is refused at its first change, before a statement fails because
/// it finds its own doing. Used by the session's thread.
final class SessionKey {
  static final String SETTING = "quiver.idempotency_key";

  private final SessionSettings settings;
  private final ClusterService cluster;

  /// Whether a transaction has the key.
  private boolean used;

  SessionKey(SessionSettings settings, ClusterService cluster) {
    this.settings = settings;
    this.cluster = cluster;
  }

  /// Whether the next statement has to be shown to [#beforeStatement].
  boolean isWanted(Transaction transaction) {
    return transaction.key().isPresent() || !settings.value(SETTING).isEmpty();
  }

  /// A statement as the client has sent it.
  ///
  /// @param values of its parameters; not modified
  record Asked(String text, @Nullable Object[] values) {}

  /// Gives the transaction its key when a statement is the first to change something.
  ///
  /// @throws QuiverException `25Q01` if the transaction has committed before
  void beforeStatement(
      Transaction transaction, long roleId, StatementPlan plan, Asked asked, DatumFormat format) {
    if (!changes(plan)) {
      return;
    }
    String name = settings.value(SETTING);
    Optional<TransactionKey> known = transaction.key();
    if (known.isPresent()) {
      if (!known.get().name().equals(name)) {
        throw new QuiverException(
            SqlState.ACTIVE_SQL_TRANSACTION,
            "the idempotency key cannot change after the first change of its transaction");
      }
      return;
    }
    if (transaction.hasWrites() || !transaction.definitions().isEmpty()) {
      throw new QuiverException(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "the idempotency key must be set before the first change of its transaction");
    }
    if (TransactionStatus.isName(name)) {
      throw new QuiverException(
          SqlState.INVALID_PARAMETER_VALUE,
          "idempotency key \"%s\" looks like the name of a transaction",
          name);
    }
    used = true;
    TransactionKey key =
        TransactionKey.of(roleId, name, content(plan.parameterTypes(), asked, format));
    Optional<KeyedCommit> before = TransactionStatus.committed(key.key().id(), cluster);
    if (before.isPresent()) {
      throw key.refusal(before.get());
    }
    transaction.setKey(key);
  }

  private static List<String> content(List<SqlType> types, Asked asked, DatumFormat format) {
    List<String> content = new ArrayList<>();
    content.add(asked.text());
    @Nullable Object[] values = asked.values();
    for (int i = 0; i < values.length && i < types.size(); i++) {
      Object value = values[i];
      content.add(value == null ? "null" : "=" + format.text(types.get(i), value));
    }
    return content;
  }

  /// Whether a statement changes something that is committed with the transaction.
  private static boolean changes(StatementPlan plan) {
    return switch (plan) {
      case StatementPlan.Insert _,
          StatementPlan.Update _,
          StatementPlan.Delete _,
          StatementPlan.Merge _,
          StatementPlan.Modifying _,
          StatementPlan.CopyIn _ ->
          true;
      case StatementPlan.Ddl _, StatementPlan.AlterTable _, StatementPlan.CreateTableAs _ ->
          throw definition();
      case StatementPlan.Session(SessionCommand.CreateTableAs _, _, _) -> throw definition();
      case StatementPlan.Explain(var statement, var options, var _) ->
          options.analyze() && changes(statement);
      case StatementPlan.Query _, StatementPlan.CopyOut _, StatementPlan.Session _ -> false;
    };
  }

  private static QuiverException definition() {
    return new QuiverException(
        SqlState.FEATURE_NOT_SUPPORTED,
        "definitions in a transaction with an idempotency key are not supported");
  }

  /// What a statement has failed with, unless it has met what the same transaction did when it
  /// committed a moment ago.
  QuiverException afterFailure(Optional<Transaction> transaction, QuiverException failure) {
    String state = failure.state().code();
    Optional<TransactionKey> key = transaction.flatMap(Transaction::key);
    if (key.isEmpty() || !(state.startsWith("23") || state.startsWith("40"))) {
      return failure;
    }
    return TransactionStatus.committed(key.get().key().id(), cluster)
        .map(before -> key.get().refusal(before).withCause(failure))
        .orElse(failure);
  }

  /// The transaction has ended.
  void ended() {
    if (used) {
      used = false;
      settings.set(SETTING, List.of(""), false);
    }
  }
}
