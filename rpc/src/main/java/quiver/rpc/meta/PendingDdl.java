package quiver.rpc.meta;

import java.util.List;
import quiver.common.catalog.CatalogObject;
import quiver.common.value.ByteWriter;

/// Definitions that are on their way: what is left to do once their barrier is in the log. Stored
/// before the barrier, so that a restart drives it to its end.
///
/// @param id also the id of the barriers
/// @param finishId the id of the barriers that tell what was decided, when there are several
/// @param barriers what each channel concerned has to do, in the order of their names
/// @param puts objects that come into force
/// @param removes objects that go
/// @param resetSequences sequences that start again, among those that stay
public record PendingDdl(
    long id,
    long finishId,
    List<ChannelBarrier> barriers,
    List<CatalogObject> puts,
    List<CatalogObject> removes,
    List<SequenceReset> resetSequences) {
  public PendingDdl {
    barriers = List.copyOf(barriers);
    puts = List.copyOf(puts);
    removes = List.copyOf(removes);
    resetSequences = List.copyOf(resetSequences);
  }

  /// The part of one channel.
  public record ChannelBarrier(String channel, BarrierCommand command) {}

  /// A sequence that starts again.
  ///
  /// @param value the first to be given out
  public record SequenceReset(long sequenceId, long value) {}

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(
        2,
        out -> {
          out.putLong(id).putLong(finishId);
          MetaValue.putList(
              out, barriers, (to, each) -> each.command.write(to.putText(each.channel)));
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
        List.of(
            in -> {
              throw new IllegalArgumentException("written by a version before any release");
            },
            in ->
                new PendingDdl(
                    in.getLong(),
                    in.getLong(),
                    MetaValue.list(
                        in,
                        32,
                        each ->
                            new ChannelBarrier(ByteWriter.text(each), BarrierCommand.read(each))),
                    MetaValue.list(in, 9, DefinitionCodec::readObject),
                    MetaValue.list(in, 9, DefinitionCodec::readObject),
                    MetaValue.list(
                        in, 16, each -> new SequenceReset(each.getLong(), each.getLong())))));
  }
}
