package quiver.rpc.meta;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import quiver.common.value.ByteWriter;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.Part;
import quiver.rpc.DataNodeService.Resolution;
import quiver.rpc.DataNodeService.TableChanges;

/// What the owner of a channel has to write into its log for definitions: one record that changes
/// the tables and commits the rows that the same transaction has staged, or promises to. Carried
/// out once, however often it is tried: the transaction's id tells.
///
/// @param snapshot what the transaction has read
/// @param stagedCount how many chunks of rows it has staged here
/// @param part what the channel is to the transaction
/// @param resolution empty, or what was decided after the channel has promised: nothing else counts
///   then
public record BarrierCommand(
    UUID transaction,
    long snapshot,
    int stagedCount,
    TableChanges changes,
    Part part,
    Optional<Resolution> resolution) {
  private static final TableChanges NONE = new TableChanges(List.of(), List.of(), Map.of());

  /// What the channel learns of a transaction that it has promised to commit.
  public static BarrierCommand finish(UUID transaction, Resolution resolution) {
    return new BarrierCommand(transaction, 0, 0, NONE, Part.ALONE, Optional.of(resolution));
  }

  /// The same for a channel with another part.
  public BarrierCommand as(Part newPart) {
    return new BarrierCommand(transaction, snapshot, stagedCount, changes, newPart, resolution);
  }

  /// The commit to carry out.
  public CommitRequest request() {
    return new CommitRequest(
        transaction,
        snapshot,
        stagedCount,
        List.of(),
        Optional.of(changes),
        part,
        Optional.empty());
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(2, this::write);
  }

  void write(ByteWriter out) {
    out.putLong(transaction.getMostSignificantBits())
        .putLong(transaction.getLeastSignificantBits())
        .putLong(snapshot)
        .putInt(stagedCount);
    MetaValue.putList(out, changes.tables(), DefinitionCodec::write);
    MetaValue.putLongs(out, changes.dropped());
    out.putInt(changes.unchangedSince().size());
    changes.unchangedSince().forEach((table, since) -> out.putLong(table).putLong(since));
    switch (part) {
      case Part.Alone() -> out.putByte(0);
      case Part.Participant(String home) -> out.putByte(1).putText(home);
      case Part.Home(List<String> participants, long firstPromise) -> {
        out.putByte(2).putLong(firstPromise);
        MetaValue.putList(out, participants, ByteWriter::putText);
      }
    }
    out.putByte(resolution.isPresent() ? 1 : 0);
    resolution.ifPresent(decided -> out.putLong(decided.commitTimestamp()));
  }

  /// Reads the stored form.
  public static BarrierCommand decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        List.of(in -> readFields(in, Part.ALONE, Optional.empty()), BarrierCommand::read));
  }

  static BarrierCommand read(ByteBuffer in) {
    BarrierCommand fields = readFields(in, Part.ALONE, Optional.empty());
    Part part =
        switch (in.get()) {
          case 0 -> Part.ALONE;
          case 1 -> new Part.Participant(ByteWriter.text(in));
          case 2 -> {
            long firstPromise = in.getLong();
            yield new Part.Home(MetaValue.list(in, 4, ByteWriter::text), firstPromise);
          }
          default -> throw new IllegalArgumentException("unknown part");
        };
    Optional<Resolution> resolution =
        in.get() == 0 ? Optional.empty() : Optional.of(new Resolution(in.getLong()));
    return new BarrierCommand(
        fields.transaction, fields.snapshot, fields.stagedCount, fields.changes, part, resolution);
  }

  private static BarrierCommand readFields(
      ByteBuffer in, Part part, Optional<Resolution> resolution) {
    UUID transaction = new UUID(in.getLong(), in.getLong());
    long snapshot = in.getLong();
    int stagedCount = in.getInt();
    var tables = MetaValue.list(in, 32, DefinitionCodec::readTable);
    var dropped = MetaValue.longs(in);
    Map<Long, Long> unchanged = new LinkedHashMap<>();
    for (int left = ByteWriter.length(in, 16); left > 0; left--) {
      unchanged.put(in.getLong(), in.getLong());
    }
    return new BarrierCommand(
        transaction,
        snapshot,
        stagedCount,
        new TableChanges(tables, dropped, unchanged),
        part,
        resolution);
  }
}
