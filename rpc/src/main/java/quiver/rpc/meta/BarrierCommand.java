package quiver.rpc.meta;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import quiver.common.value.ByteWriter;
import quiver.rpc.DataNodeService.CommitRequest;
import quiver.rpc.DataNodeService.TableChanges;

/// What the owner of a channel has to write into its log for definitions: one record that changes
/// the tables and commits the rows that the same transaction has staged. Carried out once, however
/// often it is tried: the transaction's id tells.
///
/// @param snapshot what the transaction has read
/// @param stagedCount how many chunks of rows it has staged
public record BarrierCommand(
    UUID transaction, long snapshot, int stagedCount, TableChanges changes) {
  /// The commit to carry out.
  public CommitRequest request() {
    return new CommitRequest(
        transaction, snapshot, stagedCount, java.util.List.of(), java.util.Optional.of(changes));
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> {
      out.putLong(transaction.getMostSignificantBits())
          .putLong(transaction.getLeastSignificantBits())
          .putLong(snapshot)
          .putInt(stagedCount);
      MetaValue.putList(out, changes.tables(), DefinitionCodec::write);
      MetaValue.putLongs(out, changes.dropped());
      out.putInt(changes.unchangedSince().size());
      changes.unchangedSince().forEach((table, since) -> out.putLong(table).putLong(since));
    });
  }

  /// Reads the stored form.
  public static BarrierCommand decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in -> {
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
              transaction, snapshot, stagedCount, new TableChanges(tables, dropped, unchanged));
        });
  }
}
