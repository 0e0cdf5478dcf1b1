package quiver.rpc.meta;

import java.util.List;
import quiver.common.catalog.TableDefinition;

/// What the owner of a channel has to write into its log for a DDL command.
public sealed interface BarrierCommand {
  /// A table begins.
  record Create(TableDefinition table) implements BarrierCommand {}

  /// Tables lose their rows, all at one timestamp.
  record Truncate(List<Truncated> tables) implements BarrierCommand {
    public Truncate {
      tables = List.copyOf(tables);
    }
  }

  /// A table's version and incarnation after the truncation.
  record Truncated(long tableId, int version, int incarnation) {}

  /// Tables are gone.
  record Drop(List<Long> tableIds) implements BarrierCommand {
    public Drop {
      tableIds = List.copyOf(tableIds);
    }
  }

  /// The stored form.
  default byte[] encode() {
    return MetaValue.encode(out -> {
      switch (this) {
        case Create create -> DefinitionCodec.write(out.putByte(1), create.table());
        case Truncate truncate ->
            MetaValue.putList(
                out.putByte(2),
                truncate.tables(),
                (to, table) ->
                    to.putLong(table.tableId())
                        .putInt(table.version())
                        .putInt(table.incarnation()));
        case Drop drop -> MetaValue.putLongs(out.putByte(3), drop.tableIds());
      }
    });
  }

  /// Reads the stored form.
  static BarrierCommand decode(String key, byte[] value) {
    return MetaValue.decode(
        key,
        value,
        in ->
            switch (in.get()) {
              case 1 -> new Create(DefinitionCodec.readTable(in));
              case 2 ->
                  new Truncate(
                      MetaValue.list(
                          in,
                          16,
                          table -> new Truncated(table.getLong(), table.getInt(), table.getInt())));
              case 3 -> new Drop(MetaValue.longs(in));
              default -> throw new IllegalArgumentException("unknown barrier");
            });
  }
}
