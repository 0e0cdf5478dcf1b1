package quiver.rpc.meta;

import java.util.ArrayList;
import java.util.List;
import quiver.common.type.BaseType;
import quiver.common.type.SqlType;
import quiver.common.value.ByteWriter;
import quiver.common.value.DatumCodec;
import quiver.rpc.DataNodeService.CommitResult;

/// What became of a [BarrierCommand], for the root coordinator to read.
///
/// @param keyTypes types of the key's values where the result is a duplicate key
public record BarrierResult(CommitResult result, List<SqlType> keyTypes) {
  public BarrierResult {
    keyTypes = List.copyOf(keyTypes);
  }

  /// The stored form.
  public byte[] encode() {
    return MetaValue.encode(out -> {
      switch (result) {
        case CommitResult.Committed(long timestamp) -> out.putByte(1).putLong(timestamp);
        case CommitResult.Conflict(long tableId) -> out.putByte(2).putLong(tableId);
        case CommitResult.StaleTable(long tableId) -> out.putByte(3).putLong(tableId);
        case CommitResult.KeyClaimed(long tableId, long space, long hash) ->
            out.putByte(5).putLong(tableId).putLong(space).putLong(hash);
        case CommitResult.AlreadyCommitted _ ->
            throw new IllegalStateException("definitions have no idempotency key");
        case CommitResult.DuplicateKey(long tableId, List<Object> key, boolean since) -> {
          out.putByte(4).putLong(tableId).putByte(since ? 1 : 0).putInt(key.size());
          for (int i = 0; i < key.size(); i++) {
            SqlType type = keyTypes.get(i);
            out.putInt(type.base().oid()).putByte(type.array() ? 1 : 0).putInt(type.modifier());
            DatumCodec.write(out, type, key.get(i));
          }
        }
      }
    });
  }

  /// Reads the stored form.
  public static CommitResult decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            switch (in.get()) {
              case 1 -> new CommitResult.Committed(in.getLong());
              case 2 -> new CommitResult.Conflict(in.getLong());
              case 3 -> new CommitResult.StaleTable(in.getLong());
              case 4 -> {
                long tableId = in.getLong();
                boolean since = in.get() != 0;
                List<Object> values = new ArrayList<>();
                for (int left = ByteWriter.length(in, 9); left > 0; left--) {
                  int oid = in.getInt();
                  BaseType base =
                      BaseType.byOid(oid)
                          .orElseThrow(() -> new IllegalArgumentException("type " + oid));
                  SqlType type = new SqlType(base, in.get() != 0, in.getInt());
                  values.add(DatumCodec.read(in, type));
                }
                yield new CommitResult.DuplicateKey(tableId, values, since);
              }
              case 5 -> new CommitResult.KeyClaimed(in.getLong(), in.getLong(), in.getLong());
              default -> throw new IllegalArgumentException("unknown result");
            });
  }
}
