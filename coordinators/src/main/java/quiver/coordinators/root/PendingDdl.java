package quiver.coordinators.root;

import java.util.List;
import java.util.Optional;
import quiver.common.catalog.SequenceDefinition;
import quiver.common.catalog.TableDefinition;
import quiver.rpc.meta.DefinitionCodec;
import quiver.storage.meta.KeyValue;

/// A command whose barrier is on its way into the log: what is left to do once it is there. Stored
/// before the barrier, so that a restart drives it to its end.
///
/// @param id also the id of the barrier
/// @param tables definitions that come into force
/// @param newSequences sequences that come into force
/// @param resetSequences sequences that start again
record PendingDdl(
    long id,
    List<TableDefinition> tables,
    List<SequenceDefinition> newSequences,
    List<Long> resetSequences) {
  PendingDdl {
    tables = List.copyOf(tables);
    newSequences = List.copyOf(newSequences);
    resetSequences = List.copyOf(resetSequences);
  }

  byte[] encode() {
    return DefinitionCodec.encode(id, tables, newSequences, resetSequences);
  }

  static PendingDdl decode(KeyValue entry) {
    DefinitionCodec.Several several = DefinitionCodec.several(entry.key(), entry.value());
    return new PendingDdl(several.id(), several.tables(), several.sequences(), several.otherIds());
  }

  Optional<TableDefinition> firstTable() {
    return tables.stream().findFirst();
  }
}
