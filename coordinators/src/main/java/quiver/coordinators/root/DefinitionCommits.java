package quiver.coordinators.root;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import quiver.common.catalog.CatalogDelta;
import quiver.common.catalog.CatalogDelta.Edit;
import quiver.common.catalog.CatalogImage;
import quiver.common.catalog.CatalogObject;
import quiver.common.catalog.ColumnDefinition;
import quiver.common.catalog.IndexDefinition;
import quiver.common.catalog.RoleDefinition;
import quiver.common.catalog.RowPolicy;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.common.catalog.TableStatistics;
import quiver.common.catalog.TypeDefinition;
import quiver.common.catalog.ViewDefinition;
import quiver.common.error.QuiverException;
import quiver.common.error.SqlState;
import quiver.common.type.CompositeField;
import quiver.common.type.SqlType;
import quiver.common.type.UserType;
import quiver.rpc.DataNodeService.CommitResult;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableChanges;
import quiver.rpc.RootCoordinatorService.StagedWrites;
import quiver.rpc.meta.BarrierCommand;
import quiver.rpc.meta.BarrierResult;
import quiver.rpc.meta.ChannelMap;
import quiver.rpc.meta.MetaKeys;
import quiver.rpc.meta.PendingDdl;
import quiver.rpc.meta.SequenceValue;
import quiver.storage.meta.ChangeSignal;
import quiver.storage.meta.IdSource;
import quiver.storage.meta.KeyValue;
import quiver.storage.meta.MetaStore;

/// Brings the definitions of a transaction into force.
///
/// If channels are concerned, what is to be done is stored first; then their owners are asked with
/// [BarrierCommand]s, one channel after the other in the order of their names. All but the last one
/// promise; the log record of the last one is the commit point: it changes the tables for writers
/// and commits the rows the transaction has staged. After it the other channels are told, and the
/// catalog follows; a restart drives that to its end. Used under the root coordinator's lock.
final class DefinitionCommits {
  private static final Logger log = LoggerFactory.getLogger(DefinitionCommits.class);

  /// How long a command waits for the owner of a channel.
  private static final Duration BARRIER_PATIENCE = Duration.ofSeconds(30);

  /// How often a waiting command looks for a shutdown.
  private static final Duration POLL = Duration.ofMillis(50);

  /// Operations of one commit to the meta store; larger transactions take several.
  private static final int OPERATIONS_MAX = MetaStore.MAX_COMMIT_OPERATIONS - 8;

  private final MetaStore store;
  private final Catalog catalog;
  private final Sequences sequences;
  private final IdSource ids;
  private final Runnable checkOpen;
  private final ChannelMap channels;

  DefinitionCommits(
      MetaStore store, Catalog catalog, Sequences sequences, IdSource ids, Runnable checkOpen) {
    this.store = store;
    this.catalog = catalog;
    this.sequences = sequences;
    this.ids = ids;
    this.checkOpen = checkOpen;
    this.channels = ChannelMap.of(store.get(MetaKeys.CHANNEL_COUNT).map(KeyValue::value));
  }

  /// Drives what a crash or an owner that did not answer has interrupted to its end.
  void finishPending() {
    for (KeyValue entry : store.list(MetaKeys.PENDING_DDL).entries()) {
      PendingDdl pending = PendingDdl.decode(entry.key(), entry.value());
      log.info("finishing interrupted command: ddl={}", pending.id());
      CommitResult _ = finish(pending);
    }
  }

  CommitResult commit(CatalogDelta delta, StagedWrites writes) {
    finishPending();
    Optional<Long> changed = changedMeanwhile(delta);
    if (changed.isPresent()) {
      return new CommitResult.StaleTable(changed.get());
    }
    requireFreeNames(delta);
    requireFreeRoleNames(delta);
    TableChanges changes = tableChanges(delta);
    boolean barrier =
        !changes.tables().isEmpty() || !changes.dropped().isEmpty() || writes.stagedCount() > 0;
    PendingDdl pending = pending(delta, barrier ? barriers(changes, writes) : List.of());
    if (barrier || change(pending).size() > OPERATIONS_MAX) {
      catalog.change().putRaw(MetaKeys.pendingDdl(pending.id()), pending.encode()).commit(false);
    }
    return finish(pending);
  }

  /// An object that is not what the transaction changed any more.
  private Optional<Long> changedMeanwhile(CatalogDelta delta) {
    CatalogImage image = catalog.image();
    for (Map.Entry<Long, Edit> each : delta.edits().entrySet()) {
      if (each.getValue().after().orElse(null) instanceof TableStatistics made
          && image.table(made.tableId()).isEmpty()
          && delta.table(made.tableId()).isEmpty()) {
        return Optional.of(made.tableId());
      }
      // Nobody relies on older statistics: the later ones hold.
      if (each.getKey() > 0 && !image.object(each.getKey()).equals(each.getValue().before())) {
        return Optional.of(each.getKey());
      }
    }
    Optional<Long> lostType = lostType(delta, image);
    return lostType.isPresent() ? lostType : lostUse(delta, image);
  }

  /// A type that has gone though a column or a domain is of it: whichever was there when the
  /// transaction began.
  private static Optional<Long> lostType(CatalogDelta delta, CatalogImage before) {
    boolean concerned =
        delta.edits().values().stream()
            .anyMatch(edit ->
                edit.before().orElse(null) instanceof TypeDefinition
                    || edit.after().orElse(null) instanceof TableDefinition
                    || edit.after().orElse(null) instanceof TypeDefinition);
    if (!concerned) {
      return Optional.empty();
    }
    CatalogImage after = before.with(delta, before.version());
    Stream<SqlType> columns =
        after.tables().stream()
            .flatMap(table -> table.columns().stream())
            .map(ColumnDefinition::type);
    Stream<SqlType> bases = after.types().stream().flatMap(type -> type.base().stream());
    Stream<SqlType> fields =
        after.types().stream()
            .flatMap(type -> type.fields().orElse(List.of()).stream())
            .map(CompositeField::type);
    return Stream.concat(columns, Stream.concat(bases, fields))
        .flatMap(type -> DefinitionCommits.typeId(type.user()).stream())
        .filter(id -> after.type(id).isEmpty())
        .findFirst();
  }

  private static Optional<Long> typeId(UserType user) {
    return Optional.of((long) user.definitionOid()).filter(id -> id != 0);
  }

  /// A view or a policy whose relations have gone, or a relation that goes though one reads it:
  /// whichever was there when the transaction began.
  private static Optional<Long> lostUse(CatalogDelta delta, CatalogImage before) {
    boolean concerned =
        delta.edits().values().stream()
            .anyMatch(edit ->
                edit.after().isEmpty()
                    || edit.after().get() instanceof ViewDefinition
                    || edit.after().get() instanceof RowPolicy);
    if (!concerned) {
      return Optional.empty();
    }
    CatalogImage after = before.with(delta, before.version());
    for (ViewDefinition view : after.views()) {
      for (ViewDefinition.Use use : view.uses()) {
        if (after.object(use.relationId()).isEmpty()) {
          return Optional.of(use.relationId());
        }
      }
    }
    return after.security().policies().stream()
        .flatMap(policy -> policy.expressions().stream())
        .flatMap(expression -> expression.uses().stream())
        .map(ViewDefinition.Use::relationId)
        .filter(id -> after.object(id).isEmpty())
        .findFirst();
  }

  private record Name(String schema, String name) {}

  private static List<Name> names(Optional<CatalogObject> object) {
    List<Name> names = new ArrayList<>();
    switch (object.orElse(null)) {
      case TableDefinition table -> {
        names.add(new Name(table.schema(), table.name()));
        for (IndexDefinition index : table.indexes()) {
          names.add(new Name(table.schema(), index.name()));
        }
      }
      case SequenceDefinition sequence -> names.add(new Name(sequence.schema(), sequence.name()));
      case ViewDefinition view -> names.add(new Name(view.schema(), view.name()));
      case TypeDefinition type -> names.add(new Name(type.schema(), type.name()));
      case null, default -> {
        // No relation.
      }
    }
    return names;
  }

  /// Names that were free when the transaction took them may have been taken since.
  private void requireFreeNames(CatalogDelta delta) {
    List<Name> freed = new ArrayList<>();
    delta.edits().values().forEach(edit -> freed.addAll(names(edit.before())));
    CatalogImage image = catalog.image();
    for (Edit edit : delta.edits().values()) {
      for (Name name : names(edit.after())) {
        boolean isType = image.type(name.schema(), name.name()).isPresent();
        if (!freed.contains(name) && isType) {
          throw new QuiverException(
              SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", name.name());
        }
        if (!freed.contains(name) && image.isTaken(name.schema(), name.name())) {
          throw new QuiverException(
              SqlState.DUPLICATE_TABLE, "relation \"%s\" already exists", name.name());
        }
        boolean schemaStays =
            image.schema(name.schema()).isPresent()
                || delta.edits().values().stream()
                    .anyMatch(other ->
                        other.after().orElse(null) instanceof CatalogImage.SchemaDefinition made
                            && made.name().equals(name.schema()));
        if (!schemaStays) {
          throw new QuiverException(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name.schema());
        }
      }
    }
  }

  private void requireFreeRoleNames(CatalogDelta delta) {
    for (Map.Entry<Long, Edit> each : delta.edits().entrySet()) {
      if (each.getValue().after().orElse(null) instanceof RoleDefinition made
          && catalog
              .image()
              .security()
              .role(made.name())
              .filter(taken -> taken.id() != made.id() && !isRemoved(delta, taken.id()))
              .isPresent()) {
        throw new QuiverException(
            SqlState.DUPLICATE_OBJECT, "role \"%s\" already exists", made.name());
      }
    }
  }

  private static boolean isRemoved(CatalogDelta delta, long id) {
    Edit edit = delta.edits().get(id);
    return edit != null && edit.after().isEmpty();
  }

  private static TableChanges tableChanges(CatalogDelta delta) {
    List<TableDefinition> tables = new ArrayList<>();
    List<Long> dropped = new ArrayList<>();
    for (Edit edit : delta.edits().values()) {
      CatalogObject before = edit.before().orElse(null);
      CatalogObject after = edit.after().orElse(null);
      if (after instanceof TableDefinition table) {
        if (!(before instanceof TableDefinition old) || concernsWriters(old, table)) {
          tables.add(table);
        }
      } else if (before instanceof TableDefinition table) {
        dropped.add(table.id());
      }
    }
    return new TableChanges(tables, dropped, delta.unchangedSince());
  }

  /// Whether more than indexes have changed.
  private static boolean concernsWriters(TableDefinition before, TableDefinition after) {
    if (before.indexes().equals(after.indexes()) && before.version() != after.version()) {
      // Another table refers to this one, or has ceased to.
      return true;
    }
    return !uniques(before).equals(uniques(after))
        || !after
            .withIndexes(before.indexes())
            .withVersion(before.version(), after.incarnation())
            .equals(before);
  }

  private static List<Long> uniques(TableDefinition table) {
    return table.indexes().stream()
        .filter(IndexDefinition::unique)
        .map(IndexDefinition::id)
        .toList();
  }

  /// The parts of the channels concerned.
  private List<PendingDdl.ChannelBarrier> barriers(TableChanges changes, StagedWrites writes) {
    TreeSet<String> concerned = new TreeSet<>(writes.stagedCounts().keySet());
    changes.tables().forEach(table -> concerned.add(channels.channelOf(table.id())));
    changes.dropped().forEach(id -> concerned.add(channels.channelOf(id)));
    changes.unchangedSince().keySet().forEach(id -> concerned.add(channels.channelOf(id)));
    List<PendingDdl.ChannelBarrier> barriers = new ArrayList<>();
    for (String channel : concerned) {
      barriers.add(
          new PendingDdl.ChannelBarrier(
              channel,
              new BarrierCommand(
                  writes.transaction(),
                  writes.snapshot(),
                  writes.stagedCounts().getOrDefault(channel, 0),
                  changesOf(channel, changes),
                  concerned.size() == 1 ? Part.ALONE : new Part.Participant(concerned.last()),
                  Optional.empty())));
    }
    return barriers;
  }

  private TableChanges changesOf(String channel, TableChanges all) {
    Map<Long, Long> unchanged = new HashMap<>(all.unchangedSince());
    unchanged.keySet().removeIf(id -> !channels.channelOf(id).equals(channel));
    return new TableChanges(
        all.tables().stream()
            .filter(table -> channels.channelOf(table.id()).equals(channel))
            .toList(),
        all.dropped().stream().filter(id -> channels.channelOf(id).equals(channel)).toList(),
        unchanged);
  }

  private PendingDdl pending(CatalogDelta delta, List<PendingDdl.ChannelBarrier> barriers) {
    List<CatalogObject> puts = new ArrayList<>();
    List<CatalogObject> removes = new ArrayList<>();
    for (Edit edit : delta.edits().values()) {
      edit.after().ifPresentOrElse(puts::add, () -> edit.before().ifPresent(removes::add));
    }
    removes.removeIf(TableStatistics.class::isInstance);
    for (CatalogObject removed : List.copyOf(removes)) {
      if (removed instanceof TableDefinition table) {
        // Whatever is there by now, and without what it says: that may be long.
        catalog
            .image()
            .object(TableStatistics.idFor(table.id()))
            .ifPresent(_ -> removes.add(TableStatistics.none(table.id())));
      }
    }
    return new PendingDdl(
        ids.getAsLong(),
        ids.getAsLong(),
        barriers,
        puts,
        removes,
        delta.resetSequences().entrySet().stream()
            .map(reset -> new PendingDdl.SequenceReset(reset.getKey(), reset.getValue()))
            .toList());
  }

  private Catalog.Change change(PendingDdl pending) {
    Catalog.Change change = catalog.change();
    for (CatalogObject object : pending.removes()) {
      change.remove(object);
      if (object instanceof SequenceDefinition sequence) {
        change.deleteRaw(MetaKeys.sequenceValue(sequence.id()));
      }
    }
    pending.puts().forEach(change::put);
    for (PendingDdl.SequenceReset reset : pending.resetSequences()) {
      change.putRaw(
          MetaKeys.sequenceValue(reset.sequenceId()),
          new SequenceValue(reset.value(), true).encode());
    }
    return change;
  }

  /// Has the channels concerned do their parts, and lets the catalog follow. Every step may be
  /// repeated.
  private CommitResult finish(PendingDdl pending) {
    CommitResult result = new CommitResult.Committed(0);
    if (!pending.barriers().isEmpty()) {
      result = decide(pending);
    }
    if (!(result instanceof CommitResult.Committed)) {
      withoutTraces(catalog.change(), pending).commit(false);
      return result;
    }
    apply(pending);
    return result;
  }

  private CommitResult decide(PendingDdl pending) {
    List<PendingDdl.ChannelBarrier> barriers = pending.barriers();
    List<String> promised = new ArrayList<>();
    long firstPromise = Long.MAX_VALUE;
    for (PendingDdl.ChannelBarrier each : barriers.subList(0, barriers.size() - 1)) {
      CommitResult result = ask(each.channel(), pending.id(), each.command());
      if (!(result instanceof CommitResult.Committed(long timestamp))) {
        tell(promised, pending, Resolution.ABORTED);
        return result;
      }
      promised.add(each.channel());
      firstPromise = Math.min(firstPromise, timestamp);
    }
    PendingDdl.ChannelBarrier home = barriers.getLast();
    BarrierCommand command =
        promised.isEmpty()
            ? home.command()
            : home.command().as(new Part.Home(promised, firstPromise));
    CommitResult result = ask(home.channel(), pending.id(), command);
    tell(
        promised,
        pending,
        result instanceof CommitResult.Committed(long timestamp)
            ? new Resolution(timestamp)
            : Resolution.ABORTED);
    return result;
  }

  private void tell(List<String> promised, PendingDdl pending, Resolution resolution) {
    for (String channel : promised) {
      CommitResult _ =
          ask(
              channel,
              pending.finishId(),
              BarrierCommand.finish(
                  pending.barriers().getFirst().command().transaction(), resolution));
    }
  }

  /// Has the owner of a channel carry out a command, unless it has.
  private CommitResult ask(String channel, long id, BarrierCommand command) {
    String key = MetaKeys.barrier(channel, id);
    String resultKey = MetaKeys.barrierResult(channel, id);
    if (store.get(key).isEmpty() && store.get(resultKey).isEmpty()) {
      catalog.change().putRaw(key, command.encode()).commit(false);
    }
    awaitGone(key);
    return store
        .get(resultKey)
        .map(entry -> BarrierResult.decode(resultKey, entry.value()))
        .orElseThrow(
            () -> new QuiverException(SqlState.INTERNAL_ERROR, "barrier %d has no result", id));
  }

  private static Catalog.Change withoutTraces(Catalog.Change change, PendingDdl pending) {
    change.deleteRaw(MetaKeys.pendingDdl(pending.id()));
    boolean several = pending.barriers().size() > 1;
    for (PendingDdl.ChannelBarrier each : pending.barriers()) {
      change.deleteRaw(MetaKeys.barrierResult(each.channel(), pending.id()));
      if (several) {
        change.deleteRaw(MetaKeys.barrierResult(each.channel(), pending.finishId()));
      }
    }
    return change;
  }

  private void apply(PendingDdl pending) {
    List<PendingDdl> parts = parts(pending);
    for (PendingDdl part : parts.subList(0, parts.size() - 1)) {
      change(part).commit(false);
    }
    withoutTraces(change(parts.getLast()), pending).commit(true);
    pending.resetSequences().forEach(reset -> sequences.forget(reset.sequenceId()));
    pending.removes().forEach(removed -> sequences.forget(removed.id()));
  }

  /// What fits into one commit each; repeated after a crash, the first parts change nothing.
  private List<PendingDdl> parts(PendingDdl whole) {
    if (change(whole).size() <= OPERATIONS_MAX) {
      return List.of(whole);
    }
    List<PendingDdl> parts = new ArrayList<>();
    int half = OPERATIONS_MAX / 2;
    for (int from = 0; from < whole.removes().size(); from += half) {
      List<CatalogObject> some =
          whole.removes().subList(from, Math.min(whole.removes().size(), from + half));
      parts.add(part(whole, List.of(), some, List.of()));
    }
    for (int from = 0; from < whole.puts().size(); from += half) {
      List<CatalogObject> some =
          whole.puts().subList(from, Math.min(whole.puts().size(), from + half));
      parts.add(part(whole, some, List.of(), List.of()));
    }
    for (int from = 0; from < whole.resetSequences().size(); from += half) {
      List<PendingDdl.SequenceReset> some =
          whole
              .resetSequences()
              .subList(from, Math.min(whole.resetSequences().size(), from + half));
      parts.add(part(whole, List.of(), List.of(), some));
    }
    return parts;
  }

  private static PendingDdl part(
      PendingDdl whole,
      List<CatalogObject> puts,
      List<CatalogObject> removes,
      List<PendingDdl.SequenceReset> resets) {
    return new PendingDdl(whole.id(), whole.finishId(), List.of(), puts, removes, resets);
  }

  /// Waits until the owner of the channel has carried out a barrier and deleted its key. Not
  /// cancelled: the command happens in any case.
  private void awaitGone(String key) {
    long deadline = System.nanoTime() + BARRIER_PATIENCE.toNanos();
    try (ChangeSignal signal = new ChangeSignal(store, List.of(key))) {
      while (store.get(key).isPresent()) {
        checkOpen.run();
        if (System.nanoTime() > deadline) {
          throw new QuiverException(
                  SqlState.CANNOT_CONNECT_NOW,
                  "the owner of the table's log channel does not answer")
              .withDetail("The command will be finished when it does.");
        }
        if (!signal.await(POLL)) {
          throw new QuiverException(
                  SqlState.QUERY_CANCELED, "canceling statement due to user request")
              .withDetail("The command will be finished in the background.");
        }
      }
    }
  }

  /// Deletes the values of new sequences.
  void discard(CatalogDelta delta) {
    List<String> keys = new ArrayList<>();
    for (Edit edit : delta.edits().values()) {
      if (edit.before().isEmpty()
          && edit.after().orElse(null) instanceof SequenceDefinition sequence) {
        sequences.forget(sequence.id());
        keys.add(MetaKeys.sequenceValue(sequence.id()));
      }
    }
    for (int from = 0; from < keys.size(); from += OPERATIONS_MAX) {
      var _ =
          store.commit(
              List.of(),
              List.of(),
              keys.subList(from, Math.min(keys.size(), from + OPERATIONS_MAX)));
    }
  }
}
