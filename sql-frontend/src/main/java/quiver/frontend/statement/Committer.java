package quiver.frontend.statement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.random.RandomGenerator;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.column.Column;
import quiver.common.column.RowBatch;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.frontend.format.DatumFormat;
import quiver.frontend.transaction.KeyClaims;
import quiver.frontend.transaction.TableWrites;
import quiver.frontend.transaction.Transaction;
import quiver.frontend.transaction.TransactionKey;
import quiver.rpc.Cancellation;
import quiver.rpc.DataNodeService;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.KeyClaim;
import quiver.rpc.DataNodeService.TableWrite;
import quiver.rpc.RootCoordinatorService.StagedWrites;
import quiver.rpc.Unavailable;

/// Hands a transaction's write set to the owners of its channels. Stateless.
public final class Committer {
  /// Rows of a chunk of a large write set.
  static final int CHUNK_ROW_COUNT = 4096;

  /// Bytes of a chunk of a large write set.
  static final long CHUNK_SIZE_BYTES = 8 << 20;

  /// How often a write set is made fit for a newer definition of its table.
  private static final int REBASE_COUNT_MAX = 8;

  private final StatementServices services;

  public Committer(StatementServices services) {
    this.services = services;
  }

  /// What became of a commit.
  public sealed interface Outcome {
    /// @param timestamp 0 when there was nothing to write
    record Committed(long timestamp) implements Outcome {}

    /// Nothing was written.
    ///
    /// @param retryable whether the same statements may succeed at a newer snapshot or plan
    record Refused(QuiverException error, boolean retryable) implements Outcome {}
  }

  /// Commits.
  ///
  /// @throws QuiverException `08007` when the outcome cannot be known
  public Outcome commit(Transaction transaction, DatumFormat format, Cancellation cancellation) {
    if (!transaction.definitions().isEmpty()) {
      return commitDefinitions(transaction, format, cancellation);
    }
    if (!transaction.hasWrites()) {
      return new Outcome.Committed(0);
    }
    List<Target> targets = targets(transaction);
    long snapshot = transaction.writeSnapshot().orElseThrow();
    for (int attempt = 0; ; attempt++) {
      CommitResult result;
      try {
        result = send(snapshot, targets, transaction.key());
      } catch (QuiverException e) {
        if (e.state() != SqlState.SERIALIZATION_FAILURE) {
          throw e;
        }
        // What was staged has gone with the channel's former owner.
        return new Outcome.Refused(e, true);
      }
      switch (result) {
        case CommitResult.Committed(long timestamp) -> {
          return new Outcome.Committed(timestamp);
        }
        case CommitResult.Conflict _, CommitResult.KeyClaimed _ -> {
          return new Outcome.Refused(concurrentUpdate(), true);
        }
        case CommitResult.DuplicateKey(long tableId, List<Object> key, boolean sinceSnapshot) -> {
          return new Outcome.Refused(
              duplicateKey(writesOf(transaction, tableId), key, format), sinceSnapshot);
        }
        case CommitResult.AlreadyCommitted(var before) -> {
          return new Outcome.Refused(transaction.key().orElseThrow().refusal(before), false);
        }
        case CommitResult.StaleTable ignored -> {
          services.root().settle();
          Optional<List<Target>> rebased = rebase(targets, services.root().catalog());
          if (rebased.isEmpty() || attempt == REBASE_COUNT_MAX) {
            return new Outcome.Refused(concurrentChange(), true);
          }
          targets = rebased.get();
        }
      }
    }
  }

  /// Definitions and rows in one: the rows are staged with the owners of their channels, and the
  /// root coordinator has them committed together with the definitions.
  private Outcome commitDefinitions(
      Transaction transaction, DatumFormat format, Cancellation cancellation) {
    CatalogDelta definitions = transaction.definitions();
    List<Target> targets = targets(transaction);
    UUID id = transactionId(services.random());
    Map<String, Integer> counts = new HashMap<>();
    CommitResult result;
    try {
      for (Target target : targets) {
        String channel = services.cluster().channel(target.table().id());
        DataNodeService owner = services.cluster().channelOwner(channel);
        if (target.kept().length > 0) {
          // Stronger than what is wanted, and simple: transactions that lock rows define little.
          definitions =
              definitions.withUnchangedSince(
                  target.table().id(), transaction.writeSnapshot().orElseThrow());
          continue;
        }
        TableWrite write = tableWrite(target).becoming(definitions.table(target.table().id()));
        for (TableWrite chunk : write.inserted().isEmpty() ? List.of(write) : chunks(write)) {
          owner.stage(id, counts.merge(channel, 1, Integer::sum) - 1, chunk);
        }
      }
      result =
          services
              .root()
              .commit(
                  definitions,
                  new StagedWrites(id, transaction.writeSnapshot().orElse(0), counts),
                  cancellation);
    } catch (RuntimeException e) {
      abandon(id, counts.keySet());
      throw e;
    }
    if (!(result instanceof CommitResult.Committed)) {
      abandon(id, counts.keySet());
    }
    return switch (result) {
      case CommitResult.Committed(long timestamp) -> new Outcome.Committed(timestamp);
      case CommitResult.Conflict _, CommitResult.KeyClaimed _ ->
          new Outcome.Refused(concurrentUpdate(), true);
      case CommitResult.DuplicateKey(long tableId, List<Object> key, boolean sinceSnapshot) ->
          new Outcome.Refused(
              duplicateKey(writesOf(transaction, tableId), key, format), sinceSnapshot);
      case CommitResult.StaleTable _ -> new Outcome.Refused(concurrentChange(), true);
      case CommitResult.AlreadyCommitted _ ->
          throw new IllegalStateException("definitions have no idempotency key");
    };
  }

  private void abandon(UUID id, Collection<String> channels) {
    channels.forEach(channel -> services.cluster().channelOwner(channel).abandon(id));
  }

  /// `40001`.
  private static QuiverException concurrentChange() {
    return new QuiverException(
        SqlState.SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent change of the table");
  }

  /// `40001`.
  static QuiverException concurrentUpdate() {
    return new QuiverException(
        SqlState.SERIALIZATION_FAILURE, "could not serialize access due to concurrent update");
  }

  /// A table's writes, or claims of its keys, and the definition they are sent with.
  ///
  /// @param kept addresses of rows that must still live
  private record Target(
      TableDefinition table, Optional<TableWrites> writes, List<KeyClaim> claims, long[] kept) {
    Target(TableDefinition table, Optional<TableWrites> writes, List<KeyClaim> claims) {
      this(table, writes, claims, new long[0]);
    }

    Target with(TableDefinition newTable) {
      return new Target(newTable, writes, claims, kept);
    }
  }

  private static List<Target> targets(Transaction transaction) {
    List<Target> targets = new ArrayList<>();
    for (TableWrites writes : transaction.writes()) {
      if (!writes.isEmpty()) {
        targets.add(new Target(writes.table(), Optional.of(writes), List.of()));
      }
    }
    for (KeyClaims claims : transaction.claims()) {
      for (List<KeyClaim> piece : claims.pieces()) {
        targets.add(new Target(claims.table(), Optional.empty(), piece));
      }
    }
    for (Transaction.KeptRows rows : transaction.kept()) {
      targets.add(kept(rows));
    }
    return targets;
  }

  /// Locked rows must still live, and be locked by nobody else: their addresses are claimed like
  /// keys, in a space that is the table's.
  private static Target kept(Transaction.KeptRows rows) {
    Set<Long> all = new TreeSet<>(rows.shared());
    all.addAll(rows.exclusive());
    List<KeyClaim> claims = new ArrayList<>();
    if (!rows.exclusive().isEmpty()) {
      claims.add(new KeyClaim(rows.table().id(), true, addresses(rows.exclusive())));
    }
    if (!rows.shared().isEmpty()) {
      claims.add(new KeyClaim(rows.table().id(), false, addresses(rows.shared())));
    }
    return new Target(rows.table(), Optional.empty(), claims, addresses(all));
  }

  private static long[] addresses(Set<Long> addresses) {
    return addresses.stream().mapToLong(Long::longValue).toArray();
  }

  private static TableWrites writesOf(Transaction transaction, long tableId) {
    return transaction
        .writesTo(tableId)
        .orElseThrow(() -> new IllegalStateException("commit of another table " + tableId));
  }

  private static QuiverException duplicateKey(
      TableWrites writes, List<Object> values, DatumFormat format) {
    return RowConstraints.duplicateKey(
        writes.table(), writes.keys().getFirst(), List.copyOf(values), format);
  }

  /// The same writes for the newest definitions, if only indexes have changed: rows and constraints
  /// were right for the old one and are for the new.
  private static Optional<List<Target>> rebase(List<Target> targets, CatalogImage catalog) {
    List<Target> rebased = new ArrayList<>();
    for (Target target : targets) {
      TableDefinition old = target.table();
      Optional<TableDefinition> now = catalog.table(old.id());
      if (now.isEmpty()
          || now.get().incarnation() != old.incarnation()
          || !now.get().columns().equals(old.columns())
          || !now.get().primaryKey().equals(old.primaryKey())
          || !uniques(now.get()).equals(uniques(old))
          || !now.get().foreignKeys().equals(old.foreignKeys())
          || !catalog.references(old.id()).isEmpty()
          || !now.get().checks().equals(old.checks())
          || now.get().columns().stream().anyMatch(column -> column.type().isDomain())) {
        return Optional.empty();
      }
      rebased.add(target.with(now.get()));
    }
    return Optional.of(rebased);
  }

  private static List<Long> uniques(TableDefinition table) {
    return table.indexes().stream()
        .filter(IndexDefinition::unique)
        .map(IndexDefinition::id)
        .toList();
  }

  private CommitResult send(long snapshot, List<Target> targets, Optional<TransactionKey> key) {
    UUID id = transactionId(services.random());
    TreeMap<String, List<TableWrite>> byChannel = new TreeMap<>();
    for (Target target : targets) {
      byChannel
          .computeIfAbsent(services.cluster().channel(target.table().id()), _ -> new ArrayList<>())
          .add(tableWrite(target));
    }
    Optional<String> keyChannel =
        key.map(each -> TransactionKey.channel(each.key().id(), services.cluster().channelNames()));
    keyChannel.ifPresent(channel -> byChannel.computeIfAbsent(channel, _ -> new ArrayList<>()));
    TreeMap<String, CommitRequest> requests = new TreeMap<>();
    try {
      for (Map.Entry<String, List<TableWrite>> each : byChannel.entrySet()) {
        DataNodeService owner = services.cluster().channelOwner(each.getKey());
        CommitRequest request = stage(owner, id, snapshot, each.getValue());
        requests.put(
            each.getKey(),
            keyChannel.filter(each.getKey()::equals).isPresent()
                ? request.with(key.orElseThrow().key())
                : request);
      }
      if (requests.size() > 1) {
        return new DistributedCommit(services, id, requests).run();
      }
      return send(
          services.cluster().channelOwner(requests.firstKey()), requests.firstEntry().getValue());
    } catch (RuntimeException e) {
      if (requests.size() < byChannel.size() || byChannel.size() == 1) {
        // A commit over several channels takes back what it has begun by itself.
        requests.values().removeIf(request -> request.stagedCount() > 0);
        byChannel.keySet().removeAll(requests.keySet());
        abandon(id, byChannel.keySet());
      }
      throw e;
    }
  }

  /// Stages the rows of a write set that is too large for one request.
  ///
  /// @return what is left to be asked for
  private static CommitRequest stage(
      DataNodeService owner, UUID id, long snapshot, List<TableWrite> writes) {
    long sizeBytes = 0;
    long rowCount = 0;
    for (TableWrite write : writes) {
      if (write.inserted().isPresent()) {
        for (Column column : write.inserted().get().columns()) {
          sizeBytes += Transaction.sizeBytes(column);
        }
        rowCount += write.inserted().get().rowCount();
      }
    }
    if (rowCount <= CHUNK_ROW_COUNT && sizeBytes <= CHUNK_SIZE_BYTES) {
      return new CommitRequest(id, snapshot, 0, writes);
    }
    int count = 0;
    List<TableWrite> kept = new ArrayList<>();
    for (TableWrite write : writes) {
      if (write.kept().length > 0) {
        // Rows that must live are looked at when the transaction commits.
        kept.add(write);
        continue;
      }
      for (TableWrite chunk : write.inserted().isEmpty() ? List.of(write) : chunks(write)) {
        owner.stage(id, count++, chunk);
      }
    }
    return new CommitRequest(id, snapshot, count, kept);
  }

  private static List<TableWrite> chunks(TableWrite whole) {
    List<TableWrite> chunks = new ArrayList<>();
    RowBatch rows = whole.inserted().orElseThrow();
    long sizeBytes = 0;
    for (Column column : rows.columns()) {
      sizeBytes += Transaction.sizeBytes(column);
    }
    long perRow = Math.max(1, sizeBytes / Math.max(1, rows.rowCount()));
    int step = (int) Math.max(1, Math.min(CHUNK_ROW_COUNT, CHUNK_SIZE_BYTES / perRow));
    for (int from = 0; from < rows.rowCount(); from += step) {
      int count = Math.min(step, rows.rowCount() - from);
      chunks.add(
          new TableWrite(
              whole.tableId(),
              whole.tableVersion(),
              whole.incarnation(),
              from == 0 ? whole.deleted() : new long[0],
              Optional.of(rows.slice(from, count)),
              from == 0 ? whole.keys() : List.of(),
              new long[0],
              whole.becomes()));
    }
    return chunks;
  }

  /// Sends a request. Where the owner is another process, the transport repeats it there or at the
  /// next owner, which applies one with the same id once; what it gives up on is unknown.
  ///
  /// @throws QuiverException `08007` then
  static CommitResult send(DataNodeService owner, CommitRequest request) {
    try {
      return owner.commit(request);
    } catch (QuiverException e) {
      if (!Unavailable.is(e)) {
        throw e;
      }
      throw new QuiverException(
              SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
              "the outcome of transaction %s is unknown",
              TransactionStatus.name(request.transaction(), request.snapshot()))
          .withDetail(e.message())
          .withHint("SELECT quiver_txn_status('…') tells it, and keeps it as it is.")
          .withCause(e);
    }
  }

  private static TableWrite tableWrite(Target target) {
    if (target.writes().isEmpty()) {
      return new TableWrite(
          target.table().id(),
          target.table().version(),
          target.table().incarnation(),
          new long[0],
          Optional.empty(),
          target.claims(),
          target.kept());
    }
    TableWrites writes = target.writes().get();
    return new TableWrite(
        target.table().id(),
        target.table().version(),
        target.table().incarnation(),
        writes.deletedAddresses(),
        writes.hasRows() ? Optional.of(liveRows(writes.rows())) : Optional.empty());
  }

  private static RowBatch liveRows(TableWrites.OwnRows own) {
    RowBatch all = new RowBatch(own.visible().rowCount(), own.columns());
    int[] live = own.visible().toRows();
    return live.length == all.rowCount() ? all : all.gather(live, 0, live.length);
  }

  /// A random id.
  static UUID transactionId(RandomGenerator random) {
    return new UUID(random.nextLong(), random.nextLong());
  }
}
