package quiver.rpc.meta;

import java.util.List;
import quiver.common.catalog.CatalogObject;

/// Definitions that are on their way: what is left to do once their barrier is in the log. Stored
/// before the barrier, so that a restart drives it to its end.
///
/// @param id also the id of the barrier
/// @param barrier whether there is one
/// @param puts objects that come into force
/// @param removes objects that go
/// @param resetSequences sequences that start again, among those that stay
public record PendingDdl(
    long id,
    boolean barrier,
    List<CatalogObject> puts,
    List<CatalogObject> removes,
    List<SequenceReset> resetSequences) {
  public PendingDdl {
    puts = List.copyOf(puts);
    removes = List.copyOf(removes);
    resetSequences = List.copyOf(resetSequences);
  }

  /// A sequence that starts again.
  ///
  /// @param value the first to be given out
  public record SequenceReset(long sequenceId, long value) {}

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> {
      out.putLong(id).putByte(barrier ? 1 : 0);
      MetaValue.putList(out, puts, DefinitionCodec::writeObject);
      MetaValue.putList(out, removes, DefinitionCodec::writeObject);
      MetaValue.putList(
          out,
          resetSequences,
          (to, reset) -> to.putLong(reset.sequenceId()).putLong(reset.value()));
    });
  }

  /// Reads the stored form.
  public static PendingDdl decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            new PendingDdl(
                in.getLong(),
                in.get() != 0,
                MetaValue.list(in, 9, DefinitionCodec::readObject),
                MetaValue.list(in, 9, DefinitionCodec::readObject),
                MetaValue.list(in, 16, each -> new SequenceReset(each.getLong(), each.getLong()))));
  }
}
